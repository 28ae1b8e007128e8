public import JSON

extension SchemaFragment {
    /// Reads the JSON syntax of schemas.
    public init(json: JSONValue) throws(SchemaError) { try self.init(json: json, source: .none) }

    /// Reads a text in the JSON syntax of schemas; faults tell their line and column.
    public init(parsingJSON text: String, limits: JSONLimits = .default) throws(SchemaError) {
        let json: JSONValue
        do throws(JSONError) {
            json = try JSONValue(parsing: text, limits: limits)
        } catch {
            let position = SourcePosition(line: error.line, column: error.column, offset: error.offset)
            throw SchemaError(faults: [.init(message: error.reason, suggestion: nil, position: error.line > 0 ? position : nil, path: [])])
        }
        try self.init(json: json, source: .json(SourceText(text)))
    }

    init(json: JSONValue, source: SchemaSource) throws(SchemaError) {
        do throws(SchemaFault) {
            for (name, body) in try SchemaJSON(json, []).members("a schema is an object of namespaces") {
                namespaces.append(try SchemaJSONReader.namespace(name, body))
            }
        } catch {
            throw SchemaError(faults: [source.fault(error)])
        }
    }
}

/// Reads the declarations of a namespace.
enum SchemaJSONReader {
    static func namespace(_ name: String, _ json: SchemaJSON) throws(SchemaFault) -> SchemaFragment.Namespace {
        guard name.isEmpty || TypeName.parse(name) != nil else { throw json.fault("`\(name)` cannot be the name of a namespace") }
        try json.refuseOthers("a namespace", ["commonTypes", "entityTypes", "actions", "annotations"])
        var namespace = SchemaFragment.Namespace(name: SchemaName(Text(name), json.place), annotations: try json.annotations())
        guard !name.isEmpty || namespace.annotations.entries.isEmpty else {
            throw json.fault("what stands outside of any namespace has no annotations")
        }
        for (name, type) in try json["commonTypes"]?.members("commonTypes is an object") ?? [] {
            namespace.common.append(
                .init(name: try declared(name, type), annotations: try type.annotations(), type: try SchemaType(json: type, mayBeAnnotated: true)))
        }
        for (name, entity) in try json.required("entityTypes", of: "a namespace").members("entityTypes is an object") {
            namespace.entities.append(try entityType(try declared(name, entity), entity))
        }
        for (id, action) in try json.required("actions", of: "a namespace").members("actions is an object") {
            namespace.actions.append(try self.action(SchemaName(Text(id), action.place), action))
        }
        return namespace
    }

    private static func declared(_ name: String, _ json: SchemaJSON) throws(SchemaFault) -> SchemaName {
        guard TypeName.isAttribute(name) else { throw json.fault("`\(name)` cannot be the name of a type") }
        return SchemaName(Text(name), json.place)
    }

    private static func entityType(_ name: SchemaName, _ json: SchemaJSON) throws(SchemaFault) -> SchemaFragment.EntityType {
        var declared = SchemaFragment.EntityType(name: name, annotations: try json.annotations())
        if let list = json["enum"] {
            try json.refuseOthers("an enumeration", ["enum", "annotations"])
            let ids = try list.elements("enum is an array of strings")
            guard !ids.isEmpty else { throw list.fault("an enumeration has at least one id") }
            declared.ids = []
            for id in ids { declared.ids?.append(Text(try id.string("an id is a string"))) }
            return declared
        }
        try json.refuseOthers("an entity type", ["memberOfTypes", "shape", "tags", "annotations"])
        declared.parents = try json["memberOfTypes"]?.names("memberOfTypes is an array of names") ?? []
        if let shape = json["shape"] { declared.shape = try SchemaType(json: shape) }
        if let tags = json["tags"] { declared.tags = try SchemaType(json: tags) }
        return declared
    }

    private static func action(_ name: SchemaName, _ json: SchemaJSON) throws(SchemaFault) -> SchemaFragment.Action {
        try json.refuseOthers("an action", ["appliesTo", "memberOf", "attributes", "annotations"])
        if let attributes = json["attributes"], !attributes.isNull { throw attributes.fault("actions have no attributes", "leave them out") }
        var declared = SchemaFragment.Action(name: name, annotations: try json.annotations())
        if let list = json["memberOf"], !list.isNull {
            for parent in try list.elements("memberOf is an array") { declared.parents.append(try reference(parent)) }
        }
        guard let applies = json["appliesTo"], !applies.isNull else { return declared }
        try applies.refuseOthers("appliesTo", ["principalTypes", "resourceTypes", "context"])
        var appliesTo = SchemaFragment.AppliesTo()
        appliesTo.principals = try applies.required("principalTypes", of: "appliesTo").names("principalTypes is an array of names")
        appliesTo.resources = try applies.required("resourceTypes", of: "appliesTo").names("resourceTypes is an array of names")
        if let context = applies["context"] { appliesTo.context = try SchemaType(json: context) }
        declared.appliesTo = appliesTo
        return declared
    }

    private static func reference(_ json: SchemaJSON) throws(SchemaFault) -> SchemaFragment.ActionReference {
        try json.refuseOthers("a parent of an action", ["id", "type"])
        let id = try json.required("id", of: "a parent of an action").string("the id of an action is a string")
        guard let type = json["type"], !type.isNull else { return .init(type: nil, id: SchemaName(Text(id), json.place)) }
        return .init(type: try type.name(), id: SchemaName(Text(id), json.place))
    }
}

extension SchemaType {
    /// The parser of JSON limits how deep types stand in each other.
    fileprivate init(json: SchemaJSON, mayBeAnnotated: Bool = false, isAttribute: Bool = false) throws(SchemaFault) {
        let type = try json.required("type", of: "a type")
        let word = try type.string("the member type of a type is a string")
        var known = ["type"]
        if mayBeAnnotated { known.append("annotations") }
        if isAttribute { known.append("required") }
        switch word {
        case "Set": known.append("element")
        case "Record": known += ["attributes", "additionalAttributes"]
        case "Entity", "EntityOrCommon", "Extension": known.append("name")
        default: break
        }
        try json.refuseOthers("the type \(word)", known)
        switch word {
        case "String": self = .string
        case "Long": self = .long
        case "Boolean": self = .bool
        case "Set": self = .set(try SchemaType(json: json.required("element", of: "a set")))
        case "Record": self = try Self.record(json)
        case "Entity": self = .entity(try json.required("name", of: "the type Entity").name())
        case "EntityOrCommon": self = .entityOrCommon(try json.required("name", of: "the type EntityOrCommon").name())
        case "Extension": self = .extension(try json.required("name", of: "the type Extension").name())
        default: self = .common(try type.name())
        }
    }

    private static func record(_ json: SchemaJSON) throws(SchemaFault) -> SchemaType {
        if let open = json["additionalAttributes"], try open.bool("additionalAttributes is false") {
            throw open.fault("records are closed", "leave additionalAttributes out")
        }
        var attributes: [Attribute] = []
        for (name, type) in try json.required("attributes", of: "a record").members("attributes is an object") {
            attributes.append(
                Attribute(
                    name: SchemaName(Text(name), type.place), annotations: try type.annotations(),
                    isRequired: try type["required"]?.bool("required is true or false") ?? true,
                    type: try SchemaType(json: type, mayBeAnnotated: true, isAttribute: true)))
        }
        return .record(attributes)
    }
}
