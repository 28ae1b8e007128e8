/// The members of a JSON object in the order in which they were written, with keys compared by UTF-8.
///
/// Small objects, nearly all of them, are searched in line; from ``indexedFrom`` members on an index is kept, so that a hostile
/// object of a million keys costs no quadratic search.
public struct JSONObject: Sendable {
    public typealias Member = (key: String, value: JSONValue)

    private static let indexedFrom = 12
    private var members: [Member] = []
    private var index: [UTF8Key: Int] = [:]

    public init() {}

    /// Later members with an equal key replace earlier ones.
    public init(_ members: some Sequence<(String, JSONValue)>) {
        for (key, value) in members { self[key] = value }
    }

    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }
    public var keys: [String] { members.map(\.key) }
    public var values: [JSONValue] { members.map(\.value) }

    public subscript(key: String) -> JSONValue? {
        get { position(of: key).map { members[$0].value } }
        set {
            guard let newValue else {
                removeValue(forKey: key)
                return
            }
            if let position = position(of: key) {
                members[position].value = newValue
            } else {
                append(key, newValue)
            }
        }
    }

    @discardableResult
    public mutating func removeValue(forKey key: String) -> JSONValue? {
        guard let position = position(of: key) else { return nil }
        let removed = members.remove(at: position)
        rebuildIndex()
        return removed.value
    }

    /// These members with those of `other` laid over them.
    public func merging(_ other: JSONObject) -> JSONObject {
        var merged = self
        for (key, value) in other { merged[key] = value }
        return merged
    }

    private func position(of key: String) -> Int? {
        if members.count < Self.indexedFrom { return members.firstIndex { $0.key.hasSameUTF8(as: key) } }
        return index[UTF8Key(key)]
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        members.append((key, value))
        if members.count == Self.indexedFrom {
            rebuildIndex()
        } else if members.count > Self.indexedFrom {
            index[UTF8Key(key)] = members.count - 1
        }
    }

    private mutating func rebuildIndex() {
        index = [:]
        guard members.count >= Self.indexedFrom else { return }
        for (position, member) in members.enumerated() { index[UTF8Key(member.key)] = position }
    }
}

extension JSONObject: Sequence {
    public func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

extension JSONObject: Hashable {
    /// Objects are equal where they have the same members in any order.
    public static func == (a: JSONObject, b: JSONObject) -> Bool {
        a.count == b.count && a.allSatisfy { b[$0.key] == $0.value }
    }

    public func hash(into hasher: inout Hasher) {
        // Order must not matter, so the members' hashes are combined by a commutative operation.
        var combined = 0
        for member in members {
            var one = Hasher()
            one.combineUTF8(of: member.key)
            one.combine(member.value)
            combined ^= one.finalize()
        }
        hasher.combine(combined)
    }
}

/// A string as a dictionary key that is compared by its bytes.
private struct UTF8Key: Hashable, Sendable {
    let string: String

    init(_ string: String) { self.string = string }

    static func == (a: UTF8Key, b: UTF8Key) -> Bool { a.string.hasSameUTF8(as: b.string) }
    func hash(into hasher: inout Hasher) { hasher.combineUTF8(of: string) }
}
