internal import Cedar
internal import JSON
internal import SessionRules

/// One question of `provable cedar session --serve`: policies, an event schema and events.
struct SessionQuestion {
    private let json: JSONValue

    init(json: JSONValue) { self.json = json }

    /// The decisions in the order of the events, or what was refused.
    func answer() -> JSONValue {
        do {
            let schema = try json["event_schema"]?.stringValue.map { try EventSchema(named: $0) } ?? .standard
            let rules = try SessionRuleSet(parsing: json["policies"]?.stringValue ?? "", schema: schema, naming: .byPosition)
            var replay = SessionReplay(rules: rules, entities: try entities(), tells: false)
            var decisions: [JSONValue] = []
            let every = Int(json["resume_every"]?.intValue ?? 0)
            for (index, line) in (json["events"]?.arrayValue ?? []).enumerated() {
                if every > 0, index % every == every - 1 { try replay.resume(from: replay.state()) }
                guard let verdict = try replay.run(ReplayedEvent(json: line)) else { continue }
                decisions.append(.string(verdict.response.decision == .allow ? "Allow" : "Deny"))
            }
            return ["decisions": .array(decisions)]
        } catch let error as RuleSyntaxError {
            return ["refused": "policies", "message": .string(error.description)]
        } catch {
            return ["refused": "events", "message": .string("\(error)")]
        }
    }

    private func entities() throws -> Entities {
        guard let list = json["entities"] else { return .none }
        return try Entities(json: list)
    }
}

extension EventSchema {
    /// One of the schemas that are built in, by its name, or the text of one.
    init(named text: String) throws(RuleSyntaxError) {
        switch text {
        case "standard": self = .standard
        case "dogwood": self = .dogwood
        default: self = try EventSchema(parsing: text)
        }
    }
}
