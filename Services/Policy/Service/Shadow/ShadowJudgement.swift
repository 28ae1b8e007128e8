internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Trust

/// What the bundle in the shadow would have decided. It is only written down.
struct ShadowJudgement: Sendable {
    var decision: UUID
    var bundle: SHA256Digest
    var enforced: Verdict
    /// Nil where the shadow could not judge.
    var verdict: Verdict?
    var determining: [String] = []
    var satisfiedPermits: [String] = []
    var satisfiedForbids: [String] = []
    var erring: [String] = []
    var reason: String
    var time: Date
}

extension ShadowJudgement {
    init(_ question: Question, by bundle: CompiledBundle, of decision: DecisionRecord) {
        do throws(InputFault) {
            let judgement = try Judge(bundle: bundle).judge(question)
            self.init(
                decision: decision.id, bundle: bundle.digest, enforced: decision.verdict, verdict: judgement.verdict,
                determining: judgement.determining.map(\.description), satisfiedPermits: judgement.satisfiedPermits.map(\.description),
                satisfiedForbids: judgement.satisfiedForbids.map(\.description), erring: judgement.errors.map(\.policy.description),
                reason: judgement.reason, time: decision.time)
        } catch {
            self.init(decision: decision.id, bundle: bundle.digest, enforced: decision.verdict, reason: error.message, time: decision.time)
        }
    }
}
