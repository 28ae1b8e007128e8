internal import Cedar
internal import JSON

extension SessionMonitor {
    private static let magic = Array("PSS1".utf8)

    /// The state in its one form: the same events under the same rules always give the same bytes.
    ///
    /// What is in it are the events within the windows of the rules, each with the fields that some rule mentions, the requests in
    /// flight, and the time. Other rules read it as far as they mention the same fields.
    public func encoded() throws(SessionFault) -> [UInt8] {
        var kept = self
        kept.prune()
        let plan = rules.plan
        var writer = StateWriter(limit: limits.stateSize)
        writer.raw(Self.magic)
        writer.signed(kept.next)
        writer.signed(kept.latest)
        let order = plan.tables.indices.filter { kept.tables[$0].count > 0 }.sorted { plan.tables[$0].precedes(plan.tables[$1]) }
        writer.count(order.count)
        for index in order { try Self.write(plan.tables[index], kept.tables[index], &writer) }
        try write(kept.timeline, &writer)
        writer.count(kept.reservations.count)
        for (name, held) in kept.reservations.sorted(by: { $0.key < $1.key }) {
            writer.text(name.string)
            writer.signed(held.timepoint)
            writer.text(held.action.type.string)
            writer.text(held.action.id.string)
        }
        try writer.hold()
        return writer.bytes
    }

    private static func write(_ plan: MonitorPlan.Table, _ table: EventTable, _ writer: inout StateWriter) throws(SessionFault) {
        writer.text(plan.action.type.string)
        writer.text(plan.action.id.string)
        writer.text(plan.kind)
        let columns = plan.columns.indices.sorted {
            plan.columns[$0].lexicographicallyPrecedes(plan.columns[$1]) { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
        writer.count(columns.count)
        for column in columns {
            writer.count(plan.columns[column].count)
            for part in plan.columns[column] { writer.text(part) }
        }
        let rows = table.live.filter(\.isLive)
        writer.count(rows.count)
        var (timepoint, micros): (Int64, Int64) = (0, 0)
        for row in rows {
            writer.signed(row.timepoint &- timepoint)
            writer.signed(row.micros &- micros)
            (timepoint, micros) = (row.timepoint, row.micros)
            for column in columns { try writer.value(row.values[column]) }
        }
    }

    private func write(_ timeline: Timeline, _ writer: inout StateWriter) throws(SessionFault) {
        let pins = rules.plan.partition
        writer.count(pins.count)
        for pin in pins {
            writer.count(pin.path.count)
            for part in pin.path { writer.text(part) }
        }
        writer.count(timeline.count)
        var (timepoint, micros): (Int64, Int64) = (0, 0)
        for entry in timeline.live {
            writer.signed(entry.timepoint &- timepoint)
            writer.signed(entry.micros &- micros)
            (timepoint, micros) = (entry.timepoint, entry.micros)
            for value in entry.partition { try writer.value(value) }
        }
    }

    /// Goes on where a stored state ended, also under other rules: what they do not mention is left out, and fields that were not
    /// kept are missing.
    public init(rules: SessionRuleSet, state: [UInt8], limits: SessionLimits = .default) throws(SessionFault) {
        self.init(rules: rules, limits: limits)
        guard state.count <= limits.stateSize else { throw .stateTooLarge(limit: limits.stateSize) }
        var reader = StateReader(state)
        guard try reader.raw(Self.magic.count).elementsEqual(Self.magic) else { throw .unreadableState("it is of another version") }
        next = try reader.signed()
        latest = try reader.signed()
        guard next >= 0 else { throw reader.fault("the number of events is negative") }
        for _ in 0..<(try reader.count()) { try readTable(&reader) }
        try readTimeline(&reader)
        var last: Text?
        for _ in 0..<(try reader.count()) {
            let name = Text(try reader.text())
            if let last, !(last < name) { throw reader.fault("requests in flight are not in order") }
            last = name
            let timepoint = try reader.signed()
            let action = EntityUID(type: Text(try reader.text()), id: Text(try reader.text()))
            reservations[name] = Reservation(timepoint: timepoint, action: action)
        }
        guard reader.isAtEnd else { throw reader.fault("more follows than there should be") }
        guard count <= limits.events else { throw .tooManyEvents(limit: limits.events) }
    }

    /// Timepoints and times never go back.
    private func step(_ reader: inout StateReader, _ timepoint: inout Int64, _ micros: inout Int64, isFirst: Bool) throws(SessionFault) {
        let (nextTimepoint, overflow) = timepoint.addingReportingOverflow(try reader.signed())
        let (nextMicros, overflowed) = micros.addingReportingOverflow(try reader.signed())
        guard !overflow, !overflowed, nextTimepoint >= 0, nextTimepoint < next, nextMicros <= latest,
            isFirst || nextTimepoint > timepoint && nextMicros >= micros
        else { throw reader.fault("events are not in order") }
        (timepoint, micros) = (nextTimepoint, nextMicros)
    }

    private mutating func readTable(_ reader: inout StateReader) throws(SessionFault) {
        let action = EntityUID(type: Text(try reader.text()), id: Text(try reader.text()))
        let table = rules.plan.tableByEvent[EventKey(action: action, kind: Text(try reader.text()))]
        var columns: [[String]: Int] = [:]
        for column in 0..<(try reader.count()) {
            guard columns.updateValue(column, forKey: try path(&reader)) == nil else { throw reader.fault("a column occurs twice") }
        }
        let wanted = table.map { rules.plan.tables[$0].columns } ?? []
        let places = wanted.map { columns[$0] }
        var (timepoint, micros): (Int64, Int64) = (0, 0)
        for index in 0..<(try reader.count()) {
            try step(&reader, &timepoint, &micros, isFirst: index == 0)
            var values: [Value?] = []
            for _ in 0..<columns.count { values.append(try reader.value()) }
            guard let table else { continue }
            if let last = tables[table].live.last, last.timepoint >= timepoint { throw reader.fault("events are not in order") }
            tables[table].insert(places.map { place in place.flatMap { values[$0] } }, timepoint: timepoint, micros: micros)
        }
    }

    private func path(_ reader: inout StateReader) throws(SessionFault) -> [String] {
        var path: [String] = []
        for _ in 0..<(try reader.count()) { path.append(try reader.text()) }
        return path
    }

    private mutating func readTimeline(_ reader: inout StateReader) throws(SessionFault) {
        var paths: [[String]] = []
        for _ in 0..<(try reader.count()) { paths.append(try path(&reader)) }
        let places = rules.plan.partition.map { paths.firstIndex(of: $0.path) }
        var (timepoint, micros): (Int64, Int64) = (0, 0)
        for index in 0..<(try reader.count()) {
            try step(&reader, &timepoint, &micros, isFirst: index == 0)
            var values: [Value?] = []
            for _ in paths { values.append(try reader.value()) }
            guard rules.plan.timelineMicros != nil else { continue }
            timeline.append(Timeline.Entry(timepoint: timepoint, micros: micros, partition: places.map { place in place.flatMap { values[$0] } }))
        }
    }
}

extension MonitorPlan.Table {
    /// An order of tables that does not depend on which rule mentions them first.
    fileprivate func precedes(_ other: MonitorPlan.Table) -> Bool {
        action == other.action ? kind.utf8.lexicographicallyPrecedes(other.kind.utf8) : action < other.action
    }
}

/// Addresses have no other public reading than that of Cedar's JSON.
enum AddressText {
    static func value(_ text: String) -> Value? {
        guard let record = try? RecordValue(json: ["ip": ["__extn": ["fn": "ip", "arg": .string(text)]]]) else { return nil }
        return record["ip"]
    }
}
