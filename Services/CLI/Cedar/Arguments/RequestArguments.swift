internal import ArgumentParser
internal import Cedar
internal import JSON

/// The question that a command asks.
struct RequestArguments: ParsableArguments {
    @Option(name: [.customShort("l"), .long], help: "Principal, such as User::\"alice\".")
    var principal: String?

    @Option(name: .shortAndLong, help: "Action, such as Action::\"view\".")
    var action: String?

    @Option(name: .shortAndLong, help: "Resource, such as File::\"a.txt\".")
    var resource: String?

    @Option(name: .shortAndLong, help: "File with the context, a JSON object.")
    var context: String?

    @Option(help: "File with the whole request: {\"principal\", \"action\", \"resource\", \"context\"}.")
    var requestJson: String?

    func validate() throws {
        guard requestJson == nil || (principal ?? action ?? resource ?? context) == nil else {
            throw ValidationError("--request-json stands for --principal, --action, --resource and --context; give one or the other")
        }
    }

    func request(shapes: (any ValueShapes)?) throws -> Request {
        var names = (principal, action, resource)
        var contextJSON: JSONValue = try context.map(CedarDocument.json) ?? [:]
        if let requestJson {
            let json = try CedarDocument.json(requestJson)
            names = (json["principal"]?.stringValue, json["action"]?.stringValue, json["resource"]?.stringValue)
            contextJSON = json["context"] ?? [:]
        }
        guard let principal = names.0, let action = names.1, let resource = names.2 else {
            throw CedarFailure("a request has a principal, an action and a resource")
        }
        let uid = try EntityUID(parsing: action)
        return Request(
            principal: try EntityUID(parsing: principal), action: uid, resource: try EntityUID(parsing: resource),
            context: try RecordValue(json: contextJSON, shape: shapes?.context(of: uid) ?? .any))
    }
}

/// What the policies can see.
struct EntityArguments: ParsableArguments {
    @Option(help: "File with the entities, a JSON array.")
    var entities: String

    @Option(
        name: .shortAndLong, help: "File with the schema: with it entities and contexts need no escapes, and actions are known.")
    var schema: String?

    @Option(help: "Format of the schema.")
    var schemaFormat: SchemaFormat = .cedar

    func shapes() throws -> (any ValueShapes)? { try schema.map { try schemaFormat.schema(at: $0) } }

    func read(shapes: (any ValueShapes)?) throws -> Entities { try Entities(json: CedarDocument.json(entities), shapes: shapes) }
}
