internal import Cedar
internal import FoundationEssentials
internal import JSON
internal import SessionRules

/// Runs the events of one session, `{"policies", "event_schema", "events"}`, in their order: each is noted, and where it is a request,
/// every rule that may concern it is answered and the policies decide.
struct SessionBench {
    private struct Step {
        let micros: Int64
        let event: SessionEvent
        let request: SessionRequest
    }

    private let rules: SessionRuleSet
    private let steps: [Step]
    /// What it took from the text to the monitor.
    private let readMilliseconds: Double

    init(path: String) throws {
        let json = try JSONValue(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: path))), limits: JSONLimits(size: 64 << 20, depth: 64))
        let clock = ContinuousClock()
        let start = clock.now
        rules = try SessionRuleSet(
            parsing: json["policies"]?.stringValue ?? "", schema: EventSchema(parsing: json["event_schema"]?.stringValue ?? ""), naming: .byPosition)
        readMilliseconds = (clock.now - start).microseconds / 1000
        steps = try (json["events"]?.arrayValue ?? []).map { event in
            let principal = try EntityUID(json: event["principal"] ?? .null)
            let resource = try EntityUID(json: event["resource"] ?? .null)
            let input = Value.record(try RecordValue(json: event["input"] ?? [:]))
            let fields = RecordValue([("input", input), ("callerPrincipal", .entity(principal)), ("callerResource", .entity(resource))])
            return Step(
                micros: (event["time"]?.intValue ?? 0) * 1_000_000,
                event: SessionEvent(
                    action: try EntityUID(json: event["action"] ?? .null), kind: Text(event["kind"]?.stringValue ?? ""), fields: fields),
                request: SessionRequest(principal: principal, resource: resource, context: RecordValue([("input", input)])))
        }
    }

    func run() throws -> JSONValue {
        var monitor = SessionMonitor(rules: rules)
        let clock = ContinuousClock()
        var times: [Double] = []
        times.reserveCapacity(steps.count)
        var verdicts: [JSONValue] = []
        let began = clock.now
        for step in steps {
            let start = clock.now
            if rules.schema.isDecision(step.event.kind.string) {
                let answer = try monitor.ask(step.event, step.request, at: step.micros)
                let context = step.request.context.setting("session", to: .record(answer.record))
                let asked = Request(principal: step.request.principal, action: step.event.action, resource: step.request.resource, context: context)
                let response = Authorizer.isAuthorized(asked, rules.policies, .none)
                monitor.conclude(answer, isAllowed: response.decision == .allow, reservation: nil)
                verdicts.append(.string(response.decision == .allow ? "Allow" : "Deny"))
            } else {
                try monitor.observe(step.event, at: step.micros)
            }
            times.append((clock.now - start).microseconds)
        }
        let seconds = (clock.now - began).microseconds / 1e6
        times.sort()
        let stateStart = clock.now
        let state = try monitor.encoded()
        let stored = (clock.now - stateStart).microseconds
        return [
            "verdicts": .array(verdicts), "p50": .double(times[times.count / 2]), "p99": .double(times[times.count * 99 / 100]),
            "rate": .double(Double(steps.count) / seconds), "read": .double(readMilliseconds), "state_bytes": .int(Int64(state.count)),
            "state_us": .double(stored), "rules": .int(Int64(rules.rules.count)),
        ]
    }
}
