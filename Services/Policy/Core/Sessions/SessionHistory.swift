internal import Cedar
public import FoundationEssentials
internal import Identity
public import JSON
public import SessionRules

/// What happened in one session, as far as the session rules of a bundle look back, and what they say of its next question.
///
/// What the rules say stands in the context of the question, below `session`, so that it is logged, sealed and replayed with it.
public struct SessionHistory: Sendable {
    /// What a question was told, until its verdict is known.
    public struct Asked: Sendable {
        fileprivate let answer: SessionAnswer
    }

    private var monitor: SessionMonitor

    /// - Parameter state: As it was stored; nil for a session that begins.
    public init(under bundle: CompiledBundle, state: [UInt8]?, limits: SessionLimits = .default) throws(SessionFault) {
        if let state {
            monitor = try SessionMonitor(rules: bundle.sessionRules, state: state, limits: limits)
        } else {
            monitor = SessionMonitor(rules: bundle.sessionRules, limits: limits)
        }
    }

    /// Notes the question and lays over its context what the rules say of it.
    public mutating func ask(_ question: inout Question, under bundle: CompiledBundle) throws(SessionFault) -> Asked {
        let input = InputValue.value(question.input) ?? .record(.empty)
        let principal = question.principalUID
        let resource = question.resourceUID
        // A context that is none is refused where the verdict is made; no rule can read it.
        let stated = (try? RecordValue(json: .object(question.context))) ?? .empty
        let fields = RecordValue([("input", input), ("callerPrincipal", .entity(principal)), ("callerResource", .entity(resource))])
        let request = SessionRequest(
            principal: principal, resource: resource, context: stated.setting("input", to: input),
            principalAttributes: bundle.attributes(of: principal), resourceAttributes: bundle.attributes(of: resource))
        let event = SessionEvent(action: question.actionUID, kind: "request", fields: fields)
        let answer = try monitor.ask(event, request, at: question.time.micros)
        question.context["session"] = answer.record.json
        return Asked(answer: answer)
    }

    /// What became of the question. One that may be acted upon is in flight from then on, under its decision's name.
    public mutating func conclude(_ asked: Asked, _ verdict: Verdict, decision: UUID) {
        monitor.conclude(asked.answer, isAllowed: verdict <= .redact, reservation: Self.name(decision))
    }

    /// The action was carried out: what it reserved stays counted.
    public mutating func settle(_ decision: UUID) throws(SessionFault) { try monitor.settle(Self.name(decision)) }

    /// The action was not carried out and will not be: it counts no longer.
    public mutating func cancel(_ decision: UUID) throws(SessionFault) { try monitor.cancel(Self.name(decision)) }

    /// Notes what an action came to, for rules that look at responses and errors.
    public mutating func note(_ kind: String, of question: Question, output: JSONValue) throws(SessionFault) {
        let fields = RecordValue([
            ("input", InputValue.value(question.input) ?? .record(.empty)), ("output", InputValue.value(output) ?? .record(.empty)),
            ("callerPrincipal", .entity(question.principalUID)), ("callerResource", .entity(question.resourceUID)),
        ])
        try monitor.observe(SessionEvent(action: question.actionUID, kind: Text(kind), fields: fields), at: question.time.micros)
    }

    public func encoded() throws(SessionFault) -> [UInt8] { try monitor.encoded() }

    private static func name(_ decision: UUID) -> Text { Text(decision.lowercased) }

    /// Where the rules cannot be asked: every policy that has one then errs, so that a forbid holds and a permit does not.
    public static func withhold(from question: inout Question) { question.context["session"] = [:] }
}
