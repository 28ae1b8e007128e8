public import JSON

extension CELStaticType {
    /// What a JSON schema says of a value, as far as it concerns expressions. What it does not say, or says in words that are not
    /// understood here, is `dyn`.
    ///
    /// A number of JSON is an int or a double, by how it is written: `number` is both.
    public init(jsonSchema schema: JSONValue) {
        var reader = SchemaReader(root: schema)
        self = reader.type(of: schema, depth: 0)
    }
}

private struct SchemaReader {
    let root: JSONValue
    /// References let a small schema stand for an endless one.
    private static let depthMax = 24
    private var remaining = 20_000

    init(root: JSONValue) { self.root = root }

    mutating func type(of schema: JSONValue, depth: Int) -> CELStaticType {
        remaining -= 1
        guard depth < Self.depthMax, remaining > 0, let members = schema.objectValue else { return .dyn }
        if let reference = members["$ref"]?.stringValue { return resolved(reference).map { type(of: $0, depth: depth + 1) } ?? .dyn }
        for word in ["anyOf", "oneOf"] {
            if let choices = members[word]?.arrayValue { return CELStaticType.joined(choices.map { type(of: $0, depth: depth + 1) }) }
        }
        if let values = members["enum"]?.arrayValue, !values.isEmpty { return CELStaticType.joined(values.map(\.staticType)) }
        if let value = members["const"] { return value.staticType }
        if let names = members["type"]?.arrayValue {
            return CELStaticType.joined(names.map { named($0.stringValue ?? "", members, depth) })
        }
        if let name = members["type"]?.stringValue {
            let type = named(name, members, depth)
            return members["nullable"]?.boolValue == true ? CELStaticType.joined([type, .null]) : type
        }
        return members["properties"] == nil ? .dyn : object(members, depth)
    }

    private mutating func named(_ name: String, _ members: JSONObject, _ depth: Int) -> CELStaticType {
        switch name {
        case "null": .null
        case "boolean": .bool
        case "integer": .int
        case "number": .union([.int, .double])
        case "string": .string
        case "array": .list(members["items"].map { type(of: $0, depth: depth + 1) } ?? .dyn)
        case "object": object(members, depth)
        default: .dyn
        }
    }

    private mutating func object(_ members: JSONObject, _ depth: Int) -> CELStaticType {
        let required = Set((members["required"]?.arrayValue ?? []).compactMap(\.stringValue))
        var properties: [String: CELObjectType.Member] = [:]
        for (name, schema) in members["properties"]?.objectValue ?? [:] {
            properties[name] = CELObjectType.Member(type(of: schema, depth: depth + 1), isRequired: required.contains(name))
        }
        // A schema allows what it does not mention, but a name that it does not mention is a slip far more often than it is meant; an
        // object without declared members is any object.
        let others: CELStaticType? =
            switch members["additionalProperties"] {
            case .bool(let isAllowed)?: isAllowed ? .dyn : nil
            case let schema?: type(of: schema, depth: depth + 1)
            case nil: properties.isEmpty ? .dyn : nil
            }
        if properties.isEmpty, let others { return .map(.string, others) }
        return .object(CELObjectType(properties, others: others))
    }

    /// `#/$defs/name`, within this document.
    private func resolved(_ reference: String) -> JSONValue? {
        guard reference.hasPrefix("#/") else { return reference == "#" ? root : nil }
        var value: JSONValue? = root
        for token in reference.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false) {
            value = value?[token.unescapedPointerToken]
        }
        return value
    }
}

extension Substring {
    /// RFC 6901: `~1` is a slash and `~0` a tilde.
    fileprivate var unescapedPointerToken: String {
        var token = ""
        var isEscaped = false
        for character in self {
            if isEscaped {
                token.append(character == "1" ? "/" : "~")
                isEscaped = false
            } else if character == "~" {
                isEscaped = true
            } else {
                token.append(character)
            }
        }
        return token
    }
}

extension JSONValue {
    fileprivate var staticType: CELStaticType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .double: .double
        case .string: .string
        case .array: .list(.dyn)
        case .object: .map(.string, .dyn)
        }
    }
}

extension CELEnvironment {
    /// The properties of an object's schema as variables; nil where it declares none.
    public init?(jsonSchema schema: JSONValue) {
        guard let properties = schema["properties"]?.objectValue else { return nil }
        guard case .object(let object) = CELStaticType(jsonSchema: schema) else {
            guard properties.isEmpty else { return nil }
            self.init(variables: [:])
            return
        }
        self.init(variables: object.members.mapValues(\.type))
    }
}
