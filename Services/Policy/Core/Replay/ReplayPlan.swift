internal import Cedar
internal import JSON
internal import Trust

/// What the difference between the bundle of then and a draft means for a decision, told without what the decision was about.
///
/// A policy whose scope does not fit a request neither holds nor errs, on any input: where no changed policy fits, the verdict is
/// what it was. Where only policies fit that are gone, what was satisfied then says mostly what is satisfied now. The rest is weighed.
struct ReplayPlan: Sendable {
    enum Treatment: Hashable, Sendable {
        case unchanged
        /// By the sets that were satisfied then.
        case settled(Verdict)
        case weigh
    }

    private let old: CompiledBundle
    private let draft: CompiledBundle
    /// Removed, or changed and now otherwise: as they were.
    private let gone: PolicySet
    /// Added, or changed: as they are in the draft.
    private let come: PolicySet
    /// The entities or the expiry differ, so that any decision may.
    private let touchesAll: Bool

    private enum Touch { case none, gone, come }
    private var actions: [String: Bool] = [:]
    private var touches: [Subject: Touch] = [:]
    /// Remembered at most; then forgotten, since memory is bounded and time is not.
    private static let rememberedMax = 1 << 16

    private struct Subject: Hashable {
        let principalType: String
        let principal: String
        let roles: [String]
        let action: String
        let resourceType: String
        let resource: String
    }

    init(from old: CompiledBundle, to draft: CompiledBundle) {
        let difference = BundleDifference(from: old, to: draft)
        let changed = Set(difference.changes.map(\.policy))
        self.old = old
        self.draft = draft
        gone = old.policies.filter { changed.contains($0.id) }
        come = draft.policies.filter { changed.contains($0.id) }
        touchesAll = difference.entitiesDiffer || difference.expiriesDiffer
    }

    mutating func treat(_ decision: LoggedDecision) -> Treatment {
        if touchesAll { return .weigh }
        guard concerns(action: decision.action) else { return .unchanged }
        switch touch(decision) {
        case .none: return .unchanged
        case .come: return .weigh
        case .gone: return settle(decision)
        }
    }

    private mutating func concerns(action: String) -> Bool {
        if let known = actions[action] { return known }
        let uid = Question.action(action)
        let answer = (gone.policies + come.policies).contains { $0.concerns(action: uid, draft.known) }
        if actions.count >= Self.rememberedMax { actions = [:] }
        actions[action] = answer
        return answer
    }

    private mutating func touch(_ decision: LoggedDecision) -> Touch {
        let subject = Subject(
            principalType: decision.principalType, principal: decision.principal, roles: decision.roles, action: decision.action,
            resourceType: decision.resourceType, resource: decision.resource)
        if let known = touches[subject] { return known }
        let question = decision.question(LoggedDecision.Content(context: [:], input: [:], grants: []))
        let answer: Touch
        do throws(InputFault) {
            let matter = try draft.matter(question)
            let request = matter.request(.none)
            if !come.matching(request, matter.entities).isEmpty {
                answer = .come
            } else {
                answer = gone.matching(request, matter.entities).isEmpty ? .none : .gone
            }
        } catch {
            // Whatever cannot be asked is left to the judge, who says so.
            answer = .come
        }
        if touches.count >= Self.rememberedMax { touches = [:] }
        touches[subject] = answer
        return answer
    }

    /// Set algebra: what is gone is taken out of what was satisfied.
    private func settle(_ decision: LoggedDecision) -> Treatment {
        func remains(_ id: PolicyID) -> Bool { gone[id] == nil }
        let permits = decision.satisfiedPermits.filter(remains)
        if permits.isEmpty { return .settled(.deny) }
        let before = decision.satisfiedForbids + decision.erring.filter { old.policies[$0]?.effect == .forbid }
        let standing = before.filter(remains)
        if standing.isEmpty { return .settled(.allow) }
        if standing.contains(where: { draft.gates[$0] == nil }) { return .settled(.deny) }
        // Only gates are left. The redacted input decides too, and on that nothing is known of what is gone.
        let isOnlyForbids = gone.policies.allSatisfy { $0.effect == .forbid }
        return isOnlyForbids && standing.count == before.count && decision.verdict != .deny ? .unchanged : .weigh
    }
}
