internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Postgres
internal import RPC
internal import Receipts
internal import ServiceKit
internal import Trust

/// Moves the pointer to the bundle in force, as the tenant's settings let it be moved.
///
/// Every decision reads the pointer in its own transaction, so that whoever decides after the commit decides by the new bundle.
struct Activator: Sendable {
    /// How long a proposal waits for somebody else.
    static let proposalLifetime: TimeInterval = 7 * 86_400

    let parts: PolicyParts

    struct Outcome: Sendable {
        var state: Activation.State
        var proposal: UUID?
        var receipt: ReceiptID?
        /// Why it is held.
        var report: ReplayReport?
    }

    struct Wish: Sendable {
        var kind: Activation.Kind
        var digest: SHA256Digest
        var note: String
        var principal: String
        var acceptsLoosening: Bool
    }

    func activate(_ wish: Wish, tenant: TenantID) async throws -> Outcome {
        let time = parts.now()
        let (settings, active) = try await parts.pool.withTenant(tenant) { tx in
            // Compiled here once more: what cannot decide is not put in force.
            _ = try await compiled(wish.digest, tenant: tenant, in: tx)
            let active = try await parts.bundles.pointers(tenant: tenant, in: tx).active
            if wish.kind == .rollback, active != wish.digest, try await !parts.activations.wasActive(wish.digest, tenant: tenant, in: tx) {
                throw RPCError(.failedPrecondition, reason: "NEVER_ACTIVE", message: "the bundle \(wish.digest.hex.prefix(12)) was never in force")
            }
            return (try await parts.settings.settings(tenant: tenant, in: tx), active)
        }
        if active == wish.digest { return Outcome(state: .active) }
        if settings.replaySeconds > 0, !wish.acceptsLoosening {
            let report = try await ReplayRunner(parts: parts).replay(
                wish.digest, since: time.addingTimeInterval(-Double(settings.replaySeconds)), until: time, tenant: tenant)
            if report.loosened > 0 { return try await hold(wish, report, active: active, at: time, tenant: tenant) }
        }
        return try await parts.pool.withTenant(tenant) { tx in
            var activation = Activation(
                id: UUIDv7.make(), kind: wish.kind, digest: wish.digest, previous: active, settings: nil, state: .active,
                proposedBy: wish.principal, decidedBy: wish.principal, note: wish.note, proposed: time, decided: time)
            // Tightening may be automatic where the tenant says so; that it tightens was proved before.
            guard settings.twoPerson, wish.kind != .tighten else { return try await perform(&activation, tenant: tenant, in: tx) }
            return try await propose(activation, tenant: tenant, in: tx)
        }
    }

    /// Any change of the settings is one of what holds, and needs two people where activations do.
    func change(to settings: PolicySettings, by principal: String, tenant: TenantID) async throws -> Outcome {
        let time = parts.now()
        return try await parts.pool.withTenant(tenant) { tx in
            let current = try await parts.settings.settings(tenant: tenant, in: tx)
            if current.json == settings.json { return Outcome(state: .active) }
            var activation = Activation(
                id: UUIDv7.make(), kind: .settings, digest: nil, previous: nil, settings: settings, state: .active, proposedBy: principal,
                decidedBy: principal, note: "", proposed: time, decided: time)
            guard current.twoPerson else { return try await perform(&activation, tenant: tenant, in: tx) }
            return try await propose(activation, tenant: tenant, in: tx)
        }
    }

    /// What somebody else says to a proposal.
    func decide(_ id: UUID, approves: Bool, by principal: String, tenant: TenantID) async throws -> Outcome {
        let time = parts.now()
        return try await parts.pool.withTenant(tenant) { tx in
            guard var activation = try await parts.activations.find(id, tenant: tenant, in: tx) else {
                throw RPCError(.notFound, reason: "PROPOSAL_NOT_FOUND", message: "there is no such proposal")
            }
            guard activation.state == .awaitingApproval else {
                throw RPCError(.failedPrecondition, reason: "PROPOSAL_CLOSED", message: "the proposal is \(activation.state.rawValue)")
            }
            guard time < activation.proposed.addingTimeInterval(Self.proposalLifetime) else {
                throw RPCError(.failedPrecondition, reason: "PROPOSAL_EXPIRED", message: "the proposal was not answered in time; propose it again")
            }
            // To refuse what one has proposed is to take it back.
            guard !approves || activation.proposedBy.lowercased() != principal.lowercased() else {
                throw RPCError(.permissionDenied, reason: "SAME_PERSON", message: "somebody else than who proposed it must approve it")
            }
            activation.decidedBy = principal
            activation.decided = time
            if approves {
                if let digest = activation.digest { _ = try await compiled(digest, tenant: tenant, in: tx) }
                return try await perform(&activation, tenant: tenant, in: tx)
            }
            activation.state = .rejected
            return try await record(&activation, "\(activation.kind.rawValue)-rejected", tenant: tenant, in: tx)
        }
    }

