internal import FoundationEssentials
internal import Identity
internal import Logging
internal import PolicyCore
internal import Postgres
internal import RPC
internal import Receipts
internal import ServiceKit
internal import Trust

/// Lays what an agency has in force under what its clients have of their own.
///
/// Both must agree: the agency names its clients, and the client names its agency. What the agency has in force is copied into the
/// client's tenant, so that no decision looks across tenants.
struct BlueprintFollower: Sendable {
    /// How long a change of a blueprint may take where the process that made it ended before its clients had it.
    static let sweepInterval = Duration.seconds(15)

    let parts: PolicyParts
    let logger: Logger

    /// The client follows `agency` from now on.
    func follow(_ agency: TenantID, by principal: String, client: TenantID) async throws -> SHA256Digest {
        guard agency != client else { throw RPCError.invalid("agency_id", "is this tenant itself", fix: "name the agency's tenant") }
        let blueprint = try await blueprint(of: agency, for: client)
        guard let blueprint else {
            throw RPCError(
                .failedPrecondition, reason: "NOT_A_CLIENT", message: "that tenant does not name this one as its client, or has no bundle in force")
        }
        try await lay(blueprint, from: agency, by: principal, client: client)
        return blueprint.digest
    }

    /// Takes over what the agency has in force now. True where that changed something.
    @discardableResult
    func refresh(_ client: TenantID) async throws -> Bool {
        let settings = try await parts.pool.withTenant(client) { tx in try await parts.settings.settings(tenant: client, in: tx) }
        guard let agency = settings.agency, let blueprint = try await blueprint(of: agency, for: client), blueprint.digest != settings.blueprint
        else {
            return false
        }
        try await lay(blueprint, from: agency, by: "agency", client: client)
        return true
    }

    /// After an activation in an agency: its clients have it before the caller is answered, where nothing goes wrong.
    func refreshClients(of agency: TenantID) async {
        do {
            let clients = try await parts.pool.withTenant(agency) { tx in try await parts.settings.clients(tenant: agency, in: tx) }
            for client in clients {
                do { try await refresh(client) } catch { report(error, client) }
            }
        } catch { report(error, agency) }
    }

    /// Finds clients that missed a change.
    func run(system: PostgresPool) async throws {
        while !Task.isCancelled {
            for client in try await system.withTransaction({ tx in try await parts.settings.followers(in: tx) }) {
                do { try await refresh(client) } catch { report(error, client) }
            }
            try await Task.sleep(for: Self.sweepInterval)
        }
    }

    private func report(_ error: any Error, _ tenant: TenantID) {
        logger.error("blueprint not followed", metadata: ["tenant": "\(tenant)", "error": "\(error)"])
    }

    // MARK: Steps

    private struct Source: Sendable {
        let digest: SHA256Digest
        let bundle: StoredBundle
    }

    private func blueprint(of agency: TenantID, for client: TenantID) async throws -> Source? {
        try await parts.pool.withTenant(agency) { tx in
            guard try await parts.settings.clients(tenant: agency, in: tx).contains(client),
                let active = try await parts.bundles.active(tenant: agency, in: tx)
            else { return nil }
            return Source(digest: active.digest, bundle: active)
        }
    }

    /// - Throws: Where the client's own part does not go over it any more: then what is in force stays, and the activation is held.
    private func lay(_ source: Source, from agency: TenantID, by principal: String, client: TenantID) async throws {
        let time = parts.now()
        let blueprint = try Blueprint(source.bundle.content)
        try await parts.pool.withTenant(client) { tx in
            var settings = try await parts.settings.settings(tenant: client, in: tx)
            let active = try await parts.bundles.active(tenant: client, in: tx)
            var activation = Activation(
                id: UUIDv7.make(), kind: .blueprint, digest: blueprint.digest, previous: active?.digest, settings: nil, state: .active,
                proposedBy: principal, decidedBy: principal, note: "of \(agency)", proposed: time, decided: time)
            var copy = source.bundle
            copy.addition = nil
            try await parts.bundles.put(copy, tenant: client, in: tx)
            if let addition = active?.addition {
                let check = BundleCheck(addition, over: blueprint, validator: parts.validator, time: time)
                if let bundle = check.bundle {
                    activation.digest = bundle.digest
                    try await store(bundle, addition, active, tenant: client, in: tx)
                } else {
                    activation.state = .held
                    activation.note = check.problems.first?.message ?? "the client's own policies do not go over the blueprint"
                }
            }
            settings.agency = agency
            settings.blueprint = blueprint.digest
            try await parts.settings.put(settings, tenant: client, in: tx)
            if activation.state == .active, let digest = activation.digest {
                _ = try await parts.bundles.activate(digest, by: principal, at: time, tenant: client, in: tx)
            }
            let outcome = activation.state == .active ? "blueprint-followed" : "blueprint-held"
            let receipt = try await parts.receipts.record(
                BundleReceipts.activation(activation, outcome: outcome, tenant: client, at: time), in: tx)
            activation.receipt = receipt.id
            try await parts.activations.put(activation, tenant: client, in: tx)
        }
    }

    private func store(
        _ bundle: CompiledBundle, _ addition: BundleContent, _ active: StoredBundle?, tenant: TenantID, in tx: PostgresTransaction
    ) async throws {
        guard let active, try await !parts.bundles.exists(bundle.digest, tenant: tenant, in: tx) else { return }
        let receipt = try await parts.receipts.record(
            BundleReceipts.published(bundle, name: active.name, tests: 0, by: active.author, tenant: tenant, at: parts.now()), in: tx)
        try await parts.bundles.put(
            StoredBundle(
                digest: bundle.digest, name: active.name, content: bundle.content, addition: addition, author: active.author, created: parts.now(),
                envelope: receipt.envelope),
            tenant: tenant, in: tx)
    }
}
