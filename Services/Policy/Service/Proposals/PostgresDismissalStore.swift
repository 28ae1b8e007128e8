internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Postgres
internal import Trust

/// What somebody does not want to be proposed again.
struct Dismissal: Sendable {
    var proposal: SHA256Digest
    var kind: String
    var policy: String
    var sentence: String
    var reason: String
    var principal: String
    var time: Date
    var receipt: ReceiptID
}

struct PostgresDismissalStore: Sendable {
    private static let shownMax = 1_000

    /// Whether it was not dismissed before.
    func put(_ dismissal: Dismissal, tenant: TenantID, in tx: PostgresTransaction) async throws -> Bool {
        try await tx.execute(
            """
            INSERT INTO proposal_dismissal (tenant_id, proposal_id, kind, policy_id, sentence, reason, dismissed_by, dismissed_at, receipt_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
            """,
            [
                .uuid(tenant.rawValue), .bytes(dismissal.proposal.bytes), .text(dismissal.kind), .text(dismissal.policy),
                .text(dismissal.sentence), .text(dismissal.reason), .text(dismissal.principal), .timestamp(dismissal.time),
                .uuid(dismissal.receipt.rawValue),
            ]) > 0
    }

    /// The newest first.
    func all(tenant: TenantID, in tx: PostgresTransaction) async throws -> [Dismissal] {
        try await tx.query(
            """
            SELECT proposal_id, kind, policy_id, sentence, reason, dismissed_by, dismissed_at, receipt_id FROM proposal_dismissal
            WHERE tenant_id = $1 ORDER BY dismissed_at DESC, proposal_id LIMIT $2
            """, [.uuid(tenant.rawValue), .int(Int64(Self.shownMax))]
        ).map { row in
            guard let proposal = SHA256Digest(bytes: try row.bytes("proposal_id")) else {
                throw PostgresError.unreadableColumn("proposal_id", reason: "is no SHA-256")
            }
            return Dismissal(
                proposal: proposal, kind: try row.text("kind"), policy: try row.text("policy_id"), sentence: try row.text("sentence"),
                reason: try row.text("reason"), principal: try row.text("dismissed_by"), time: try row.timestamp("dismissed_at"),
                receipt: ReceiptID(rawValue: try row.uuid("receipt_id")))
        }
    }

    func receipt(of proposal: SHA256Digest, tenant: TenantID, in tx: PostgresTransaction) async throws -> ReceiptID? {
        try await tx.query(
            "SELECT receipt_id FROM proposal_dismissal WHERE tenant_id = $1 AND proposal_id = $2",
            [.uuid(tenant.rawValue), .bytes(proposal.bytes)]
        ).first.map { ReceiptID(rawValue: try $0.uuid("receipt_id")) }
    }

    func dismissed(tenant: TenantID, in tx: PostgresTransaction) async throws -> Set<SHA256Digest> {
        Set(
            try await tx.query("SELECT proposal_id FROM proposal_dismissal WHERE tenant_id = $1", [.uuid(tenant.rawValue)])
                .compactMap { SHA256Digest(bytes: try $0.bytes("proposal_id")) })
    }
}
