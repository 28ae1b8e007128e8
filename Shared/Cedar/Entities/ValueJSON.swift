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

    /// An object is an escape only where it is exactly one; anything else is a record, also one whose attribute has an escape's name.
    private static func value(_ members: JSONObject, _ shape: ValueShape, _ path: String) throws(EntitiesError) -> Value {
        guard members.count == 1 else { return .record(try record(members, shape, path)) }
        if let escaped = members["__entity"], let uid = try entity(escaped, "\(path).__entity") { return .entity(uid) }
        if let escaped = members["__extn"], let value = try call(escaped, "\(path).__extn") { return value }
        if case .string? = members["__expr"] { throw obsolete(path) }
        return .record(try record(members, shape, path))
    }

    private static func obsolete(_ path: String) -> EntitiesError {
        .malformed(path: path, reason: "__expr is no longer part of Cedar; use __entity or __extn")
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
        if json["__expr"] != nil { throw obsolete(path) }
        if let inner = json["__entity"], let uid = try entity(inner, "\(path).__entity") { return uid }
        if let uid = try entity(json, path) { return uid }
        throw .malformed(path: path, reason: "an entity is written {\"type\": \"…\", \"id\": \"…\"}")
    }

    /// Nil where the JSON has another form.
    private static func entity(_ json: JSONValue, _ path: String) throws(EntitiesError) -> EntityUID? {
        guard let typeName = json["type"]?.stringValue, let id = json["id"]?.stringValue else { return nil }
        guard let type = TypeName.parse(typeName) else { throw .malformed(path: path, reason: "\"\(typeName)\" is not the name of a type") }
        return EntityUID(type: type, id: Text(id))
    }

    /// A value where the schema expects one of an extension type: its constructor's argument is enough, or the inner part of the escape.
    private static func extensionValue(_ json: JSONValue, of constructor: String, _ path: String) throws(EntitiesError) -> Value {
        guard let members = json.objectValue else { return try apply(constructor, [try value(json, .any, path)], path) }
        if members.count == 1, let escaped = members["__extn"], let value = try call(escaped, "\(path).__extn") { return value }
        if let value = try call(json, path) { return value }
        throw .malformed(path: path, reason: "a value of an extension type is written {\"fn\": \"…\", \"arg\": \"…\"}")
    }

    /// Any extension function may stand in an escape; nil where the JSON has another form.
    private static func call(_ json: JSONValue, _ path: String) throws(EntitiesError) -> Value? {
        guard let name = json["fn"]?.stringValue, let arguments = json["arg"].map({ [$0] }) ?? json["args"]?.arrayValue else { return nil }
        var values: [Value] = []
        for argument in arguments { values.append(try value(argument, .any, path)) }
        return try apply(name, values, path)
    }

    private static func apply(_ name: String, _ arguments: [Value], _ path: String) throws(EntitiesError) -> Value {
        guard let function = ExtensionFunction(rawValue: name) else {
            throw .malformed(path: path, reason: "there is no extension function \"\(name)\"")
        }
        do throws(EvaluationFault) {
            return try function.apply(arguments)
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
