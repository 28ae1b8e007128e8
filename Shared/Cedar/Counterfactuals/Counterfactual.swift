/// The fewest changes after which a request would be decided the other way.
public struct Counterfactual: Sendable, Hashable {
    /// Made together; each of another place.
    public let changes: [Change]
    /// What would then be decided.
    public let decision: Decision

    /// More changes than this are no advice.
    public static let changesMax = 4
    /// Of different circumstances that are tried before the search ends without an answer.
    public static let triesMax = 2_000
    /// Of the policies that are nearest to having another outcome.
    static let policiesMax = 50
}

extension Authorizer {
    /// The smallest change of the context, of attributes and of memberships that would flip the answer; nil where none was found. Who asks,
    /// the action and the resource stay: another question is no change of this one. Each answer was tried: with its changes made, the whole
    /// set decides as it says. Changes of tags, and of what is computed from several places, are not tried.
    public static func smallestChange(_ request: Request, _ policySet: PolicySet, _ entities: Entities) -> Counterfactual? {
        var search = ChangeSearch(policySet)
        return search.run(from: Circumstances(request: request, entities: entities))
    }
}

/// Goes from the circumstances as they are to those with one change more, nearest first, so that what it finds first is smallest.
private struct ChangeSearch {
    private struct Node {
        let circumstances: Circumstances
        let changes: [Change]
        /// Of the circumstances.
        let response: Response
    }

    private let policySet: PolicySet
    private var seen: Set<Set<Change>> = []

    init(_ policySet: PolicySet) { self.policySet = policySet }

    mutating func run(from start: Circumstances) -> Counterfactual? {
        let first = node(start, [])
        let wanted: Decision = first.response.decision == .deny ? .allow : .deny
        var frontier = [first]
        for _ in 0..<Counterfactual.changesMax {
            var next: [Node] = []
            for node in frontier {
                for change in candidates(node, wanted) {
                    guard seen.count < Counterfactual.triesMax else { return nil }
                    guard let reached = reach(node, change) else { continue }
                    if reached.response.decision == wanted { return Counterfactual(changes: reached.changes, decision: wanted) }
                    next.append(reached)
                }
            }
            frontier = next
        }
        return nil
    }

    /// Nil where it has been tried, or undoes what was changed before, or cannot be.
    private mutating func reach(_ node: Node, _ change: Change) -> Node? {
        // A value that was put only so that there is one gives way to the one that is needed: still one change.
        let earlier = node.changes.first { $0.place == change.place }
        let merged = Change(place: change.place, from: earlier == nil ? change.from : earlier?.from, to: change.to)
        guard merged.from != merged.to else { return nil }
        let changes = node.changes.filter { $0.place != change.place } + [merged]
        guard seen.insert(Set(changes)).inserted else { return nil }
        do throws(EntitiesError) {
            return self.node(try node.circumstances.with(merged), changes)
        } catch {
            // It would be in itself.
            return nil
        }
    }

    private func node(_ circumstances: Circumstances, _ changes: [Change]) -> Node {
        Node(
            circumstances: circumstances, changes: changes,
            response: Authorizer.isAuthorized(circumstances.request, policySet, circumstances.entities))
    }

    /// What could bring about the wanted decision, or bring it nearer.
    private func candidates(_ node: Node, _ wanted: Decision) -> [Change] {
        let now = node.circumstances
        let standing = Set(node.response.satisfiedForbids)
        let permitting = Set(node.response.satisfiedPermits)
        var found: [Change] = []
        var policies = 0
        for policy in policySet.policies where policies < Counterfactual.policiesMax {
            let change: [Change]
            switch (wanted, policy.effect) {
            case (.allow, .forbid) where standing.contains(policy.id): change = PolicyChanges(policy, now).toward(false)
            case (.allow, .permit) where permitting.isEmpty: change = PolicyChanges(policy, now).toward(true)
            case (.deny, .permit) where permitting.contains(policy.id): change = PolicyChanges(policy, now).toward(false)
            case (.deny, .forbid): change = PolicyChanges(policy, now).toward(true)
            default: continue
            }
            if !change.isEmpty { policies += 1 }
            for one in change where !found.contains(one) { found.append(one) }
        }
        return found
    }
}
