internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Wire

/// What a step that policy allowed came to: told to policy, whose session rules count it until then, and whose replays want to know.
///
/// It goes through the outbox with the step's own change, and policy takes it once: a repeated message changes nothing.
struct CallSettlement: Sendable, Hashable {
    /// A larger output is nothing that a rule looks into.
    private static let outputBytesMax = 256 << 10

    let decision: DecisionID
    let outcome: PolicyV1.SettledOutcome
    let output: JSONValue
    let costMicros: Int64

    /// Nil where nothing was allowed, or where the step is not over.
    init?(_ step: StepRecord, _ draft: AdvanceDraft, costMicros: Int64) {
        guard let answer = draft.answer(of: step.seq), answer.verdict == .allow || answer.verdict == .redact,
            let outcome = draft.clarified(step.seq) ?? Self.outcome(of: step, wasCalled: draft.wasCalled(step.seq))
        else { return nil }
        decision = answer.decision
        self.outcome = outcome
        output = step.output
        self.costMicros = costMicros
    }

    private static func outcome(of step: StepRecord, wasCalled: Bool) -> PolicyV1.SettledOutcome? {
        switch step.state {
        case .started, .waiting: nil
        case .succeeded: .succeeded
        case .mayHaveRun: .mayHaveRun
        case .failed, .timedOut: wasCalled ? .failed : .cancelled
        case .skipped: .cancelled
        }
    }

    func request(at now: Date) -> PolicyV1.SettleDecisionRequest {
        let bytes = outcome == .succeeded ? output.encoded() : []
        return PolicyV1.SettleDecisionRequest(
            decisionID: decision.bytes, outcome: outcome,
            cost: costMicros > 0 ? CommonV1.Money(micros: costMicros, currency: "USD") : nil,
            outputJSON: bytes.count <= Self.outputBytesMax ? bytes : [], timeMicros: now.micros)
    }
}

extension AdvanceDraft {
    /// What policy has answered to the call of a step, just now or before.
    fileprivate func answer(of seq: Int) -> PolicyAnswer? {
        if case .policyAnswered(seq, let answer) = event { return answer }
        return before.branch(at: seq)?.phase.call?.answer
    }

    /// What a person said of a call that may have run.
    fileprivate func clarified(_ seq: Int) -> PolicyV1.SettledOutcome? {
        guard case .personAnswered(let request, let answer) = event, case .clarifying(_, request)? = before.branch(at: seq)?.phase else { return nil }
        return answer.answer["ran"]?.boolValue == true ? .succeeded : .failed
    }

    /// Whether the connector has been asked, as far as that is known.
    fileprivate func wasCalled(_ seq: Int) -> Bool {
        switch before.branch(at: seq)?.phase {
        case .calling, .backingOff, .clarifying: true
        default: false
        }
    }
}
