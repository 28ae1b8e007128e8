public import JSON

extension SchemaFragment {
    /// The schema in its JSON syntax. Which of an entity type and a common type a name refers to, Cedar's syntax does not say, and neither
    /// does this.
    public var json: JSONValue {
        .object(JSONObject(namespaces.map { ($0.name.text.string, $0.json) }))
    }
}

extension SchemaFragment.Namespace {
    fileprivate var json: JSONValue {
        var members: JSONObject = [:]
        if !common.isEmpty {
            members["commonTypes"] = .object(JSONObject(common.map { ($0.name.text.string, $0.type.json($0.annotations)) }))
        }
        members["entityTypes"] = .object(JSONObject(entities.map { ($0.name.text.string, $0.json) }))
        members["actions"] = .object(JSONObject(actions.map { ($0.name.text.string, $0.json) }))
        members["annotations"] = annotations.json
        return .object(members)
    }
}

extension SchemaAnnotations {
    /// Nil where there are none.
    fileprivate var json: JSONValue? {
        entries.isEmpty ? .none : .object(JSONObject(entries.map { ($0.name, $0.value.map { .string($0.string) } ?? .null) }))
    }
}

extension SchemaFragment.EntityType {
    fileprivate var json: JSONValue {
        var members: JSONObject = [:]
        if let ids {
            members["enum"] = .array(ids.map { .string($0.string) })
        } else {
            if !parents.isEmpty { members["memberOfTypes"] = SchemaName.json(parents) }
            if shape != .record([]) { members["shape"] = shape.json() }
            members["tags"] = tags?.json()
        }
        members["annotations"] = annotations.json
        return .object(members)
    }
}

extension SchemaFragment.Action {
    fileprivate var json: JSONValue {
        var members: JSONObject = [:]
        if let appliesTo {
            var applies: JSONObject = [
                "principalTypes": SchemaName.json(appliesTo.principals), "resourceTypes": SchemaName.json(appliesTo.resources),
            ]
            if appliesTo.context != .record([]) { applies["context"] = appliesTo.context.json() }
            members["appliesTo"] = .object(applies)
        }
        if !parents.isEmpty {
            members["memberOf"] = .array(
                parents.map { parent in
                    var reference: JSONObject = ["id": .string(parent.id.text.string)]
                    if let type = parent.type { reference["type"] = .string(type.text.string) }
                    return .object(reference)
                })
        }
        members["annotations"] = annotations.json
        return .object(members)
    }
}

extension SchemaName {
    fileprivate static func json(_ names: [SchemaName]) -> JSONValue { .array(names.map { .string($0.text.string) }) }
}

extension SchemaType {
    /// - Parameter isRequired: Nil for what is no attribute.
    fileprivate func json(_ annotations: SchemaAnnotations = .init(), isRequired: Bool = true) -> JSONValue {
        var members: JSONObject
        switch self {
        case .bool: members = ["type": "Boolean"]
        case .long: members = ["type": "Long"]
        case .string: members = ["type": "String"]
        case .set(let element): members = ["type": "Set", "element": element.json()]
        case .record(let attributes):
            let all = attributes.map { ($0.name.text.string, $0.type.json($0.annotations, isRequired: $0.isRequired)) }
            members = ["type": "Record", "attributes": .object(JSONObject(all))]
        case .entity(let name): members = ["type": "Entity", "name": .string(name.text.string)]
        case .extension(let name): members = ["type": "Extension", "name": .string(name.text.string)]
        case .common(let name): members = ["type": .string(name.text.string)]
        case .entityOrCommon(let name): members = ["type": "EntityOrCommon", "name": .string(name.text.string)]
        }
        if !isRequired { members["required"] = false }
        members["annotations"] = annotations.json
        return .object(members)
    }
}
