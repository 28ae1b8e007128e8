internal import Cedar
internal import JSON
internal import Trust

/// Turns Cedar's answers into verdicts.
///
/// A gate stands on a forbid, so that no permit can drop it. The request is evaluated as it was asked; where only gated forbids are
/// in its way, each is asked again with the grant that its own gate brings, and the whole once more with all of them and on the
/// redacted input. Nobody is asked to approve what would be denied anyway.
///
/// Cedar skips a policy that errs. Here a forbid that errs counts as one that holds: it denies, or it closes its gate.
public struct Judge: Sendable {
    private let bundle: CompiledBundle

    public init(bundle: CompiledBundle) { self.bundle = bundle }

    /// - Throws: Where the input has no canonical form, which an identity needs.
    public func judge(_ question: Question) throws(InputFault) -> Judgement {
        var grants = question.grants.filter { $0.isUsable(by: question.principal, at: question.time) }
        while true {
            let judgement = try judge(question, with: grants)
            // An approval is of one input. Which input is enforced is known only now that redaction is known.
            let bound = grants.filter { $0.enforcedIdentity == judgement.enforcedIdentity }
            guard bound.count < grants.count else { return judgement }
            grants = bound
        }
    }

    private func judge(_ question: Question, with grants: [ApprovalGrant]) throws(InputFault) -> Judgement {
        let given = GrantSet(approvals: grants.map(\.role))
        let entities = try bundle.entities(for: question)
        let asked = try bundle.request(question, grants: given)
        let response = Authorizer.isAuthorized(asked, bundle.policies, entities)
        let standing = standingForbids(response, given)
        var judgement = Judgement(
            verdict: .deny, determining: standing, satisfiedPermits: response.satisfiedPermits, satisfiedForbids: response.satisfiedForbids,
            errors: response.errors, gates: [], input: question.input, enforcedIdentity: try Question.identity(of: question.input),
            usedGrants: [], reason: "")
        if response.satisfiedPermits.isEmpty {
            judgement.reason = standing.isEmpty ? "no policy permits it" : Sentence.denied(by: standing, response.errors)
            return judgement
        }
        let gates = standing.compactMap { bundle.gates[$0] }
        guard gates.count == standing.count else {
            judgement.determining = standing.filter { bundle.gates[$0] == nil }
            judgement.reason = Sentence.denied(by: judgement.determining, response.errors)
            return judgement
        }
        judgement.usedGrants = grants
        if gates.isEmpty {
            judgement.verdict = .allow
            judgement.determining = response.satisfiedPermits
            judgement.reason = Sentence.passed(judgement)
            return judgement
        }
        return try settle(question, given, gates, entities, judgement)
    }

    /// All forbids in the way are gated: are these gates enough?
    private func settle(
        _ question: Question, _ given: GrantSet, _ gates: [Gate], _ entities: Entities, _ draft: Judgement
    ) throws(InputFault) -> Judgement {
        var judgement = draft
        for gate in gates where try !isOpened(by: given.adding(gate), gate.policy, question, entities) {
            judgement.determining = [gate.policy]
            judgement.reason = "\(gate.policy) forbids it also with what its own gate would bring"
            return judgement
        }
        let redacted = Redaction.apply(gates.flatMap(\.redactedPaths), to: question.input)
        let all = gates.reduce(given) { $0.adding($1) }
        var enforced = question
        enforced.input = redacted
        let final = Authorizer.isAuthorized(try bundle.request(enforced, grants: all), bundle.policies, entities)
        let remaining = standingForbids(final, all)
        guard remaining.isEmpty, !final.satisfiedPermits.isEmpty else {
            judgement.determining = remaining
            judgement.reason = remaining.isEmpty ? "no policy permits it once it is redacted" : Sentence.denied(by: remaining, final.errors)
            return judgement
        }
        judgement.verdict = Verdict(gates: gates)
        judgement.gates = gates
        judgement.input = redacted
        judgement.enforcedIdentity = try Question.identity(of: redacted)
        judgement.determining = gates.map(\.policy)
        judgement.reason = Sentence.passed(judgement)
        return judgement
    }

    /// The forbids that hold, and those that erred and whose gate, if they have one, is not open.
    private func standingForbids(_ response: Response, _ grants: GrantSet) -> [PolicyID] {
        let erring = response.errors.filter { $0.effect == .forbid }.map(\.policy)
        return response.satisfiedForbids + erring.filter { id in bundle.gates[id].map { !grants.opens($0) } ?? true }
    }

    private func isOpened(by grants: GrantSet, _ id: PolicyID, _ question: Question, _ entities: Entities) throws(InputFault) -> Bool {
        guard let policy = bundle.policies[id] else { return false }
        let request = try bundle.request(question, grants: grants)
        do throws(EvaluationError) {
            return try !Authorizer.isSatisfied(policy, request, entities)
        } catch {
            return true
        }
    }
}
