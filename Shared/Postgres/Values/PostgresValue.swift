public import FoundationEssentials

/// A bound parameter. Text is sent without a type, so that it may stand for anything that has a text form; the others carry
/// their type.
public enum PostgresValue: Sendable, Hashable {
    case null
    case uuid(UUID)
    case text(String)
    case int(Int64)
    case bool(Bool)
    case double(Double)
    case bytes([UInt8])
    /// Kept to the microsecond.
    case timestamp(Date)
    /// The bytes of a JSON document, bound as jsonb.
    case json([UInt8])
    case textArray([String])
    case bytesArray([[UInt8]])
    case uuidArray([UUID])
    case intArray([Int64])
}

extension PostgresValue {
    public static func optional(_ value: UUID?) -> PostgresValue { value.map { .uuid($0) } ?? .null }
    public static func optional(_ value: String?) -> PostgresValue { value.map { .text($0) } ?? .null }
    public static func optional(_ value: Int64?) -> PostgresValue { value.map { .int($0) } ?? .null }
    public static func optional(_ value: [UInt8]?) -> PostgresValue { value.map { .bytes($0) } ?? .null }
    public static func optional(_ value: Date?) -> PostgresValue { value.map { .timestamp($0) } ?? .null }
}

extension PostgresValue: ExpressibleByNilLiteral, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    public init(nilLiteral: ()) { self = .null }
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}
