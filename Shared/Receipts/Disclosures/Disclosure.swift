public import JSON
internal import Trust

/// What opens one salted digest: the base64url of `[salt, name, value]` (RFC 9901 §4.2.1).
public struct Disclosure: Hashable, Sendable {
    public let text: String
    public let name: String
    public let value: JSONValue

    static let saltByteCount = 16
    private static let limits = JSONLimits(size: 256 << 10, depth: ReceiptLimits.depth)

    init(salt: [UInt8], name: String, value: JSONValue) {
        self.name = name
        self.value = value
        text = Base64.encodeURL(JSONValue.array([.string(Base64.encodeURL(salt)), .string(name), value]).encoded())
    }

    /// Nil unless `text` is the disclosure of an object's member.
    public init?(text: String) {
        guard let bytes = Base64.decodeURL(text), let json = try? JSONValue(parsing: bytes, limits: Self.limits),
            let parts = json.arrayValue, parts.count == 3, parts[0].stringValue != nil, let name = parts[1].stringValue
        else { return nil }
        self.text = text
        self.name = name
        value = parts[2]
    }

    /// Over the text as it was issued, so that no second spelling opens the same digest.
    public var digest: String { Base64.encodeURL(SHA256Digest(hashing: Array(text.utf8)).bytes) }

    static func digestText(_ value: JSONValue, at path: String) throws(ReceiptError) -> String {
        guard let text = value.stringValue, Base64.decodeURL(text)?.count == SHA256Digest.byteCount else {
            throw ReceiptError(path, "is no digest in base64url")
        }
        return text
    }
}
