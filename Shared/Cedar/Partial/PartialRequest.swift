/// A question of which some parts are open: what could this agent do, who could see this?
public struct PartialRequest: Sendable {
    public enum Part: Hashable, Sendable {
        case known(EntityUID)
        /// Any entity; where its type is known, more can be decided.
        case open(type: Text?)
    }

    public var principal: Part
    public var action: Part
    public var resource: Part
    /// Nil where it is open.
    public var context: RecordValue?

    public init(principal: Part, action: Part, resource: Part, context: RecordValue?) {
        self.principal = principal
        self.action = action
        self.resource = resource
        self.context = context
    }

    func part(_ variable: Variable) -> Part? {
        switch variable {
        case .principal: principal
        case .action: action
        case .resource: resource
        case .context: nil
        }
    }
}

/// What can be said of a question whose parts are not all known.
public struct PartialResponse: Sendable {
    /// Hold whatever the open parts turn out to be.
    public let satisfiedPermits: [PolicyID]
    public let satisfiedForbids: [PolicyID]
    public let errors: [PolicyError]
    /// What is left of the policies that depend on open parts: policies that ask of these only. With the others' answers they decide
    /// every request that fills the open parts as the whole set does.
    public let residuals: [Policy]

    /// Nil where it depends on the open parts.
    public var decision: Decision? {
        if !satisfiedForbids.isEmpty { return .deny }
        let mayForbid = residuals.contains { $0.effect == .forbid }
        let mayPermit = residuals.contains { $0.effect == .permit }
        if satisfiedPermits.isEmpty { return mayPermit ? nil : .deny }
        return mayForbid ? nil : .allow
    }
}

extension Authorizer {
    /// Decides as far as it can, with entities that are complete for all that is known.
    public static func partially(_ request: PartialRequest, _ policySet: PolicySet, _ entities: Entities) -> PartialResponse {
        var permits: [PolicyID] = []
        var forbids: [PolicyID] = []
        var errors: [PolicyError] = []
        var residuals: [Policy] = []
        for policy in policySet.policies {
            guard let scope = policy.scope.reduced(request, entities) else { continue }
            var evaluator = PartialEvaluator(policy.tree, request, entities)
            let outcome = evaluator.reduce(policy.conditions)
            switch outcome {
            case .value(.bool(false)): continue
            case .value where scope.isFree: if policy.effect == .permit { permits.append(policy.id) } else { forbids.append(policy.id) }
            case .fault(let error) where scope.isFree: errors.append(PolicyError(policy: policy.id, effect: policy.effect, error: error))
            case .value: residuals.append(policy.residual(scope, [], ExpressionTree()))
            case .fault: residuals.append(policy.residual(scope, policy.conditions, policy.tree))
            case .residual(let body): residuals.append(policy.residual(scope, [Condition(kind: .when, body: body)], evaluator.output))
            }
        }
        return PartialResponse(satisfiedPermits: permits, satisfiedForbids: forbids, errors: errors, residuals: residuals)
    }
}

extension Policy {
    fileprivate func residual(_ scope: Scope, _ conditions: [Condition], _ tree: ExpressionTree) -> Policy {
        let body = PolicyBody(
            effect: effect, annotations: annotations, scope: scope, conditions: conditions, tree: tree, span: span, position: position)
        return Policy(id: id, body: body)
    }
}

extension Scope {
    fileprivate var isFree: Bool { principal == .any && action == .any && resource == .any }

    /// What is left to ask; nil where it cannot match.
    fileprivate func reduced(_ request: PartialRequest, _ entities: Entities) -> Scope? {
        guard let principal = principal.reduced(request.principal, entities), let action = action.reduced(request.action, entities),
            let resource = resource.reduced(request.resource, entities)
        else { return nil }
        return Scope(principal: principal, action: action, resource: resource)
    }
}

extension EntityConstraint {
    fileprivate func reduced(_ part: PartialRequest.Part, _ entities: Entities) -> EntityConstraint? {
        switch part {
        case .known(let uid): return matches(uid, entities) ? .any : nil
        case .open(nil): return self
        case .open(let type?):
            switch self {
            case .any, .in, .equal(.slot): return self
            case .is(let asked): return asked == type ? .any : nil
            case .isIn(let asked, let ancestor): return asked == type ? .in(ancestor) : nil
            case .equal(.entity(let uid)): return uid.type == type ? self : nil
            }
        }
    }
}

extension ActionConstraint {
    fileprivate func reduced(_ part: PartialRequest.Part, _ entities: Entities) -> ActionConstraint? {
        switch (part, self) {
        case (.known(let uid), _): matches(uid, entities) ? .any : nil
        case (.open(let type?), .equal(let uid)): uid.type == type ? self : nil
        case (.open, _): self
        }
    }
}
