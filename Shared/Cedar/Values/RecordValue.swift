/// A record: values by name. The names stand in the order of their UTF-8.
public struct RecordValue: Sendable {
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
        var byKey: [Text: Value] = [:]
        for (key, value) in members { byKey[key] = value }
        let keys = byKey.keys.sorted()
        storage = Storage(keys: keys, values: keys.compactMap { byKey[$0] })
    }

    private init(_ storage: Storage) { self.storage = storage }

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
