internal import Cedar

/// Events of one table by the values of some columns, in the order of their timepoints.
struct EventStore: Sendable {
    struct Entry: Sendable {
        let timepoint: Int64
        let micros: Int64
        /// The row's number in its table.
        let row: Int
    }

    struct Bucket: Sendable {
        let key: [Value]
        let hash: UInt64
        var entries: [Entry] = []
        /// Entries before it are beyond the horizon.
        var head = 0
        /// For each summed column the sum of all entries up to and including each.
        var sums: [[Int128]]

        /// The first entry that is not before `micros`.
        func first(notBefore micros: Int64) -> Int {
            var (low, high) = (head, entries.count)
            while low < high {
                let middle = (low + high) / 2
                if entries[middle].micros < micros { low = middle + 1 } else { high = middle }
            }
            return low
        }

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

        func sum(_ index: Int, _ range: Range<Int>) -> Int128 {
            guard !range.isEmpty else { return 0 }
            return sums[index][range.upperBound - 1] - (range.lowerBound > 0 ? sums[index][range.lowerBound - 1] : 0)
        }

        /// Forgets what lies before the head, now and then, so that doing it costs nothing in the mean.
        mutating func compact() {
            guard head > 32, head * 2 > entries.count else { return }
            for index in sums.indices {
                let base = sums[index][head - 1]
                sums[index].removeFirst(head)
                for place in sums[index].indices { sums[index][place] -= base }
            }
            entries.removeFirst(head)
            head = 0
        }
    }

    private let plan: MonitorPlan.Store
    private var places: [UInt64: Int] = [:]
    private(set) var buckets: [Bucket] = []
    private var free: [Int] = []
    /// Whether two keys ever had one hash: then nothing is taken out of a chain any more.
    private var hasCollided = false

    init(_ plan: MonitorPlan.Store) { self.plan = plan }

    /// The bucket of a key, whose hash is known.
    func bucket(_ hash: UInt64, _ isKey: (Bucket) -> Bool) -> Int? {
        var probe = hash
        while let place = places[probe] {
            if isKey(buckets[place]) { return place }
            probe &+= 1
        }
        return nil
    }

    // Reached in place: to take a bucket out would count references of all that it holds.

    func range(_ place: Int, until timepoint: Int64, notBefore micros: Int64) -> Range<Int>? {
        let end = buckets[place].end(at: timepoint)
        let first = buckets[place].first(notBefore: micros)
        return first < end ? first..<end : nil
    }

    func entry(_ place: Int, _ index: Int) -> Entry { buckets[place].entries[index] }
    func head(_ place: Int) -> Int { buckets[place].head }
    func end(_ place: Int, at timepoint: Int64) -> Int { buckets[place].end(at: timepoint) }
    func sum(_ place: Int, _ index: Int, _ range: Range<Int>) -> Int128 { buckets[place].sum(index, range) }

    private func key(of row: [Value?]) -> [Value]? {
        for column in plan.required where row[column] == nil { return nil }
        var key: [Value] = []
        key.reserveCapacity(plan.keys.count)
        for column in plan.keys {
            guard let value = row[column] else { return nil }
            key.append(value)
        }
        return key
    }

    private static func hash(_ key: [Value]) -> UInt64 { key.reduce(ValueHash.seed) { ValueHash.combined($0, ValueHash.of($1)) } }

    mutating func insert(_ row: [Value?], _ entry: Entry) {
        guard let key = key(of: row) else { return }
        let hash = Self.hash(key)
        let place = bucket(hash) { $0.key == key } ?? open(key, hash)
        for (index, column) in plan.summed.enumerated() {
            let before = buckets[place].sums[index].last ?? 0
            buckets[place].sums[index].append(before + Self.addend(row[column]))
        }
        buckets[place].entries.append(entry)
    }

    /// What is no whole number adds nothing.
    private static func addend(_ value: Value?) -> Int128 { if case .long(let number)? = value { Int128(number) } else { 0 } }

    private mutating func open(_ key: [Value], _ hash: UInt64) -> Int {
        var probe = hash
        while places[probe] != nil {
            probe &+= 1
            hasCollided = true
        }
        let bucket = Bucket(key: key, hash: probe, sums: Array(repeating: [], count: plan.summed.count))
        let place: Int
        if let reused = free.popLast() {
            buckets[reused] = bucket
            place = reused
        } else {
            buckets.append(bucket)
            place = buckets.count - 1
        }
        places[probe] = place
        return place
    }

    /// The oldest entry of the row's key is beyond the horizon.
    mutating func expire(_ row: [Value?]) {
        guard let place = place(of: row) else { return }
        buckets[place].head += 1
        buckets[place].compact()
        closeIfEmpty(place)
    }

    /// An event is given back.
    mutating func remove(_ row: [Value?], timepoint: Int64) {
        guard let place = place(of: row) else { return }
        let index = buckets[place].end(at: timepoint) - 1
        guard index >= buckets[place].head, buckets[place].entries[index].timepoint == timepoint else { return }
        buckets[place].entries.remove(at: index)
        for (sum, column) in plan.summed.enumerated() {
            let addend = Self.addend(row[column])
            buckets[place].sums[sum].remove(at: index)
            for later in index..<buckets[place].sums[sum].count { buckets[place].sums[sum][later] -= addend }
        }
        closeIfEmpty(place)
    }

    private func place(of row: [Value?]) -> Int? {
        guard let key = key(of: row) else { return nil }
        return bucket(Self.hash(key)) { $0.key == key }
    }

    private mutating func closeIfEmpty(_ place: Int) {
        guard buckets[place].head == buckets[place].entries.count, !hasCollided else { return }
        places[buckets[place].hash] = nil
        buckets[place] = Bucket(key: [], hash: 0, sums: [])
        free.append(place)
    }
}
