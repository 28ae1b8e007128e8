public import JSON

extension PolicySet {
    /// Reads Cedar's JSON format: a policy set, or one policy or template, which is then named `policy0`.
    public init(json: JSONValue) throws(PolicyJSONError) {
        let setMembers = ["staticPolicies", "templates", "templateLinks"]
        guard setMembers.contains(where: { json[$0] != nil }) else {
            let body = try PolicyBody(json: json, "")
            let isTemplate = !body.scope.slots.isEmpty
            self.init(
                unique: isTemplate ? [] : [Policy(id: "policy0", body: body)], isTemplate ? [Template(id: "policy0", body: body)] : [])
            return
        }
        try json.expect(setMembers, "")
        var policies: [Policy] = []
        var templates: [Template] = []
        for (id, body) in try PolicyJSONReader.bodies(json, "staticPolicies") {
            guard body.scope.slots.isEmpty else { throw PolicyJSONError(path: "staticPolicies.\(id)", reason: "a static policy has no slots") }
            policies.append(Policy(id: id, body: body))
        }
        for (id, body) in try PolicyJSONReader.bodies(json, "templates") {
            templates.append(Template(id: id, body: body))
        }
        let links = try PolicyJSONReader.links(json)
        do throws(LinkError) {
            self = try PolicySet(unique: policies, []).union(PolicySet(unique: [], templates)).linking(links)
        } catch {
            throw PolicyJSONError(path: "templateLinks", reason: error.description)
        }
    }
}

enum PolicyJSONReader {
    static func bodies(_ json: JSONValue, _ name: String) throws(PolicyJSONError) -> [(PolicyID, PolicyBody)] {
        guard let member = json[name] else { throw PolicyJSONError(path: "", reason: "\"\(name)\" is missing") }
        guard let object = member.objectValue else { throw PolicyJSONError(path: name, reason: "an object by ids is expected") }
        var bodies: [(PolicyID, PolicyBody)] = []
        for (id, content) in object { bodies.append((PolicyID(id), try PolicyBody(json: content, "\(name).\(id)"))) }
        return bodies
    }

    static func links(_ json: JSONValue) throws(PolicyJSONError) -> [PolicySet.Link] {
        guard let list = json["templateLinks"]?.arrayValue else { throw PolicyJSONError(path: "templateLinks", reason: "an array is expected") }
        var links: [PolicySet.Link] = []
        for (index, content) in list.enumerated() {
            let path = "templateLinks[\(index)]"
            try content.expect(["templateId", "newId", "values"], path)
            guard let template = content["templateId"]?.stringValue, let id = content["newId"]?.stringValue,
                let given = content["values"]?.objectValue
            else { throw PolicyJSONError(path: path, reason: "a link has \"templateId\", \"newId\" and \"values\"") }
            var values: [Slot: EntityUID] = [:]
            for (name, uid) in given {
                guard let slot = Slot(rawValue: name) else { throw PolicyJSONError(path: path, reason: "there is no slot \(Text(name).quoted)") }
                values[slot] = try ExpressionJSONReader.entity(uid, "\(path).values.\(name)")
            }
            links.append(PolicySet.Link(template: PolicyID(template), id: PolicyID(id), values: values))
        }
        return links
    }

    // MARK: Scopes

    static func constraint(_ json: JSONValue?, _ variable: Slot, _ path: String) throws(PolicyJSONError) -> EntityConstraint {
        guard let json, let op = json["op"]?.stringValue else { throw PolicyJSONError(path: path, reason: "a constraint has an \"op\"") }
        switch op {
        case "All", "all": return .any
        case "==": return .equal(try reference(json, variable, path))
        case "in": return .in(try reference(json, variable, path))
        case "is":
            try json.expect(["op", "entity_type", "in"], path)
            guard let name = json["entity_type"]?.stringValue, let type = TypeName.parse(name) else {
                throw PolicyJSONError(path: path, reason: "\"entity_type\" is missing, or not the name of a type")
            }
            guard let ancestor = json["in"], ancestor != .null else { return .is(type) }
            return .isIn(type, try reference(ancestor, variable, "\(path).in"))
        default: throw PolicyJSONError(path: path, reason: "there is no op \(Text(op).quoted); a constraint has All, ==, in or is")
        }
    }

