internal import Cedar
internal import FoundationEssentials
internal import JSON

/// Decides the requests of a workload, `{"policies", "entities", "requests"}`, again and again.
struct DecisionBench {
    private let policies: PolicySet
    private let entities: Entities
    private let requests: [Request]

    init(path: String) throws {
        let json = try JSONValue(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
        policies = try PolicySet(parsing: json["policies"]?.stringValue ?? "", naming: .byPosition)
        entities = try Entities(json: json["entities"] ?? [])
        requests = try (json["requests"]?.arrayValue ?? []).map(Request.init(json:))
    }

    func run(rounds: Int) -> JSONValue {
        let clock = ContinuousClock()
        var times: [Double] = []
        times.reserveCapacity(rounds * requests.count)
        var verdicts: [JSONValue] = []
        for round in 0...rounds {
            for request in requests {
                let start = clock.now
                let response = Authorizer.isAuthorized(request, policies, entities)
                let time = clock.now - start
                // The first round fills the caches, and says what is decided.
                if round == 0 { verdicts.append(response.verdict) } else { times.append(time.microseconds) }
            }
        }
        times.sort()
        return [
            "verdicts": .array(verdicts), "p50": .double(times[times.count / 2]), "p99": .double(times[times.count * 99 / 100]),
        ]
    }
}

extension Request {
    init(json: JSONValue) throws {
        self.init(
            principal: try EntityUID(json: json["principal"] ?? .null), action: try EntityUID(json: json["action"] ?? .null),
            resource: try EntityUID(json: json["resource"] ?? .null), context: try RecordValue(json: json["context"] ?? [:]))
    }
}

extension Response {
    /// Decision, reasons and erring policies.
    var verdict: JSONValue {
        func names(_ ids: [PolicyID]) -> JSONValue { .array(ids.map(\.description).sorted().map(JSONValue.string)) }
        return [.string(decision.rawValue), names(reasons), names(errors.map(\.policy))]
    }
}
