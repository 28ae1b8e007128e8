internal import FoundationEssentials
public import JSON

extension CELValue {
    /// The value as JSON, by CEL's own mapping: bytes become base64, map keys become strings.
    public func json() throws(CELEvaluationError) -> JSONValue {
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
        case .list(let list):
            var values: [JSONValue] = []
            for value in list.values { values.append(try value.json()) }
            return .array(values)
        case .map(let map):
            var members = JSONObject()
            for entry in map.entries { members[entry.key.memberName] = try entry.value.json() }
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
