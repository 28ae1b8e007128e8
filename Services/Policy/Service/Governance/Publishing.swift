internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import Postgres
internal import ServiceKit
internal import Trust

/// From a text to a bundle in force.
struct Publishing: Sendable {
    let parts: PolicyParts
    let followers: BlueprintFollower

    struct Published: Sendable {
        var check: CheckedBundle
        /// Nil where it was refused.
        var digest: SHA256Digest?
        var activation: Activator.Outcome?
    }

    /// What was found, without whom it was found for.
    struct CheckedBundle: Sendable {
        var bundle: CompiledBundle?
        var problems: [BundleProblem]
        var results: [BundleTestResult]
    }

    func check(_ asked: AskedBundle, tenant: TenantID) async throws -> CheckedBundle {
        guard asked.problems.isEmpty else { return CheckedBundle(bundle: nil, problems: asked.problems, results: []) }
        let checked = try await BundlePublisher(parts: parts).check(asked.content, name: asked.name, tenant: tenant).check
        return CheckedBundle(bundle: checked.bundle, problems: checked.problems, results: checked.results)
    }

    func publish(
        _ asked: AskedBundle, note: String, activate: Bool, acceptsLoosening: Bool, by author: String, tenant: TenantID
    ) async throws -> Published {
        guard asked.problems.isEmpty else {
            return Published(check: CheckedBundle(bundle: nil, problems: asked.problems, results: []))
        }
        let publisher = BundlePublisher(parts: parts)
        let checked = try await publisher.check(asked.content, name: asked.name, tenant: tenant)
        let check = CheckedBundle(bundle: checked.check.bundle, problems: checked.check.problems, results: checked.check.results)
        guard let bundle = checked.check.bundle else { return Published(check: check) }
        try await parts.pool.withTenant(tenant) { tx in
            try await publisher.store(checked, as: bundle, by: author, tenant: tenant, in: tx)
        }
        guard activate else { return Published(check: check, digest: bundle.digest) }
        let wish = Activator.Wish(kind: .bundle, digest: bundle.digest, note: note, principal: author, acceptsLoosening: acceptsLoosening)
        return Published(check: check, digest: bundle.digest, activation: try await self.activate(wish, tenant: tenant))
    }

    func activate(_ wish: Activator.Wish, tenant: TenantID) async throws -> Activator.Outcome {
        let outcome = try await Activator(parts: parts).activate(wish, tenant: tenant)
        if outcome.state == .active { await followers.refreshClients(of: tenant) }
        return outcome
    }

    func decide(_ id: UUID, approves: Bool, by principal: String, tenant: TenantID) async throws -> Activator.Outcome {
        let outcome = try await Activator(parts: parts).decide(id, approves: approves, by: principal, tenant: tenant)
        if outcome.state == .active { await followers.refreshClients(of: tenant) }
        return outcome
    }
}