    // MARK: Steps

    private func propose(_ draft: Activation, tenant: TenantID, in tx: PostgresTransaction) async throws -> Outcome {
        let since = draft.proposed.addingTimeInterval(-Self.proposalLifetime)
        if draft.digest != nil,
            let same = try await parts.activations.pending(draft.kind, draft.digest, by: draft.proposedBy, since: since, tenant: tenant, in: tx)
        {
            return Outcome(state: .awaitingApproval, proposal: same.id, receipt: same.receipt)
        }
        var activation = draft
        activation.state = .awaitingApproval
        activation.decidedBy = ""
        activation.decided = nil
        return try await record(&activation, "\(activation.kind.rawValue)-proposed", tenant: tenant, in: tx)
    }

    private func perform(_ activation: inout Activation, tenant: TenantID, in tx: PostgresTransaction) async throws -> Outcome {
        activation.state = .active
        if let digest = activation.digest {
            activation.previous = try await parts.bundles.pointers(tenant: tenant, in: tx).active
            let time = activation.decided ?? activation.proposed
            guard try await parts.bundles.activate(digest, by: activation.decidedBy, at: time, tenant: tenant, in: tx) else {
                activation.previous = digest
                return try await record(&activation, "bundle-in-force", tenant: tenant, in: tx)
            }
        }
        if let settings = activation.settings {
            let current = try await parts.settings.settings(tenant: tenant, in: tx)
            try await parts.settings.put(current.applying(settings.json), tenant: tenant, in: tx)
        }
        return try await record(&activation, activation.kind.receiptOutcome, tenant: tenant, in: tx)
    }

    private func hold(_ wish: Wish, _ report: ReplayReport, active: SHA256Digest?, at time: Date, tenant: TenantID) async throws -> Outcome {
        try await parts.pool.withTenant(tenant) { tx in
            var activation = Activation(
                id: UUIDv7.make(), kind: wish.kind, digest: wish.digest, previous: active, settings: nil, state: .held, proposedBy: wish.principal,
                decidedBy: "", note: report.sentence, proposed: time)
            var outcome = try await record(&activation, "\(wish.kind.rawValue)-held", tenant: tenant, in: tx)
            outcome.report = report
            return outcome
        }
    }

    private func record(_ activation: inout Activation, _ outcome: String, tenant: TenantID, in tx: PostgresTransaction) async throws -> Outcome {
        let time = activation.decided ?? activation.proposed
        let receipt = try await parts.receipts.record(
            BundleReceipts.activation(activation, outcome: outcome, tenant: tenant, at: time), in: tx)
        activation.receipt = receipt.id
        try await parts.activations.put(activation, tenant: tenant, in: tx)
        return Outcome(state: activation.state, proposal: activation.state == .awaitingApproval ? activation.id : nil, receipt: receipt.id)
    }

    private func sealed(_ stored: StoredBundle) throws(RPCError) {
        do throws(BundleSeal.Broken) {
            try parts.seal.check(stored)
            guard stored.content.digest == stored.digest else {
                throw BundleSeal.Broken(digest: stored.digest, reason: "its content is not what its digest says")
            }
        } catch {
            throw RPCError(.failedPrecondition, reason: "BUNDLE_TAMPERED", message: error.description)
        }
    }

    private func compiled(_ digest: SHA256Digest, tenant: TenantID, in tx: PostgresTransaction) async throws -> CompiledBundle {
        guard let stored = try await parts.bundles.bundle(digest, tenant: tenant, in: tx) else {
            throw RPCError(.notFound, reason: "BUNDLE_NOT_FOUND", message: "there is no bundle \(digest.hex.prefix(12))")
        }
        // As it stands in the table now, whatever this process remembers of it.
        try sealed(stored)
        let bundle = try await parts.bundle(digest, tenant: tenant, in: tx)
        guard bundle.expires.map({ $0 > parts.now() }) ?? true else {
            throw RPCError(.failedPrecondition, reason: "BUNDLE_EXPIRED", message: "the bundle \(digest.hex.prefix(12)) has expired")
        }
        // Also one from before the tenant followed anybody, or over an earlier blueprint, would be a way around the blueprint.
        if let blueprint = try await parts.settings.settings(tenant: tenant, in: tx).blueprint, digest != blueprint,
            bundle.content.blueprint != blueprint
        {
            throw RPCError(
                .failedPrecondition, reason: "NOT_OVER_BLUEPRINT",
                message: "the bundle \(digest.hex.prefix(12)) is not laid over the blueprint that is followed; publish its policies anew")
        }
        return bundle
    }
}

extension Activation.Kind {
    fileprivate var receiptOutcome: String {
        switch self {
        case .bundle: "bundle-activated"
        case .rollback: "bundle-rolled-back"
        case .settings: "settings-changed"
        case .tighten: "bundle-tightened"
        case .blueprint: "blueprint-followed"
        }
    }
}
