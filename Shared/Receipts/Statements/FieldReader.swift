internal import Identity
internal import JSON
internal import Trust

/// Takes the members of an object one by one; what is left over at the end is refused, so that nothing is signed that nobody reads.
struct FieldReader {
    private var members: JSONObject
    private let path: String

    init(_ value: JSONValue, at path: String) throws(ReceiptError) {
        guard let members = value.objectValue else { throw ReceiptError(path, "is no object") }
        self.members = members
        self.path = path
    }

    func has(_ key: String) -> Bool { members[key] != nil }

    mutating func value(_ key: String) throws(ReceiptError) -> JSONValue {
        guard let value = members.removeValue(forKey: key) else { throw ReceiptError("\(path)/\(key)", "is missing") }
        return value
    }

    mutating func text(_ key: String) throws(ReceiptError) -> String {
        guard let text = try value(key).stringValue else { throw ReceiptError("\(path)/\(key)", "is no string") }
        return text
    }

    mutating func optionalText(_ key: String) throws(ReceiptError) -> String? {
        let value = try value(key)
        if value.isNull { return nil }
        guard let text = value.stringValue else { throw ReceiptError("\(path)/\(key)", "is neither a string nor null") }
        return text
    }

    mutating func integer(_ key: String) throws(ReceiptError) -> Int64 {
        guard let integer = try value(key).intValue else { throw ReceiptError("\(path)/\(key)", "is no integer") }
        return integer
    }

    mutating func object(_ key: String) throws(ReceiptError) -> JSONObject {
        guard let object = try value(key).objectValue else { throw ReceiptError("\(path)/\(key)", "is no object") }
        return object
    }

    mutating func list<T>(_ key: String, _ read: (JSONValue, String) throws(ReceiptError) -> T) throws(ReceiptError) -> [T] {
        guard let values = try value(key).arrayValue else { throw ReceiptError("\(path)/\(key)", "is no array") }
        var list: [T] = []
        for (index, value) in values.enumerated() { list.append(try read(value, "\(path)/\(key)/\(index)")) }
        return list
    }

    mutating func identifier<ID: Identifier>(_ key: String) throws(ReceiptError) -> ID {
        guard let id: ID = try optionalIdentifier(key) else { throw ReceiptError("\(path)/\(key)", "is null") }
        return id
    }

    mutating func optionalIdentifier<ID: Identifier>(_ key: String) throws(ReceiptError) -> ID? {
        guard let text = try optionalText(key) else { return nil }
        // One spelling per id: lower case.
        guard let id = ID(text), id.description == text else { throw ReceiptError("\(path)/\(key)", "is no UUID in lower case") }
        return id
    }

    mutating func digest(_ key: String) throws(ReceiptError) -> SHA256Digest { try Self.digest(value(key), at: "\(path)/\(key)") }

    mutating func optionalDigest(_ key: String) throws(ReceiptError) -> SHA256Digest? {
        let value = try value(key)
        return value.isNull ? nil : try Self.digest(value, at: "\(path)/\(key)")
    }

    static func digest(_ value: JSONValue, at path: String) throws(ReceiptError) -> SHA256Digest {
        guard let text = value.stringValue, let digest = SHA256Digest(hex: text), digest.hex == text else {
            throw ReceiptError(path, "is no SHA-256 digest in lower-case hexadecimal")
        }
        return digest
    }

    func end() throws(ReceiptError) {
        guard let first = members.keys.first else { return }
        throw ReceiptError("\(path)/\(first)", "is not part of this format")
    }
}
