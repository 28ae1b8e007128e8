/// Decides requests: allowed where a permit holds and no forbid does. A policy that errs is skipped.
public enum Authorizer {
    public static func isAuthorized(_ request: Request, _ policySet: PolicySet, _ entities: Entities) -> Response {
        answer(request, policySet, entities, policySet.index.candidates(request, entities))
    }

    /// The same without the index, which must not change any answer.
    static func isAuthorizedByScan(_ request: Request, _ policySet: PolicySet, _ entities: Entities) -> Response {
        answer(request, policySet, entities, Array(policySet.policies.indices.map(Int32.init)))
    }

    private static func answer(_ request: Request, _ policySet: PolicySet, _ entities: Entities, _ candidates: [Int32]) -> Response {
        var machine = Machine(request: request, entities: entities)
        var permits: [PolicyID] = []
        var forbids: [PolicyID] = []
        var errors: [PolicyError] = []
        for index in candidates {
            let policy = policySet.policies[Int(index)]
            guard policy.scope.matches(request, entities) else { continue }
            do throws(EvaluationError) {
                guard try machine.isSatisfied(policy.program) else { continue }
                if policy.effect == .permit { permits.append(policy.id) } else { forbids.append(policy.id) }
            } catch {
                errors.append(PolicyError(policy: policy.id, effect: policy.effect, error: error))
            }
        }
        return Response(
            decision: forbids.isEmpty && !permits.isEmpty ? .allow : .deny, satisfiedPermits: permits, satisfiedForbids: forbids,
            errors: errors)
    }

    /// Whether one policy's scope and conditions hold.
    public static func isSatisfied(_ policy: Policy, _ request: Request, _ entities: Entities) throws(EvaluationError) -> Bool {
        guard policy.scope.matches(request, entities) else { return false }
        var machine = Machine(request: request, entities: entities)
        return try machine.isSatisfied(policy.program)
    }
}
