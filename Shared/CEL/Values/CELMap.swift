public import JSON

/// A map with keys of the types int, uint, bool and string. Numeric keys that are equal as numbers are one key.
public struct CELMap: Sendable {
    /// A key in the form in which CEL compares keys.
    public enum Key: Hashable, Sendable {
        case bool(Bool)
        case int(Int64)
        /// Only above `Int64.max`: smaller ones are equal to an int.
        case uint(UInt64)
        /// UTF-8, since Swift's string equality is canonical equivalence and CEL's is not.
        case string([UInt8])
    }

    private enum Storage {
        case json(JSONObject)
        case entries([(key: CELValue, value: CELValue)], index: [Key: Int], depth: Int)
    }

    private let storage: Storage

    public init(_ members: JSONObject) { storage = .json(members) }

    /// Nil where a key has a type that no key may have, or comes twice.
    public init?(_ entries: [(key: CELValue, value: CELValue)]) {
        var index: [Key: Int] = [:]
        for (position, entry) in entries.enumerated() {
            guard entry.key.isMapKey, let key = Key(entry.key), index.updateValue(position, forKey: key) == nil else { return nil }
        }
        storage = .entries(entries, index: index, depth: 1 + (entries.lazy.map(\.value.depth).max() ?? 0))
    }

    /// Lists and maps inside each other that an expression has made.
    var depth: Int { if case .entries(_, _, let depth) = storage { depth } else { 1 } }

    public var count: Int {
        switch storage {
        case .json(let members): members.count
        case .entries(let entries, _, _): entries.count
        }
    }

    public var keys: [CELValue] {
        switch storage {
        case .json(let members): members.keys.map(CELValue.string)
        case .entries(let entries, _, _): entries.map(\.key)
        }
    }

    public var entries: [(key: CELValue, value: CELValue)] {
        switch storage {
        case .json(let members): members.map { (.string($0.key), CELValue($0.value)) }
        case .entries(let entries, _, _): entries
        }
    }

    public subscript(member: String) -> CELValue? {
        switch storage {
        case .json(let members): members[member].map(CELValue.init)
        case .entries(let entries, let index, _): index[.string(Array(member.utf8))].map { entries[$0].value }
        }
    }

    public subscript(key: CELValue) -> CELValue? {
        if case .string(let member) = key { return self[member] }
        guard case .entries(let entries, let index, _) = storage, let key = Key(key), let position = index[key] else { return nil }
        return entries[position].value
    }
}

extension CELMap.Key {
    /// Nil where the value can equal no key.
    init?(_ value: CELValue) {
        switch value {
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .uint(let value): self = Int64(exactly: value).map(Self.int) ?? .uint(value)
        case .double(let value):
            if let int = Int64(exactly: value) {
                self = .int(int)
            } else if let uint = UInt64(exactly: value) {
                self = .uint(uint)
            } else {
                return nil
            }
        case .string(let value): self = .string(Array(value.utf8))
        default: return nil
        }
    }
}

extension CELValue {
    var isMapKey: Bool {
        switch self {
        case .bool, .int, .uint, .string: true
        default: false
        }
    }

    /// Lists, maps and optionals inside each other.
    var depth: Int {
        switch self {
        case .list(let list): list.depth
        case .map(let map): map.depth
        case .optional(let value?): 1 + value.depth
        default: 0
        }
    }
}
