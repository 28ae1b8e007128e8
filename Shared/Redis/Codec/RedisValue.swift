/// A reply in RESP2.
public enum RedisValue: Sendable, Hashable {
    case null
    case int(Int64)
    case status(String)
    case bytes([UInt8])
    case array([RedisValue])
    case error(String)
}

extension RedisValue {
    public var isNull: Bool { self == .null }

    public var intValue: Int64? {
        switch self {
        case .int(let value): value
        case .bytes(let bytes): Int64(String(decoding: bytes, as: UTF8.self))
        default: nil
        }
    }

    /// Text, where it is valid UTF-8.
    public var stringValue: String? {
        switch self {
        case .status(let text): text
        case .bytes(let bytes): String(validating: bytes, as: UTF8.self)
        default: nil
        }
    }

    public var bytesValue: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
    public var arrayValue: [RedisValue]? { if case .array(let values) = self { values } else { nil } }
}
