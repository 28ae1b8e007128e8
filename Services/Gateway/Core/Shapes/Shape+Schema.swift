public import JSON

extension Shape {
    /// JSON Schema 2020-12, as OpenAPI 3.1 takes it. Named shapes become references.
    public var schema: JSONValue {
        switch self {
        case .text(.free, let maximum): ["type": "string", "maxLength": .int(Int64(maximum))]
        case .text(let kind, _): Self.reference(to: kind.schemaName)
        case .choice(_, .some(let name)), .object(let name, _), .described(let name, _): Self.reference(to: name)
        case .choice(let words, nil): Self.schema(of: words)
        case .integer(let range): Self.schema(of: range)
        case .boolean: ["type": "boolean"]
        case .any: [:]
        case .list(let shape, _): ["type": "array", "items": shape.schema]
        case .map(let shape, _): ["type": "object", "additionalProperties": shape.schema]
        case .nullable(let shape): ["oneOf": [shape.schema, ["type": "null"]]]
        }
    }

    /// The named shapes in this one, each with its own schema.
    public var definitions: [String: JSONValue] {
        switch self {
        case .text(.free, _): [:]
        case .text(let kind, _): [kind.schemaName: kind.schema]
        case .choice(let words, .some(let name)): [name: Self.schema(of: words)]
        case .object(let name, let fields), .described(let name, let fields):
            fields.reduce(into: [name: Self.schema(of: fields, isOpen: isOpen)]) { all, field in all.merge(field.shape.definitions) { own, _ in own }
            }
        case .list(let shape, _), .map(let shape, _), .nullable(let shape): shape.definitions
        default: [:]
        }
    }

    private static func reference(to name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

    private static func schema(of words: [String]) -> JSONValue { ["type": "string", "enum": .array(words.map { .string($0) })] }

    private static func schema(of range: ClosedRange<Int64>) -> JSONValue {
        guard range != Int64.min...Int64.max else { return ["type": "integer", "format": "int64"] }
        return ["type": "integer", "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound)]
    }

    private var isOpen: Bool { if case .described = self { true } else { false } }

    private static func schema(of fields: [Field], isOpen: Bool) -> JSONValue {
        var properties: JSONObject = [:]
        for field in fields {
            var schema = field.shape.schema.objectValue ?? [:]
            if !field.about.isEmpty { schema["description"] = .string(field.about) }
            properties[field.name] = .object(schema)
        }
        return [
            "type": "object", "additionalProperties": .bool(isOpen), "properties": .object(properties),
            "required": .array(fields.filter(\.isRequired).map { .string($0.name) }),
        ]
    }
}

extension Shape.Text {
    var schemaName: String {
        switch self {
        case .free: "Text"
        case .uuid: "ID"
        case .digest: "Digest"
        case .time: "Time"
        }
    }

    var schema: JSONValue {
        switch self {
        case .free: ["type": "string"]
        case .uuid: ["type": "string", "format": "uuid", "description": "A UUID in lower case."]
        case .digest: ["type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 as lower-case hexadecimal."]
        case .time: ["type": "string", "format": "date-time", "description": "RFC 3339 in UTC with milliseconds."]
        }
    }
}
