internal import Cedar
internal import JSON
internal import Trust

/// Turns Cedar's answers into verdicts.
///
/// A gate stands on a forbid, so that no permit can drop it. The request is evaluated as it was asked, without any grant; where only
/// gated forbids are in its way, each of these is asked again with the grant that its own gate brings, and the whole once more with
/// all of them and on the redacted input. Nobody is asked to approve what would be denied anyway. Approvals then close the gates that
/// they are of: they are looked at last, so that they cannot change what else is decided.
///
/// Cedar skips a policy that errs. Here a forbid that errs counts as one that holds: it denies, or it closes its gate.
public struct Judge: Sendable {
    private let bundle: CompiledBundle

    public init(bundle: CompiledBundle) { self.bundle = bundle }

    /// - Throws: Where the question is none, or the input has no canonical form, which an identity needs.
    public func judge(_ question: Question) throws(InputFault) -> Judgement {
        let weighed = try weigh(question)
        var judgement = Judgement(weighed, inputIdentity: try Question.identity(of: question.input))
        guard judgement.verdict != .allow, judgement.verdict != .deny else { return judgement }
        if weighed.redacts { judgement.enforcedIdentity = try Question.identity(of: weighed.input) }
        let approval = Approval(of: weighed.gates, by: question.grants, to: question, identity: judgement.enforcedIdentity)
        judgement.usedGrants = approval.used
        judgement.gates = approval.remaining
        judgement.approvedBy = approval.approvedBy
        judgement.verdict = Verdict(gates: approval.remaining)
        judgement.determining = approval.remaining.isEmpty ? weighed.satisfiedPermits : approval.remaining.map(\.policy)
        judgement.reason = Sentence.passed(judgement)
        return judgement
    }

    /// The verdict alone, for whoever weighs a million of them: an identity is made only where an approval must be held against it.
    public func verdict(_ question: Question) throws(InputFault) -> Verdict {
        let weighed = try weigh(question)
        guard weighed.verdict != .allow, weighed.verdict != .deny, !question.grants.isEmpty else { return weighed.verdict }
        let identity = try Question.identity(of: weighed.input)
        return Verdict(gates: Approval(of: weighed.gates, by: question.grants, to: question, identity: identity).remaining)
    }

    // MARK: Without approvals

    private func weigh(_ question: Question) throws(InputFault) -> Weighed {
        if let expired = bundle.expires, question.time >= expired {
            return Weighed(verdict: .deny, input: question.input, reason: "the policies in force expired at \(Moment.text(expired))")
        }
        let matter = try bundle.matter(question)
        let response = Authorizer.isAuthorized(matter.request(.none), bundle.policies, matter.entities)
        let standing = standingForbids(response, .none)
        var weighed = Weighed(
            verdict: .deny, determining: standing, satisfiedPermits: response.satisfiedPermits, satisfiedForbids: response.satisfiedForbids,
            errors: response.errors, input: question.input)
        if response.satisfiedPermits.isEmpty {
            weighed.reason = standing.isEmpty ? "no policy permits it" : Sentence.denied(by: standing, response.errors)
            return weighed
        }
        if standing.isEmpty {
            weighed.verdict = .allow
            weighed.determining = response.satisfiedPermits
            return weighed
        }
        let gates = standing.compactMap { bundle.gates[$0] }
        guard gates.count == standing.count else {
            weighed.determining = standing.filter { bundle.gates[$0] == nil }
            weighed.reason = Sentence.denied(by: weighed.determining, response.errors)
            return weighed
        }
        return settle(matter, gates, weighed)
    }

    /// All forbids in the way are gated: are these gates enough?
    private func settle(_ matter: Matter, _ gates: [Gate], _ draft: Weighed) -> Weighed {
        var weighed = draft
        for gate in gates where !isOpenedByItself(gate, matter) {
            weighed.determining = [gate.policy]
            weighed.reason = "\(gate.policy) forbids it also with what its own gate would bring"
            return weighed
        }
        let redacted = Redaction.apply(gates.flatMap(\.redactedPaths), to: draft.input)
        let all = gates.reduce(GrantSet.none) { $0.adding($1) }
        let enforced = gates.contains { $0.kind == .redact } ? matter.replacingInput(redacted) : matter
        let final = Authorizer.isAuthorized(enforced.request(all), bundle.policies, matter.entities)
        let remaining = standingForbids(final, all)
        guard remaining.isEmpty, !final.satisfiedPermits.isEmpty else {
            weighed.determining = remaining
            weighed.reason = remaining.isEmpty ? "no policy permits it once it is redacted" : Sentence.denied(by: remaining, final.errors)
            return weighed
        }
        weighed.verdict = Verdict(gates: gates)
        weighed.gates = gates
        weighed.input = redacted
        weighed.determining = gates.map(\.policy)
        return weighed
    }

    /// The forbids that hold, and those that erred and whose gate, if they have one, is not open.
    private func standingForbids(_ response: Response, _ grants: GrantSet) -> [PolicyID] {
        let erring = response.errors.filter { $0.effect == .forbid }.map(\.policy)
        return response.satisfiedForbids + erring.filter { id in bundle.gates[id].map { !grants.opens($0) } ?? true }
    }

    private func isOpenedByItself(_ gate: Gate, _ matter: Matter) -> Bool {
        guard let policy = bundle.policies[gate.policy] else { return false }
        do throws(EvaluationError) {
            return try !Authorizer.isSatisfied(policy, matter.request(GrantSet.none.adding(gate)), matter.entities)
        } catch {
            return true
        }
    }
}
