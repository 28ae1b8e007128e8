public import Cedar
public import JSON
public import Trust

/// A verdict with all that explains it.
public struct Judgement: Sendable {
    public var verdict: Verdict
    /// The policies that decided.
    public var determining: [PolicyID]
    /// As asked, before any grant: also a gate that an approval has opened is among the forbids.
    public var satisfiedPermits: [PolicyID]
    public var satisfiedForbids: [PolicyID]
    public var errors: [PolicyError]
    /// Gates that stand between the request and its permission; none where it is denied or free.
    public var gates: [Gate]
    /// The input as it may be used.
    public var input: JSONValue
    /// SHA-256 of the canonical form of the input as it was asked.
    public var inputIdentity: SHA256Digest
    /// SHA-256 of the canonical form of `input`: what an approval is bound to.
    public var enforcedIdentity: SHA256Digest
    /// The approvals that opened a gate.
    public var usedGrants: [ApprovalGrant]
    /// Who has approved already, of gates that need more people still.
    public var approvedBy: [PolicyID: [String]] = [:]
    /// One sentence for a person.
    public var reason: String
}

extension Judgement {
    /// Before approvals, of an input that is enforced as it was asked.
    init(_ weighed: Weighed, inputIdentity: SHA256Digest) {
        self.init(
            verdict: weighed.verdict, determining: weighed.determining, satisfiedPermits: weighed.satisfiedPermits,
            satisfiedForbids: weighed.satisfiedForbids, errors: weighed.errors, gates: weighed.gates, input: weighed.input,
            inputIdentity: inputIdentity, enforcedIdentity: inputIdentity, usedGrants: [], reason: weighed.reason)
        if reason.isEmpty { reason = Sentence.passed(self) }
    }
}
