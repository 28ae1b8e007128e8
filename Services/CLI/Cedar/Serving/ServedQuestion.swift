internal import Cedar
internal import JSON

/// Which part of a question was refused, and why.
struct Refusal: Error {
    let part: String
    let message: String

    /// Runs `body` and names the part where it throws.
    static func of<T>(_ part: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch {
            throw Refusal(part: part, message: "\(error)")
        }
    }
}

/// One line of what is asked.
struct ServedQuestion {
    let json: JSONValue

    /// As deep as Cedar's own readers go.
    static let documents = JSONLimits(size: 64 << 20, depth: 127)

    func answer() throws -> JSONValue {
        switch json["op"]?.stringValue {
        case "authorize": try authorize()
        case "to-json": ["json": try Refusal.of("policies") { try PolicySet(parsing: text("policies"), naming: .byPosition).json() }]
        case "from-json": try fromJSON()
        case "format": ["text": .string(try Refusal.of("policies") { try PolicyFormatter.format(text("policies")) })]
        case "validate": try ServedValidation(question: self).answer()
        case let op: throw Refusal(part: "question", message: "there is no op \(op ?? "")")
        }
    }

    private func authorize() throws -> JSONValue {
        let policies = try linked(try Refusal.of("policies") { try PolicySet(parsing: text("policies"), naming: .byPosition) })
        let entities = try Refusal.of("entities") { try Entities(json: JSONValue(parsing: text("entities"), limits: Self.documents)) }
        var answers: [JSONValue] = []
        for request in json["requests"]?.arrayValue ?? [] {
            do {
                let response = Authorizer.isAuthorized(try Self.request(request), policies, entities)
                answers.append(["decision": .string(response.decision.rawValue), "reasons": names(response.reasons), "errors": faults(response)])
            } catch let error as Refusal {
                answers.append(["refused": .string(error.part), "message": .string(error.message)])
            }
        }
        return ["answers": .array(answers)]
    }

    /// The policies as text, and as the JSON that they are written as again.
    private func fromJSON() throws -> JSONValue {
        try Refusal.of("policies") {
            let set = try PolicySet(json: JSONValue(parsing: text("policies"), limits: Self.documents))
            return ["text": .string(set.description), "json": try set.json()]
        }
    }

    func linked(_ policies: PolicySet) throws -> PolicySet {
        guard let links = json["links"]?.arrayValue, !links.isEmpty else { return policies }
        return try Refusal.of("links") { try policies.linking(links.map(Self.link)) }
    }

    private static func link(_ json: JSONValue) throws -> PolicySet.Link {
        var values: [Slot: EntityUID] = [:]
        for (name, uid) in json["values"]?.objectValue ?? [:] {
            guard let slot = Slot(rawValue: name) else { throw Refusal(part: "links", message: "there is no slot \(name)") }
            values[slot] = try EntityUID(json: uid)
        }
        return PolicySet.Link(
            template: PolicyID(json["template_id"]?.stringValue ?? ""), id: PolicyID(json["new_id"]?.stringValue ?? ""), values: values)
    }

    static func request(_ json: JSONValue, _ shapes: (any ValueShapes)? = nil) throws -> Request {
        try Refusal.of("request") {
            let action = try EntityUID(json: json["action"] ?? .null)
            let context = try JSONValue(parsing: json["context"]?.stringValue ?? "{}", limits: Self.documents)
            return Request(
                principal: try EntityUID(json: json["principal"] ?? .null), action: action, resource: try EntityUID(json: json["resource"] ?? .null),
                context: try RecordValue(json: context, shape: shapes?.context(of: action) ?? .any))
        }
    }

    func text(_ name: String) -> String { json[name]?.stringValue ?? "" }
    private func names(_ ids: [PolicyID]) -> JSONValue { .array(ids.map(\.description).sorted().map(JSONValue.string)) }

    /// Policy and kind of fault, since the words are each engine's own.
    private func faults(_ response: Response) -> JSONValue {
        let pairs = response.errors.map { ($0.policy.description, $0.error.fault.kind) }.sorted { $0 < $1 }
        return .array(pairs.map { [.string($0.0), .string($0.1)] })
    }
}

extension EvaluationFault {
    /// One word for what went wrong.
    fileprivate var kind: String {
        switch self {
        case .typeMismatch: "type"
        case .entityDoesNotExist: "entity"
        case .entityLacksAttribute, .recordLacksAttribute: "attribute"
        case .entityLacksTag: "tag"
        case .integerOverflow: "overflow"
        case .extensionFailed: "extension"
        case .wrongArgumentCount: "arity"
        }
    }
}
