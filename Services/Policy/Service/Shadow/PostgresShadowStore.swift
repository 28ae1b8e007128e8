internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Postgres
internal import Trust

struct PostgresShadowStore: Sendable {
    func appending(_ shadow: ShadowJudgement, tenant: TenantID) -> (String, [PostgresValue]) {
        (
            """
            INSERT INTO decision_shadow (tenant_id, decision_id, bundle_digest, enforced, verdict, determining, satisfied_permits, satisfied_forbids,
                erring, reason, decided_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            [
                .uuid(tenant.rawValue), .uuid(shadow.decision), .bytes(shadow.bundle.bytes), .int(Int64(shadow.enforced.rawValue)),
                .optional(shadow.verdict.map { Int64($0.rawValue) }), .textArray(shadow.determining), .textArray(shadow.satisfiedPermits),
                .textArray(shadow.satisfiedForbids), .textArray(shadow.erring), .text(shadow.reason), .timestamp(shadow.time),
            ]
        )
    }

    struct Count: Sendable {
        var enforced: Verdict
        /// Nil where the shadow could not judge.
        var verdict: Verdict?
        var count: Int64
    }

    func counts(_ bundle: SHA256Digest, since: Date, tenant: TenantID, in tx: PostgresTransaction) async throws -> [Count] {
        try await tx.query(
            """
            SELECT enforced, verdict, count(*) AS n FROM decision_shadow WHERE tenant_id = $1 AND bundle_digest = $2 AND decided_at >= $3
            GROUP BY enforced, verdict ORDER BY enforced, verdict
            """, [.uuid(tenant.rawValue), .bytes(bundle.bytes), .timestamp(since)]
        ).compactMap { row in
            guard let enforced = Verdict(rawValue: Int(try row.int("enforced"))) else { return nil }
            return Count(
                enforced: enforced, verdict: try row.optionalInt("verdict").flatMap { Verdict(rawValue: Int($0)) }, count: try row.int("n"))
        }
    }

    struct Divergence: Sendable {
        var shadow: ShadowJudgement
        var principal: String
        var action: String
        var resource: String
    }

    /// The newest first.
    func divergences(_ bundle: SHA256Digest, since: Date, limit: Int, tenant: TenantID, in tx: PostgresTransaction) async throws -> [Divergence] {
        try await tx.query(
            """
            SELECT s.decision_id, s.enforced, s.verdict, s.determining, s.reason, s.decided_at, d.principal, d.action, d.resource
            FROM decision_shadow s JOIN decision d ON d.tenant_id = s.tenant_id AND d.decision_id = s.decision_id
            WHERE s.tenant_id = $1 AND s.bundle_digest = $2 AND s.decided_at >= $3 AND s.verdict IS DISTINCT FROM s.enforced
            ORDER BY s.decision_id DESC LIMIT $4
            """, [.uuid(tenant.rawValue), .bytes(bundle.bytes), .timestamp(since), .int(Int64(limit))]
        ).map { row in
            Divergence(
                shadow: ShadowJudgement(
                    decision: try row.uuid("decision_id"), bundle: bundle, enforced: Verdict(rawValue: Int(try row.int("enforced"))) ?? .deny,
                    verdict: try row.optionalInt("verdict").flatMap { Verdict(rawValue: Int($0)) }, determining: try row.textArray("determining"),
                    reason: try row.text("reason"), time: try row.timestamp("decided_at")),
                principal: try row.text("principal"), action: try row.text("action"), resource: try row.text("resource"))
        }
    }
}
