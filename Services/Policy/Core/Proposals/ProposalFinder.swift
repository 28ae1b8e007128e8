internal import Cedar
public import FoundationEssentials
internal import JSON
internal import Trust

/// Reads the log from the oldest to the newest, and says what it suggests of the bundle in force.
public struct ProposalFinder: Sendable {
    /// With fewer decisions a policy that was not used says nothing.
    static let decisionsMin = 100
    /// With fewer answers a gate that was always opened says nothing.
    static let approvalsMin = 20
    static let burstMin = 20
    /// How many times its usual hour an hour must be.
    static let burstFactor = 5
    /// Of each kind, so that nobody is asked a hundred things.
    static let shownMax = 20
    /// Principals with their actions that are remembered at most; others are not looked at.
    static let rememberedMax = 100_000

    private struct Doing: Hashable {
        let principalType: String
        let principal: String
        let action: String
    }

    private struct Hours {
        var current: Int64 = -1
        var count = 0
        var most = 0
        var hours = 0
        var total = 0
        var first: Date
        var sample: LoggedDecision
    }

    private struct Answers {
        var asked = 0
        var approved = 0
        var refused = 0
    }

    private let bundle: CompiledBundle
    private let since: Date
    private let until: Date
    /// What the tenant may change: its own part, where it follows a blueprint.
    private let own: String
    private var totals: [SHA256Digest: Int] = [:]
    private var bundles: [SHA256Digest: CompiledBundle] = [:]
    private var used: Set<PolicyID> = []
    private var answers: [PolicyID: Answers] = [:]
    private var doings: [Doing: Hours] = [:]
    private var known: [String: Date] = [:]

    /// - Parameter addition: The tenant's own policies, where the bundle is laid over a blueprint.
    public init(bundle: CompiledBundle, addition: String? = nil, since: Date, until: Date) {
        self.bundle = bundle
        self.since = since
        self.until = until
        own = addition ?? bundle.content.policies
    }

    /// A bundle that decided in the window: what its policies did counts for those that are the same now.
    public mutating func know(_ other: CompiledBundle) { bundles[other.digest] = other }

    public mutating func add(_ decision: LoggedDecision) {
        totals[decision.bundle, default: 0] += 1
        used.formUnion(decision.satisfiedPermits)
        count(answersOf: decision)
        guard decision.verdict != .deny else { return }
        let principal = "\(decision.principalType)::\(decision.principal)"
        if known[principal] == nil, known.count < Self.rememberedMax { known[principal] = decision.time }
        count(doingOf: decision)
    }

    private mutating func count(answersOf decision: LoggedDecision) {
        guard decision.verdict == .requireApproval || decision.verdict == .redactAndRequireApproval else { return }
        for id in decision.satisfiedForbids where bundle.gates[id]?.kind == .approval {
            answers[id, default: Answers()].asked += 1
            if decision.outcomes.contains(where: { $0.kind == .approved }) { answers[id]?.approved += 1 }
            if decision.outcomes.contains(where: { $0.kind == .rejected || $0.kind == .expired }) { answers[id]?.refused += 1 }
        }
    }

    private mutating func count(doingOf decision: LoggedDecision) {
        let doing = Doing(principalType: decision.principalType, principal: decision.principal, action: decision.action)
        guard doings[doing] != nil || doings.count < Self.rememberedMax else { return }
        var hours = doings.removeValue(forKey: doing) ?? Hours(first: decision.time, sample: decision)
        let hour = Int64(decision.time.timeIntervalSince1970 / 3600)
        if hour != hours.current {
            hours.current = hour
            hours.count = 0
            hours.hours += 1
        }
        hours.count += 1
        hours.total += 1
        hours.most = max(hours.most, hours.count)
        doings[doing] = hours
    }

    // MARK: What it suggests

    public func proposals() -> [GuardrailProposal] { unused() + approved() + bursts() + novelties() }

    private var ownsAll: Bool { bundle.content.blueprint == nil }

    private func unused() -> [GuardrailProposal] {
        guard ownsAll else { return [] }
        let idle = bundle.policies.policies.filter { $0.effect == .permit && !used.contains($0.id) }.map { ($0, requests(while: $0)) }
        return idle.filter { $0.1 >= Self.decisionsMin }.prefix(Self.shownMax).map { policy, total in
            GuardrailProposal(
                kind: .unusedPermit, policy: policy.id.description,
                sentence: "\(policy.id) permitted none of \(total) requests: without it nobody would have missed anything", policies: without(policy),
                evidence: ["decisions": .int(Int64(total))])
        }
    }

