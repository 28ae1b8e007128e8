internal import FoundationEssentials
internal import Identity
internal import Logging
internal import PolicyCore
internal import Postgres
internal import Trust

/// Proposals with what each would have done. What tightens may come into force by itself, where the tenant says so; what loosens never.
struct AdaptiveGuardrails: Sendable {
    static let interval = Duration.seconds(3600)
    static let window: TimeInterval = 30 * 86_400
    /// Put in force by itself in one round.
    private static let appliedMax = 10
    private static let pageSize = 2_000
    /// Whose name stands at what comes into force by itself.
    static let principal = "policy"

    let parts: PolicyParts
    let publishing: Publishing
    let logger: Logger

    struct Proposed: Sendable {
        let id: SHA256Digest
        let proposal: GuardrailProposal
        let name: String
        /// The tenant's own policies, as they would be published.
        let content: BundleContent
        let bundle: CompiledBundle
        let report: ReplayReport
    }

    func proposals(since: Date, until: Date, tenant: TenantID) async throws -> [Proposed] {
        guard let active = try await parts.pool.withTenant(tenant, { tx in try await parts.bundles.active(tenant: tenant, in: tx) }) else {
            return []
        }
        let bundle = try await parts.pool.withTenant(tenant) { tx in try await parts.bundle(active.digest, tenant: tenant, in: tx) }
        var proposed: [Proposed] = []
        let dismissed = try await parts.pool.withTenant(tenant) { tx in try await parts.dismissals.dismissed(tenant: tenant, in: tx) }
        for proposal in try await find(bundle, active, since: since, until: until, tenant: tenant) {
            let id = proposal.identity(in: bundle)
            // Somebody has said why not: neither suggested nor applied again.
            if dismissed.contains(id) { continue }
            var content = active.addition ?? active.content
            content.policies = proposal.policies
            let check = try await BundlePublisher(parts: parts).check(content, name: active.name, tenant: tenant).check
            // A draft that its own tests refuse is nobody's proposal; one that is in force already, neither.
            guard let draft = check.bundle, draft.digest != bundle.digest else { continue }
            let report = try await ReplayRunner(parts: parts).replay(draft, since: since, until: until, tenant: tenant)
            proposed.append(Proposed(id: id, proposal: proposal, name: active.name, content: content, bundle: draft, report: report))
        }
        return proposed
    }

    /// What is suggested now under an id, without its replay.
    func proposal(_ id: SHA256Digest, since: Date, until: Date, tenant: TenantID) async throws -> GuardrailProposal? {
        guard let active = try await parts.pool.withTenant(tenant, { tx in try await parts.bundles.active(tenant: tenant, in: tx) }) else {
            return nil
        }
        let bundle = try await parts.pool.withTenant(tenant) { tx in try await parts.bundle(active.digest, tenant: tenant, in: tx) }
        return try await find(bundle, active, since: since, until: until, tenant: tenant).first { $0.identity(in: bundle) == id }
    }

    /// Puts in force what only tightens. Returns what came into force.
    func tighten(_ tenant: TenantID) async throws -> [GuardrailProposal] {
        var applied: [GuardrailProposal] = []
        while applied.count < Self.appliedMax {
            let until = parts.now()
            let settings = try await parts.pool.withTenant(tenant) { tx in try await parts.settings.settings(tenant: tenant, in: tx) }
            guard settings.tightensAutomatically else { break }
            let all = try await proposals(since: until.addingTimeInterval(-Self.window), until: until, tenant: tenant)
            guard let next = all.first(where: { mayApply($0) && !applied.contains($0.proposal) }) else { break }
            guard try await apply(next, tenant: tenant) else { break }
            applied.append(next.proposal)
        }
        return applied
    }

    func run(system: PostgresPool) async throws {
        while !Task.isCancelled {
            try await Task.sleep(for: Self.interval)
            for tenant in try await system.withTransaction({ tx in try await parts.settings.tighteners(in: tx) }) {
                do { _ = try await tighten(tenant) } catch {
                    logger.error("guardrails not tightened", metadata: ["tenant": "\(tenant)", "error": "\(error)"])
                }
            }
        }
    }

    /// It says of itself that it tightens, it cannot do otherwise by what changes, and it did not do otherwise in the window.
    private func mayApply(_ proposed: Proposed) -> Bool { proposed.proposal.tightens && proposed.report.loosened == 0 }

    private func apply(_ proposed: Proposed, tenant: TenantID) async throws -> Bool {
        let active = try await parts.pool.withTenant(tenant) { tx in
            try await parts.bundle(parts.bundles.pointers(tenant: tenant, in: tx).active, tenant: tenant, in: tx)
        }
        guard BundleDifference(from: active, to: proposed.bundle).onlyTightens(from: active, to: proposed.bundle) else { return false }
        let publisher = BundlePublisher(parts: parts)
        let checked = try await publisher.check(proposed.content, name: proposed.name, tenant: tenant)
        guard let bundle = checked.check.bundle, bundle.digest == proposed.bundle.digest else { return false }
        try await parts.pool.withTenant(tenant) { tx in
            try await publisher.store(checked, as: bundle, by: Self.principal, tenant: tenant, in: tx)
        }
        let wish = Activator.Wish(
            kind: .tighten, digest: bundle.digest, note: proposed.proposal.sentence, principal: Self.principal, acceptsLoosening: false)
        return try await publishing.activate(wish, tenant: tenant).state == .active
    }

    private func find(
        _ bundle: CompiledBundle, _ active: StoredBundle, since: Date, until: Date, tenant: TenantID
    ) async throws -> [GuardrailProposal] {
        let log = PostgresReplayStore(vault: parts.vault)
        var finder = ProposalFinder(bundle: bundle, addition: active.addition?.policies, since: since, until: until)
        for other in try await ReplayRunner(parts: parts).bundles(since: since, until: until, log, tenant: tenant).values { finder.know(other) }
        var last: UUID?
        while true {
            let after = last
            let page = try await parts.pool.withTenant(tenant) { tx in
                try await log.page(since: since, until: until, after: after, limit: Self.pageSize, tenant: tenant, in: tx)
            }
            for entry in page { finder.add(entry.decision) }
            guard page.count == Self.pageSize, let end = page.last else { return finder.proposals() }
            last = end.decision.id
        }
    }
}
