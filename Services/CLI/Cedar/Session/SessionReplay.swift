internal import Cedar
internal import JSON
internal import SessionRules

/// Runs policies with session rules over events, one after another, as one session.
struct SessionReplay {
    /// What became of one event that was decided.
    struct Verdict {
        let seconds: Double
        let timepoint: Int64
        let request: String
        let response: Response
        let answer: SessionAnswer
    }

    private let rules: SessionRuleSet
    private let entities: Entities
    private let tells: Bool
    private var monitor: SessionMonitor

    init(rules: SessionRuleSet, entities: Entities, tells: Bool, limits: SessionLimits = .default) {
        self.rules = rules
        self.entities = entities
        self.tells = tells
        monitor = SessionMonitor(rules: rules, limits: limits)
    }

    /// The state as it would be stored.
    func state() throws -> [UInt8] { try monitor.encoded() }

    /// Goes on from a stored state.
    mutating func resume(from state: [UInt8]) throws { monitor = try SessionMonitor(rules: rules, state: state, limits: monitor.limits) }

    /// Nil for an event that is only noted.
    mutating func run(_ event: ReplayedEvent) throws -> Verdict? {
        switch event.step {
        case .settle(let name):
            try monitor.settle(Text(name))
            return nil
        case .cancel(let name):
            try monitor.cancel(Text(name))
            return nil
        case .event(let noted, let request, let name):
            guard rules.schema.isDecision(noted.kind.string) else {
                try monitor.observe(noted, at: event.micros)
                return nil
            }
            return try decide(noted, request, name, at: event.micros)
        }
    }

    private mutating func decide(_ event: SessionEvent, _ request: SessionRequest?, _ name: String?, at micros: Int64) throws -> Verdict {
        guard let request else {
            let timepoint = try monitor.observe(event, at: micros)
            return Verdict(
                seconds: Double(micros) / 1e6, timepoint: timepoint, request: "\(event.action)",
                response: Response.denied, answer: SessionAnswer.none(timepoint: timepoint, action: event.action))
        }
        let answer = try monitor.ask(event, request, at: micros, tells: tells)
        let context = request.context.setting("session", to: .record(answer.record))
        let asked = Request(principal: request.principal, action: event.action, resource: request.resource, context: context)
        let response = Authorizer.isAuthorized(asked, rules.policies, entities)
        monitor.conclude(answer, isAllowed: response.decision == .allow, reservation: name.map { Text($0) })
        return Verdict(
            seconds: Double(answer.micros) / 1e6, timepoint: answer.timepoint, request: "\(request.principal) \(event.action) \(request.resource)",
            response: response, answer: answer)
    }
}

extension Response {
    /// Of a request without a principal or a resource.
    fileprivate static let denied = Authorizer.isAuthorized(
        Request(principal: EntityUID(type: "None", id: ""), action: EntityUID(type: "Action", id: ""), resource: EntityUID(type: "None", id: "")),
        .empty, .none)
}
