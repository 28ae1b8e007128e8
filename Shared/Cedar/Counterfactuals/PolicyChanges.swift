/// Changes that bring one policy nearer to holding, or to not holding.
struct PolicyChanges {
    private let policy: Policy
    private let now: Circumstances

    init(_ policy: Policy, _ now: Circumstances) {
        self.policy = policy
        self.now = now
    }

    func toward(_ holds: Bool) -> [Change] {
        var scope: [Change] = []
        guard Self.allows(policy.scope.action, now), let principal = membership(policy.scope.principal, now.request.principal),
            let resource = membership(policy.scope.resource, now.request.resource)
        else { return [] }
        scope += [principal, resource].compactMap(\.change)
        guard scope.isEmpty else { return holds ? scope : [] }
        return holds ? conditions(toward: true) : leaving + conditions(toward: false)
    }

    // MARK: The scope

    private struct Membership {
        /// Nil where it matches already.
        var change: Change?
    }

    private static func allows(_ constraint: ActionConstraint, _ now: Circumstances) -> Bool {
        constraint.matches(now.request.action, now.entities)
    }

    /// Nil where only another entity would match.
    private func membership(_ constraint: EntityConstraint, _ uid: EntityUID) -> Membership? {
        if constraint.matches(uid, now.entities) { return Membership() }
        switch constraint {
        case .in(.entity(let group)): return Membership(change: change(.membership(uid, in: group), to: .bool(true)))
        case .isIn(let type, .entity(let group)) where uid.type == type:
            return Membership(change: change(.membership(uid, in: group), to: .bool(true)))
        default: return nil
        }
    }

    /// The scope matches: what would end that. Somebody who is in a group by way of another does not leave it so simply.
    private var leaving: [Change] {
        [(policy.scope.principal, now.request.principal), (policy.scope.resource, now.request.resource)].compactMap { constraint, uid in
            let group: EntityUID
            switch constraint {
            case .in(.entity(let ancestor)), .isIn(_, .entity(let ancestor)): group = ancestor
            default: return nil
            }
            return now.entities[uid]?.parents.contains(group) == true ? change(.membership(uid, in: group), to: .bool(false)) : nil
        }
    }

    // MARK: The conditions

    private func conditions(toward holds: Bool) -> [Change] {
        var machine = Machine(request: now.request, entities: now.entities)
        let (result, values) = machine.trace(policy.program, policy.tree)
        if case .success(holds) = result { return [] }
        let changes = ExpressionChanges(values, now)
        // All must hold: one that does not, or any that does.
        return policy.conditions.flatMap { condition in
            let wanted = (condition.kind == .when) == holds
            return values[condition.body] == .value(.bool(wanted)) ? [] : changes.toward(wanted, condition.body)
        }
    }

    private func change(_ place: Change.Place, to value: Value?) -> Change { Change(place: place, from: now.value(at: place), to: value) }
}
