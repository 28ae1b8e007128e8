public import JSON

extension PolicySet {
    /// Cedar's JSON format of policy sets: static policies, templates, and links by the values of their slots.
    public func json() throws(PolicyJSONError) -> JSONValue {
        var statics: JSONObject = [:]
        var links: [JSONValue] = []
        for policy in policies {
            if let link = policy.link {
                let values = link.values.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key.rawValue, JSONValue(entity: $0.value)) }
                links.append([
                    "templateId": .string(link.template.description), "newId": .string(policy.id.description), "values": .object(JSONObject(values)),
                ])
            } else {
                statics[policy.id.description] = try policy.json()
            }
        }
        var templates: JSONObject = [:]
        for template in self.templates { templates[template.id.description] = try template.body.json(template.body.scope) }
        return ["templates": .object(templates), "staticPolicies": .object(statics), "templateLinks": .array(links)]
    }
}

extension Policy {
    /// Cedar's JSON format of one policy. A linked one is written with the values in place of the slots.
    public func json() throws(PolicyJSONError) -> JSONValue { try body.json(scope) }
}

extension Template {
    public func json() throws(PolicyJSONError) -> JSONValue { try body.json(body.scope) }
}

extension PolicyBody {
    func json(_ scope: Scope) throws(PolicyJSONError) -> JSONValue {
        let written = try ExpressionJSONWriter(tree)
        let conditions = conditions.map { ["kind": .string($0.kind.rawValue), "body": written[$0.body]] as JSONValue }
        var members: JSONObject = [
            "effect": .string(effect.rawValue), "principal": scope.principal.json, "action": scope.action.json, "resource": scope.resource.json,
            "conditions": .array(conditions),
        ]
        let annotations = annotations.entries.sorted { Text($0.name) < Text($1.name) }
        if !annotations.isEmpty {
            members["annotations"] = .object(JSONObject(annotations.map { ($0.name, $0.hasValue ? .string($0.value) : .null) }))
        }
        return .object(members)
    }
}

extension EntityConstraint {
    fileprivate var json: JSONValue {
        switch self {
        case .any: ["op": "All"]
        case .equal(let reference): .object(JSONObject([("op", "==")]).merging(reference.json))
        case .in(let reference): .object(JSONObject([("op", "in")]).merging(reference.json))
        case .is(let type): ["op": "is", "entity_type": .string(type.string)]
        case .isIn(let type, let reference): ["op": "is", "entity_type": .string(type.string), "in": .object(reference.json)]
        }
    }
}

extension ActionConstraint {
    fileprivate var json: JSONValue {
        switch self {
        case .any: ["op": "All"]
        case .equal(let uid): ["op": "==", "entity": JSONValue(entity: uid)]
        case .in(let uids):
            if uids.count == 1 {
                ["op": "in", "entity": JSONValue(entity: uids[0])]
            } else {
                ["op": "in", "entities": .array(uids.map { JSONValue(entity: $0) })]
            }
        }
    }
}

extension EntityReference {
    fileprivate var json: JSONObject {
        switch self {
        case .entity(let uid): ["entity": JSONValue(entity: uid)]
        case .slot(let slot): ["slot": .string(slot.rawValue)]
        }
    }
}

extension JSONValue {
    fileprivate init(entity uid: EntityUID) { self = uid.json }
}
