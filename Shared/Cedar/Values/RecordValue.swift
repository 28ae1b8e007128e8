/// A record: values by name. The names stand in the order of their UTF-8.
public struct RecordValue: Sendable {
    /// The names of a record, in their order.
    struct Shape: Sendable {
        let keys: [Text]

        /// - Parameter keys: Sorted, and each occurs once.
        init(_ keys: [Text]) { self.keys = keys }
    }

    private final class Storage: Sendable {
        let keys: [Text]
        let values: [Value]
        let digest: Int

        /// `keys` are sorted and each occurs once.
        init(keys: [Text], values: [Value]) {
            self.keys = keys
            self.values = values
            var digest = 0x2EC
            for (key, value) in zip(keys, values) { digest = digest &+ (key.digest ^ (value.digest &* 0x85EB_CA6B)) &* 0x9E37_79B9 }
            self.digest = digest
        }
    }

    /// Up to here a search in line, which compares digests only, beats a binary search of strings.
    private static let searchedInLineTo = 16
    private let storage: Storage

    public static let empty = RecordValue([])

    /// Of equal names the last one counts.
    public init(_ members: [(Text, Value)]) {
        let isOrdered = zip(members, members.dropFirst()).allSatisfy { $0.0 < $1.0 }
        // A stable order, so that the last of equal names stays the last.
        let ordered = isOrdered ? members : members.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element)
        var keys: [Text] = []
        var values: [Value] = []
        keys.reserveCapacity(ordered.count)
        values.reserveCapacity(ordered.count)
        for (key, value) in ordered {
            if keys.last == key {
                values[values.count - 1] = value
            } else {
                keys.append(key)
                values.append(value)
            }
        }
        storage = Storage(keys: keys, values: values)
    }

    init(_ shape: Shape, values: [Value]) { storage = Storage(keys: shape.keys, values: values) }

    public var count: Int { storage.keys.count }
    public var keys: [Text] { storage.keys }
    var digest: Int { storage.digest }

    public subscript(key: Text) -> Value? {
        position(of: key).map { storage.values[$0] }
    }

    /// This record with `value` under `key`.
    public func setting(_ key: Text, to value: Value) -> RecordValue {
        RecordValue(Array(zip(storage.keys, storage.values)) + [(key, value)])
    }

    private func position(of key: Text) -> Int? {
        let keys = storage.keys
        if keys.count <= Self.searchedInLineTo { return keys.firstIndex(of: key) }
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low < keys.count && keys[low] == key ? low : nil
    }
}

extension RecordValue: Sequence {
    public func makeIterator() -> Zip2Sequence<[Text], [Value]>.Iterator { zip(storage.keys, storage.values).makeIterator() }
}

extension RecordValue: Hashable {
    public static func == (a: RecordValue, b: RecordValue) -> Bool {
        if a.storage === b.storage { return true }
        return a.digest == b.digest && a.storage.keys == b.storage.keys && a.storage.values == b.storage.values
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}
