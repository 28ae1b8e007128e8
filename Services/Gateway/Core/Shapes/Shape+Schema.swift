public import JSON

extension Shape {
    /// JSON Schema 2020-12, as OpenAPI 3.1 takes it. Named objects become references.
    public var schema: JSONValue {
        switch self {
        case .text(.free, let maximum): ["type": "string", "maxLength": .int(Int64(maximum))]
        case .text(.uuid, _): ["type": "string", "format": "uuid"]
        case .text(.digest, _): ["type": "string", "pattern": "^[0-9a-f]{64}$"]
        case .text(.time, _): ["type": "string", "format": "date-time"]
        case .choice(let words): ["type": "string", "enum": .array(words.map { .string($0) })]
        case .integer: ["type": "integer"]
        case .boolean: ["type": "boolean"]
        case .any: [:]
        case .list(let shape, _): ["type": "array", "items": shape.schema]
        case .map(let shape, _): ["type": "object", "additionalProperties": shape.schema]
        case .object(let name, _): ["$ref": .string("#/components/schemas/\(name)")]
        case .nullable(let shape): ["oneOf": [shape.schema, ["type": "null"]]]
        }
    }

    /// The named objects in this shape, each with its own schema.
    public var definitions: [String: JSONValue] {
        switch self {
        case .object(let name, let fields):
            var all = [name: Self.schema(of: fields)]
            for field in fields { all.merge(field.shape.definitions) { own, _ in own } }
            return all
        case .list(let shape, _), .map(let shape, _), .nullable(let shape): return shape.definitions
        default: return [:]
        }
    }

    private static func schema(of fields: [Field]) -> JSONValue {
        var properties: JSONObject = [:]
        for field in fields {
            var schema = field.shape.schema.objectValue ?? [:]
            if !field.about.isEmpty { schema["description"] = .string(field.about) }
            properties[field.name] = .object(schema)
        }
        return [
            "type": "object", "additionalProperties": false, "properties": .object(properties),
            "required": .array(fields.filter(\.isRequired).map { .string($0.name) }),
        ]
    }
}
