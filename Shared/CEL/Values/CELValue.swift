public import JSON

/// A value of the Common Expression Language (google/cel-spec, langdef.md), without protocol buffer messages.
public enum CELValue: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case list(CELList)
    case map(CELMap)
    case timestamp(CELTimestamp)
    case duration(CELDuration)
    case type(CELType)
    indirect case address(CELAddress)
    indirect case network(CELNetwork)
    /// Of the optional extension: something, or nothing.
    indirect case optional(CELValue?)
}

extension CELValue {
    /// A number that JSON writes without fraction is an `int`, so that `trigger.count + 1` needs no conversion;
    /// CEL compares across numeric types, so nothing else depends on it.
    public init(_ json: JSONValue) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .double(let value): self = .double(value)
        case .string(let value): self = .string(value)
        case .array(let values): self = .list(CELList(values))
        case .object(let members): self = .map(CELMap(members))
        }
    }

    public var type: CELType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .list: .list
        case .map: .map
        case .timestamp: .timestamp
        case .duration: .duration
        case .type: .type
        case .address: .address
        case .network: .network
        case .optional: .optional
        }
    }

    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    public var intValue: Int64? { if case .int(let value) = self { value } else { nil } }

    /// The value that stands for a type when nothing was said: what `optional.ofNonZeroValue` takes for nothing.
    var isZero: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .int(let value): value == 0
        case .uint(let value): value == 0
        case .double(let value): value == 0
        case .string(let value): value.isEmpty
        case .bytes(let value): value.isEmpty
        case .list(let value): value.count == 0
        case .map(let value): value.count == 0
        case .timestamp(let value): value == CELTimestamp(seconds: 0, nanoseconds: 0)
        case .duration(let value): value == .zero
        case .type, .network: false
        case .address(let value): value.isUnspecified
        case .optional(let value): value == nil
        }
    }
}
