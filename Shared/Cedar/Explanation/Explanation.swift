/// Why a request is answered as it is.
public struct Explanation: Sendable {
    public let response: Response
    /// Every policy, those that decided first, then those that came closest.
    public let policies: [PolicyExplanation]
}

/// What one policy had to do with an answer.
public struct PolicyExplanation: Sendable {
    public let id: PolicyID
    public let effect: Effect
    public let position: SourcePosition
    public let outcome: Outcome
    /// What the policy says, in a sentence.
    public let sentence: String
    /// Of the conditions; empty where the scope does not match.
    public let trace: Trace
    /// The part of the conditions that alone made them false; nil unless a condition is.
    public let decisive: Trace.Step?

    public enum Outcome: Sendable, Hashable {
        /// Scope and conditions hold.
        case satisfied
        /// The scope is about somebody, or something, else; in words for each of its parts that is.
        case scopeDiffers([String])
        /// The scope matches and a condition does not hold.
        case conditionFails
        case error(EvaluationError)
    }

    /// The fewer the closer to being satisfied.
    fileprivate var distance: Int {
        switch outcome {
        case .satisfied: 0
        case .error: 1
        case .conditionFails: 2
        case .scopeDiffers(let parts): 2 + parts.count
        }
    }
}

extension Authorizer {
    /// Decides as ``isAuthorized(_:_:_:)`` does, and says of every policy why it did, or did not, have a part in it.
    ///
    /// - Parameter policiesMax: Of how many policies, the closest first.
    public static func explain(_ request: Request, _ policySet: PolicySet, _ entities: Entities, policiesMax: Int = 100) -> Explanation {
        let response = isAuthorized(request, policySet, entities)
        let reasons = Set(response.reasons)
        let all = policySet.policies.map { policy in explain(policy, request, entities) }
        let ordered = all.enumerated().sorted { a, b in
            let (first, second) = (a.element, b.element)
            let isReason = (reasons.contains(first.id), reasons.contains(second.id))
            if isReason.0 != isReason.1 { return isReason.0 }
            return (first.distance, a.offset) < (second.distance, b.offset)
        }
        return Explanation(response: response, policies: ordered.prefix(policiesMax).map(\.element))
    }

    private static func explain(_ policy: Policy, _ request: Request, _ entities: Entities) -> PolicyExplanation {
        let differences = policy.scope.differences(request, entities)
        var outcome = PolicyExplanation.Outcome.scopeDiffers(differences)
        var trace = Trace(steps: [], isCut: false)
        var decisive: Trace.Step?
        if differences.isEmpty {
            var machine = Machine(request: request, entities: entities)
            let (result, values) = machine.trace(policy.program, policy.tree)
            trace = values.trace(of: policy.conditions)
            switch result {
            case .success(let holds): outcome = holds ? .satisfied : .conditionFails
            case .failure(let error): outcome = .error(error)
            }
            if case .success(false) = result {
                let failing = policy.conditions.first { values[$0.body] == .value(.bool($0.kind == .unless)) }
                decisive = failing.map { values.step(values.decisive($0), 0) }
            }
        }
        return PolicyExplanation(
            id: policy.id, effect: policy.effect, position: policy.position, outcome: outcome, sentence: PolicySentence.text(policy), trace: trace,
            decisive: decisive)
    }
}

extension Scope {
    /// What of the scope does not match, in words.
    fileprivate func differences(_ request: Request, _ entities: Entities) -> [String] {
        var found: [String] = []
        if !principal.matches(request.principal, entities) { found.append("the principal \(request.principal) is not \(principal.words)") }
        if !action.matches(request.action, entities) { found.append("the action \(request.action) is not \(action.words)") }
        if !resource.matches(request.resource, entities) { found.append("the resource \(request.resource) is not \(resource.words)") }
        return found
    }
}
