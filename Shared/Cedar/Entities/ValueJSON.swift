public import JSON

/// Reads values as Cedar writes them in JSON: `{"__entity": {"type", "id"}}` for an entity and `{"__extn": {"fn", "arg"}}` for a value
/// of an extension type; the rest as it stands. Null and fractions have no meaning in Cedar.
enum ValueJSON {
    static func value(_ json: JSONValue, _ shape: ValueShape = .any, _ path: String) throws(EntitiesError) -> Value {
        switch shape {
        case .entity: return .entity(try uid(json, path))
        case .extension(let constructor): return try extensionValue(json, of: constructor, path)
        default: break
        }
        switch json {
        case .bool(let value): return .bool(value)
        case .int(let value): return .long(value)
        case .string(let text): return .string(Text(text))
        case .array(let elements):
            var values: [Value] = []
            let shape = if case .set(let inner) = shape { inner } else { ValueShape.any }
            for (index, element) in elements.enumerated() { values.append(try value(element, shape, "\(path)[\(index)]")) }
            return .set(SetValue(values))
        case .object(let members): return try value(members, shape, path)
        case .null: throw .malformed(path: path, reason: "null is no value of Cedar; leave the attribute out")
        case .double: throw .malformed(path: path, reason: "numbers are whole and within 64 bits; use a decimal for a fraction")
        }
    }

    private static func value(_ members: JSONObject, _ shape: ValueShape, _ path: String) throws(EntitiesError) -> Value {
        if members.count == 1, let escaped = members["__entity"] { return .entity(try uid(escaped, "\(path).__entity")) }
        if members.count == 1, let escaped = members["__extn"] { return try extensionValue(escaped, "\(path).__extn") }
        if members.count == 1, members["__expr"] != nil {
            throw .malformed(path: path, reason: "__expr is no longer part of Cedar; use __entity or __extn")
        }
        return .record(try record(members, shape, path))
    }

    static func record(_ members: JSONObject, _ shape: ValueShape = .any, _ path: String) throws(EntitiesError) -> RecordValue {
        let shapes: [Text: ValueShape] = if case .record(let shapes) = shape { shapes } else { [:] }
        var pairs: [(Text, Value)] = []
        for (key, json) in members {
            let name = Text(key)
            pairs.append((name, try value(json, shapes[name] ?? .any, path.isEmpty ? key : "\(path).\(key)")))
        }
        return RecordValue(pairs)
    }

    /// `{"type": …, "id": …}`, also wrapped in `__entity`.
    static func uid(_ json: JSONValue, _ path: String) throws(EntitiesError) -> EntityUID {
        if json.objectValue?.count == 1, let inner = json["__entity"] { return try uid(inner, "\(path).__entity") }
        guard let typeName = json["type"]?.stringValue, let id = json["id"]?.stringValue else {
            throw .malformed(path: path, reason: "an entity is written {\"type\": \"…\", \"id\": \"…\"}")
        }
        guard let type = TypeName.parse(typeName) else { throw .malformed(path: path, reason: "\"\(typeName)\" is not the name of a type") }
        return EntityUID(type: type, id: Text(id))
    }

    /// With the constructor known, its argument is enough, or the inner part of the escape.
    private static func extensionValue(_ json: JSONValue, of constructor: String, _ path: String) throws(EntitiesError) -> Value {
        switch json {
        case .object(let members):
            if members.count == 1, let escaped = members["__extn"] { return try extensionValue(escaped, "\(path).__extn") }
            return try extensionValue(json, path)
        default: return try extensionValue(["fn": .string(constructor), "arg": json], path)
        }
    }

    private static func extensionValue(_ json: JSONValue, _ path: String) throws(EntitiesError) -> Value {
        guard let name = json["fn"]?.stringValue, let arguments = json["args"]?.arrayValue ?? json["arg"].map({ [$0] }) else {
            throw .malformed(path: path, reason: "a value of an extension type is written {\"fn\": \"…\", \"arg\": \"…\"}")
        }
        guard let function = ExtensionFunction(rawValue: name), function.isConstructor || function == .offset else {
            throw .malformed(path: path, reason: "\"\(name)\" makes no value of an extension type")
        }
        var values: [Value] = []
        for argument in arguments { values.append(try value(argument, .any, path)) }
        do {
            return try function.apply(values)
        } catch {
            throw .malformed(path: path, reason: error.description)
        }
    }
}

extension Value {
    /// The value as Cedar writes it in JSON.
    public var json: JSONValue {
        switch self {
        case .bool(let value): .bool(value)
        case .long(let value): .int(value)
        case .string(let text): .string(text.string)
        case .entity(let uid): ["__entity": uid.json]
        case .set(let set): .array(set.elements.map(\.json))
        case .record(let record): record.json
        case .decimal(let value): Value.escaped("decimal", value.description)
        case .ip(let value): Value.escaped("ip", value.description)
        case .duration(let value): Value.escaped("duration", value.description)
        case .datetime(let value):
            [
                "__extn": [
                    "fn": "offset",
                    "args": [Value.escaped("datetime", "1970-01-01"), Value.escaped("duration", "\(value.milliseconds)ms")],
                ]
            ]
        }
    }

    private static func escaped(_ function: String, _ argument: String) -> JSONValue {
        ["__extn": ["fn": .string(function), "arg": .string(argument)]]
    }
}

extension EntityUID {
    public var json: JSONValue { ["type": .string(type.string), "id": .string(id.string)] }
}

extension RecordValue {
    public var json: JSONValue { .object(JSONObject(map { ($0.string, $1.json) })) }
}
