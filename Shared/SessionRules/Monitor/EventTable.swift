internal import Cedar

/// The events of one action and kind that rules may still look at.
struct EventTable: Sendable {
    struct Row: Sendable {
        let timepoint: Int64
        let micros: Int64
        let values: [Value?]
        /// False once it was given back.
        var isLive = true
    }

    private let plan: MonitorPlan.Table
    private(set) var stores: [EventStore]
    private var rows: [Row] = []
    private var head = 0
    /// The number of the row that stands first in `rows`.
    private var base = 0

    init(_ plan: MonitorPlan.Table) {
        self.plan = plan
        stores = plan.stores.map(EventStore.init)
    }

    var count: Int { rows.count - head }
    var live: ArraySlice<Row> { rows[head...] }

    func row(_ number: Int) -> Row { rows[number - base] }

    mutating func insert(_ event: SessionEvent, timepoint: Int64, micros: Int64) {
        insert(plan.columns.map(event.value(at:)), timepoint: timepoint, micros: micros)
    }

    mutating func insert(_ values: [Value?], timepoint: Int64, micros: Int64) {
        rows.append(Row(timepoint: timepoint, micros: micros, values: values))
        let entry = EventStore.Entry(timepoint: timepoint, micros: micros, row: base + rows.count - 1)
        for index in stores.indices { stores[index].insert(values, entry) }
    }

    /// The row at a timepoint; nil where none is.
    private func index(of timepoint: Int64) -> Int? {
        var (low, high) = (head, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].timepoint < timepoint { low = middle + 1 } else { high = middle }
        }
        return low < rows.count && rows[low].timepoint == timepoint ? low : nil
    }

    mutating func remove(timepoint: Int64) {
        guard let index = index(of: timepoint), rows[index].isLive else { return }
        rows[index].isLive = false
        for store in stores.indices { stores[store].remove(rows[index].values, timepoint: timepoint) }
        if index == rows.count - 1 { rows.removeLast() }
    }

    /// Forgets what no rule can look at any more once the time is `now`.
    mutating func prune(now: Int64) {
        let (edge, overflow) = now.subtractingReportingOverflow(plan.horizonMicros)
        guard !overflow else { return }
        while head < rows.count, rows[head].micros < edge || !rows[head].isLive {
            if rows[head].isLive { for store in stores.indices { stores[store].expire(rows[head].values) } }
            head += 1
        }
        if head > 32, head * 2 > rows.count {
            rows.removeFirst(head)
            base += head
            head = 0
        }
    }
}
