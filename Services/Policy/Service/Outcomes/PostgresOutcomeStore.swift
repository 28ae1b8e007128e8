internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Postgres

/// What became of decisions: said by those who saw it, and what the log itself shows of approvals.
struct PostgresOutcomeStore: Sendable {
    /// The same outcome again changes nothing.
    func put(
        _ outcome: DecisionOutcome, id: UUID, of decision: UUID, at time: Date, tenant: TenantID, in tx: PostgresTransaction
    ) async throws {
        try await tx.execute(
            """
            INSERT INTO decision_outcome (tenant_id, decision_id, outcome_id, kind, amount_micros, currency, happened_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
            """,
            [
                .uuid(tenant.rawValue), .uuid(decision), .uuid(id), .text(outcome.kind.rawValue), .int(outcome.amountMicros), .text(outcome.currency),
                .timestamp(time),
            ])
    }

    func outcomes(of decisions: [UUID], tenant: TenantID, in tx: PostgresTransaction) async throws -> [UUID: [DecisionOutcome]] {
        let key: [PostgresValue] = [.uuid(tenant.rawValue), .uuidArray(decisions)]
        let results = try await tx.pipeline([
            (
                """
                SELECT decision_id, kind, amount_micros, currency FROM decision_outcome WHERE tenant_id = $1 AND decision_id = ANY ($2)
                ORDER BY decision_id, outcome_id
                """, key
            ),
            // A decision that an approval opened, and one that asked for it: the same input at the same step of the same run.
            (
                """
                SELECT DISTINCT d.decision_id FROM decision d
                JOIN decision l ON l.tenant_id = d.tenant_id AND l.run_id = d.run_id AND l.step = d.step
                    AND l.enforced_identity = d.enforced_identity AND l.decision_id >= d.decision_id
                JOIN grant_use g ON g.tenant_id = l.tenant_id AND g.decision_id = l.decision_id
                WHERE d.tenant_id = $1 AND d.decision_id = ANY ($2)
                """, key
            ),
        ])
        var outcomes: [UUID: [DecisionOutcome]] = [:]
        for row in results[0] {
            guard let kind = DecisionOutcome.Kind(rawValue: try row.text("kind")) else { continue }
            outcomes[try row.uuid("decision_id"), default: []].append(
                DecisionOutcome(kind: kind, amountMicros: try row.int("amount_micros"), currency: try row.text("currency")))
        }
        for row in results[1] {
            let id = try row.uuid("decision_id")
            guard outcomes[id]?.contains(where: { $0.kind == .approved }) != true else { continue }
            outcomes[id, default: []].append(DecisionOutcome(kind: .approved))
        }
        return outcomes
    }
}