    /// How many came while it was in force as it is.
    private func requests(while policy: Policy) -> Int {
        let text = policy.description
        return totals.reduce(0) { sum, one in
            let decider = one.key == bundle.digest ? bundle : bundles[one.key]
            return decider?.policies[policy.id].map { $0.description.utf8.elementsEqual(text.utf8) } ?? false ? sum + one.value : sum
        }
    }

    private func approved() -> [GuardrailProposal] {
        guard ownsAll else { return [] }
        let open = answers.filter { $0.value.asked >= Self.approvalsMin && $0.value.approved == $0.value.asked && $0.value.refused == 0 }
        return open.sorted { $0.key < $1.key }.prefix(Self.shownMax).compactMap { id, seen in
            guard let policy = bundle.policies[id], let gate = bundle.gates[id] else { return nil }
            return GuardrailProposal(
                kind: .alwaysApproved, policy: id.description,
                sentence: "\(gate.role) approved all \(seen.asked) requests that \(id) held up: people may decide to drop or narrow it",
                policies: without(policy),
                evidence: ["approved": .int(Int64(seen.approved)), "asked": .int(Int64(seen.asked)), "role": .string(gate.role)])
        }
    }

    private func bursts() -> [GuardrailProposal] {
        let found = doings.filter { _, hours in
            // Its other hours, and at least one of them.
            hours.hours > 1 && hours.most >= Self.burstMin && hours.most * (hours.hours - 1) >= Self.burstFactor * (hours.total - hours.most)
        }
        return found.sorted { ($1.value.most, $0.key.principal, $0.key.action) < ($0.value.most, $1.key.principal, $1.key.action) }
            .prefix(Self.shownMax).map { doing, hours in
                guarded(
                    .burst, hours.sample, isOfResource: false,
                    sentence: "\(doing.principal) did \(doing.action) \(hours.most) times in one hour, "
                        + "and \(hours.total - hours.most) times in its other \(hours.hours - 1)",
                    evidence: ["most_in_an_hour": .int(Int64(hours.most)), "hours": .int(Int64(hours.hours)), "total": .int(Int64(hours.total))])
            }
    }

    /// In the last tenth of the window, by a principal that was there in the first half.
    private func novelties() -> [GuardrailProposal] {
        let length = until.timeIntervalSince(since)
        let (late, early) = (since.addingTimeInterval(length * 0.9), since.addingTimeInterval(length * 0.5))
        let found = doings.filter { doing, hours in
            hours.first >= late && (known["\(doing.principalType)::\(doing.principal)"].map { $0 < early } ?? false)
        }
        return found.sorted { ($0.value.first, $0.key.action) < ($1.value.first, $1.key.action) }.prefix(Self.shownMax).map { doing, hours in
            guarded(
                .novelTuple, hours.sample, isOfResource: true,
                sentence: "\(doing.principal) did \(doing.action) for the first time, to \(hours.sample.resource)",
                evidence: ["first": .string(Moment.text(hours.first)), "total": .int(Int64(hours.total))])
        }
    }

    // MARK: Texts

    private func guarded(
        _ kind: GuardrailProposal.Kind, _ sample: LoggedDecision, isOfResource: Bool, sentence: String, evidence: JSONValue
    ) -> GuardrailProposal {
        let question = sample.question(LoggedDecision.Content(context: [:], input: [:], grants: []))
        let resource = isOfResource ? " == \(question.resourceUID)" : ""
        let scope = "principal == \(question.principalUID), action == \(question.actionUID), resource\(resource)"
        let id = "guard-\(SHA256Digest(hashing: Array(scope.utf8)).hex.prefix(12))"
        let policy = """
            @id("\(id)")
            @gate("approval")
            @approvers("admin")
            @ttl("24h")
            forbid(\(scope))
            unless { context.grants.approval.contains(Role::"admin") };
            """
        let text = bundle.policies[PolicyID(id)] == nil ? own + "\n\n" + policy + "\n" : own
        return GuardrailProposal(kind: kind, policy: id, sentence: sentence, policies: text, evidence: evidence)
    }

    private func without(_ policy: Policy) -> String {
        var bytes = Array(own.utf8)
        let (lower, upper) = (max(0, policy.span.lower), min(bytes.count, policy.span.upper))
        guard lower < upper else { return own }
        bytes.removeSubrange(lower..<upper)
        return String(decoding: bytes, as: UTF8.self)
    }
}