    private static func reference(_ json: JSONValue, _ variable: Slot, _ path: String) throws(PolicyJSONError) -> EntityReference {
        if json["entity"] == nil, let slot = json["slot"] {
            guard slot.stringValue == variable.rawValue else { throw PolicyJSONError(path: path, reason: "the slot here is \"\(variable)\"") }
            return .slot(variable)
        }
        guard let entity = json["entity"] else { throw PolicyJSONError(path: path, reason: "\"entity\" or \"slot\" is missing") }
        return .entity(try ExpressionJSONReader.entity(entity, "\(path).entity"))
    }

    static func action(_ json: JSONValue?, _ path: String) throws(PolicyJSONError) -> ActionConstraint {
        guard let json, let op = json["op"]?.stringValue else { throw PolicyJSONError(path: path, reason: "a constraint has an \"op\"") }
        switch op {
        case "All", "all": return .any
        case "==": return .equal(try action(json["entity"], at: "\(path).entity"))
        case "in":
            guard let list = json["entities"]?.arrayValue else { return .in([try action(json["entity"], at: "\(path).entity")]) }
            var actions: [EntityUID] = []
            for (index, uid) in list.enumerated() { actions.append(try action(uid, at: "\(path).entities[\(index)]")) }
            return .in(actions)
        default: throw PolicyJSONError(path: path, reason: "there is no op \(Text(op).quoted); an action has All, == or in")
        }
    }

    private static func action(_ json: JSONValue?, at path: String) throws(PolicyJSONError) -> EntityUID {
        guard let json else { throw PolicyJSONError(path: path, reason: "the action is missing") }
        let uid = try ExpressionJSONReader.entity(json, path)
        guard TypeName.basename(of: uid.type) == "Action" else { throw PolicyJSONError(path: path, reason: "\(uid) is no action") }
        return uid
    }
}

extension PolicyBody {
    convenience init(json: JSONValue, _ path: String) throws(PolicyJSONError) {
        let prefix = path.isEmpty ? "" : "\(path)."
        try json.expect(["effect", "principal", "action", "resource", "conditions", "annotations"], path)
        guard let effect = json["effect"]?.stringValue.flatMap(Effect.init) else {
            throw PolicyJSONError(path: "\(prefix)effect", reason: "the effect is \"permit\" or \"forbid\"")
        }
        let scope = Scope(
            principal: try PolicyJSONReader.constraint(json["principal"], .principal, "\(prefix)principal"),
            action: try PolicyJSONReader.action(json["action"], "\(prefix)action"),
            resource: try PolicyJSONReader.constraint(json["resource"], .resource, "\(prefix)resource"))
        guard let list = json["conditions"]?.arrayValue else { throw PolicyJSONError(path: "\(prefix)conditions", reason: "an array is expected") }
        var reader = ExpressionJSONReader()
        var conditions: [Condition] = []
        for (index, content) in list.enumerated() {
            let place = "\(prefix)conditions[\(index)]"
            try content.expect(["kind", "body"], place)
            guard let kind = content["kind"]?.stringValue.flatMap(Condition.Kind.init), let body = content["body"] else {
                throw PolicyJSONError(path: place, reason: "a condition has a \"kind\", which is \"when\" or \"unless\", and a \"body\"")
            }
            conditions.append(Condition(kind: kind, body: try reader.read(body, "\(place).body")))
        }
        self.init(
            effect: effect, annotations: try Annotations(json: json["annotations"], "\(prefix)annotations"), scope: scope, conditions: conditions,
            tree: reader.tree, span: SourceSpan(0, 0), position: SourcePosition(line: 0, column: 0, offset: 0))
    }
}

extension Annotations {
    fileprivate init(json: JSONValue?, _ path: String) throws(PolicyJSONError) {
        guard let json else {
            entries = []
            return
        }
        guard let object = json.objectValue else { throw PolicyJSONError(path: path, reason: "an object is expected") }
        var entries: [Entry] = []
        for (name, value) in object {
            guard TypeName.isWord(name) else { throw PolicyJSONError(path: path, reason: "\(Text(name).quoted) cannot name an annotation") }
            guard value == .null || value.stringValue != nil else { throw PolicyJSONError(path: "\(path).\(name)", reason: "a string is expected") }
            let nowhere = SourcePosition(line: 0, column: 0, offset: 0)
            entries.append(Entry(name: name, value: value.stringValue ?? "", hasValue: value != .null, position: nowhere))
        }
        self.entries = entries
    }
}
