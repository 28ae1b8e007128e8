internal import FoundationEssentials
public import JSON

extension CELValue {
    /// The value as JSON, by CEL's own mapping: bytes become base64, map keys, timestamps, durations and addresses strings; an optional without value becomes
    /// null.
    public func json() throws(CELEvaluationError) -> JSONValue {
        // Values share their parts; what is written out does not.
        var remaining = Self.documentBytesMax
        return try json(&remaining)
    }

    /// Roughly, and well above what a document may have.
    private static var documentBytesMax: Int { 64 << 20 }

    private func json(_ remaining: inout Int) throws(CELEvaluationError) -> JSONValue {
        remaining -= 16 + (stringValue?.utf8.count ?? 0)
        guard remaining >= 0 else {
            throw CELEvaluationError(.limit, "this value has more than \(Self.documentBytesMax) bytes as JSON", suggestion: "make a smaller one")
        }
        switch self {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .uint(let value): return Int64(exactly: value).map(JSONValue.int) ?? .string(String(value))
        case .double(let value):
            guard value.isFinite else { throw CELEvaluationError(.conversion, "\(value) has no form in JSON") }
            return .double(value)
        case .string(let value): return .string(value)
        case .bytes(let value): return .string(Data(value).base64EncodedString())
        case .type(let value): return .string(value.rawValue)
        case .timestamp(let value): return .string(value.description)
        case .duration(let value): return .string(value.description)
        case .address(let value): return .string(value.description)
        case .network(let value): return .string(value.description)
        case .optional(let value): return try value?.json(&remaining) ?? .null
        case .list(let list):
            var values: [JSONValue] = []
            for value in list.values { values.append(try value.json(&remaining)) }
            return .array(values)
        case .map(let map):
            var members = JSONObject()
            for entry in map.entries { members[entry.key.memberName] = try entry.value.json(&remaining) }
            return .object(members)
        }
    }

    private var memberName: String {
        switch self {
        case .bool(let value): String(value)
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .string(let value): value
        default: ""
        }
    }
}
