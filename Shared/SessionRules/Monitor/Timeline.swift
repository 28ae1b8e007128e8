internal import Cedar

/// When each timepoint was, for rules that look at every one of them.
struct Timeline: Sendable {
    struct Entry: Sendable {
        let timepoint: Int64
        let micros: Int64
        /// The fields by which rules see only a part of the session.
        let partition: [Value?]
    }

    private(set) var entries: [Entry] = []
    private var head = 0

    var count: Int { entries.count - head }
    var live: ArraySlice<Entry> { entries[head...] }

    mutating func append(_ entry: Entry) { entries.append(entry) }

    /// Behind the last entry at or before a timepoint.
    func end(at timepoint: Int64) -> Int {
        if let last = entries.last, last.timepoint <= timepoint { return entries.count }
        var (low, high) = (head, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].timepoint <= timepoint { low = middle + 1 } else { high = middle }
        }
        return low
    }

    var first: Int { head }

    mutating func remove(timepoint: Int64) {
        let index = end(at: timepoint) - 1
        if index >= head, entries[index].timepoint == timepoint { entries.remove(at: index) }
    }

    /// Forgets what lies before the edge.
    mutating func prune(before edge: Int64) {
        while head < entries.count, entries[head].micros < edge { head += 1 }
        if head > 32, head * 2 > entries.count {
            entries.removeFirst(head)
            head = 0
        }
    }
}
