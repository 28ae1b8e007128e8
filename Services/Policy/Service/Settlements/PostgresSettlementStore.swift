internal import FoundationEssentials
internal import Identity
internal import Postgres

/// One row per decision whose action is over, so that it is over once.
struct PostgresSettlementStore: Sendable {
    enum Written: Sendable {
        case fresh
        case same
        /// Something else was said of it before, and that is final.
        case otherwise(String)
    }

    /// What may have run can be cleared up later; everything else is final.
    func put(_ settlement: Settlement, at now: Date, tenant: TenantID, in tx: PostgresTransaction) async throws -> Written {
        let changed = try await tx.execute(
            """
            INSERT INTO decision_settlement AS s (tenant_id, decision_id, outcome, happened_at, settled_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (tenant_id, decision_id) DO UPDATE
                SET outcome = EXCLUDED.outcome, happened_at = EXCLUDED.happened_at, settled_at = EXCLUDED.settled_at
                WHERE s.outcome = 'may-have-run' AND EXCLUDED.outcome <> 'may-have-run'
            """,
            [
                .uuid(tenant.rawValue), .uuid(settlement.decision), .text(settlement.outcome.rawValue), .timestamp(settlement.time),
                .timestamp(now),
            ])
        if changed > 0 { return .fresh }
        let rows = try await tx.query(
            "SELECT outcome FROM decision_settlement WHERE tenant_id = $1 AND decision_id = $2",
            [.uuid(tenant.rawValue), .uuid(settlement.decision)])
        let known = try rows.first?.text("outcome") ?? ""
        return known == settlement.outcome.rawValue ? .same : .otherwise(known)
    }
}
