internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Postgres
internal import RPC
internal import SessionRules

/// Ends what is in flight in a session: an allowed action was carried out, or it was not and will not be.
struct SessionSettlement: Sendable {
    let parts: PolicyParts

    /// What it reserved stays counted.
    func settle(_ decision: UUID, in session: String, tenant: TenantID) async throws {
        try await change(session, tenant) { history throws(SessionFault) in try history.settle(decision) }
    }

    /// What it reserved counts no longer.
    func cancel(_ decision: UUID, in session: String, tenant: TenantID) async throws {
        try await change(session, tenant) { history throws(SessionFault) in try history.cancel(decision) }
    }

    private func change(
        _ session: String, _ tenant: TenantID, _ body: @Sendable (inout SessionHistory) throws(SessionFault) -> Void
    ) async throws {
        let time = parts.now()
        try await parts.pool.withTenant(tenant) { tx in
            let active = try await tx.query(PostgresBundleStore.activeDigest, [.uuid(tenant.rawValue)])
            let bundle = try await parts.bundle(PostgresBundleStore.Pointers(active.first).active, tenant: tenant, in: tx)
            guard let row = try await parts.sessions.lock([session], tenant: tenant, in: tx).first, let state = row.state.bytes, !state.isEmpty else {
                throw Self.unknown
            }
            var history = try SessionHistory(under: bundle, state: state)
            do throws(SessionFault) {
                try body(&history)
            } catch .noReservation {
                throw Self.unknown
            }
            let key = try await parts.vault.make(month: ContextKey.month(of: time), tenant: tenant, in: tx)
            let statement = try parts.sessions.storing(history.encoded(), of: row, sealedBy: key, at: time, tenant: tenant)
            try await tx.execute(statement.0, statement.1)
        }
    }

    private static let unknown = RPCError(.notFound, reason: "NO_RESERVATION", message: "the request is not in flight")
}
