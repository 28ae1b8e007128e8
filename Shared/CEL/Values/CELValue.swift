public import JSON

/// A value of the Common Expression Language (google/cel-spec, langdef.md), without protocol buffer messages, timestamps and durations.
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
    case type(CELType)
}

/// The types that `type(x)` answers with, by their CEL names.
public enum CELType: String, Sendable, CaseIterable {
    case null = "null_type"
    case bool, int, uint, double, string, bytes, list, map, type
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
        case .type: .type
        }
    }

    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
}
