internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import Trust

/// What came into force, by whom, and what waits for somebody else.
struct PostgresActivationStore: Sendable {
    private static let columns = """
        activation_id, kind, digest, previous_digest, settings::text AS settings, state, proposed_by, decided_by, note, proposed_at, decided_at,
        receipt_id
        """

    func put(_ activation: Activation, tenant: TenantID, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            """
            INSERT INTO activation (tenant_id, activation_id, kind, digest, previous_digest, settings, state, proposed_by, decided_by, note,
                proposed_at,
                decided_at, receipt_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            ON CONFLICT (tenant_id, activation_id) DO UPDATE SET state = EXCLUDED.state, decided_by = EXCLUDED.decided_by,
                decided_at = EXCLUDED.decided_at, receipt_id = EXCLUDED.receipt_id, previous_digest = EXCLUDED.previous_digest
            """,
            [
                .uuid(tenant.rawValue), .uuid(activation.id), .text(activation.kind.rawValue), .optional(activation.digest?.bytes),
                .optional(activation.previous?.bytes), activation.settings.map { .json($0.json.encoded()) } ?? .null,
                .text(activation.state.rawValue),
                .text(activation.proposedBy), .text(activation.decidedBy), .text(activation.note), .timestamp(activation.proposed),
                .optional(activation.decided), .optional(activation.receipt?.rawValue),
            ])
    }

    func find(_ id: UUID, tenant: TenantID, in tx: PostgresTransaction) async throws -> Activation? {
        try await tx.query(
            "SELECT \(Self.columns) FROM activation WHERE tenant_id = $1 AND activation_id = $2 FOR UPDATE", [.uuid(tenant.rawValue), .uuid(id)]
        ).first.map(activation)
    }

    /// One that waits for the same thing by the same person.
    func pending(
        _ kind: Activation.Kind, _ digest: SHA256Digest?, by principal: String, since: Date, tenant: TenantID, in tx: PostgresTransaction
    ) async throws -> Activation? {
        try await tx.query(
            """

                           SELECT \(Self.columns) FROM activation WHERE tenant_id = $1 AND state = 'awaiting-approval' AND kind = $2 AND digest IS NOT DISTINCT FROM $3
                AND proposed_by = $4 AND proposed_at > $5 ORDER BY activation_id DESC LIMIT 1
            """,
            [.uuid(tenant.rawValue), .text(kind.rawValue), .optional(digest?.bytes), .text(principal), .timestamp(since)]
        ).first.map(activation)
    }

    /// Whether a bundle was in force at some time.
    func wasActive(_ digest: SHA256Digest, tenant: TenantID, in tx: PostgresTransaction) async throws -> Bool {
        try await !tx.query(
            "SELECT 1 FROM activation WHERE tenant_id = $1 AND state = 'active' AND (digest = $2 OR previous_digest = $2) LIMIT 1",
            [.uuid(tenant.rawValue), .bytes(digest.bytes)]
        ).isEmpty
    }

    /// The newest first.
    func page(before: UUID?, limit: Int, tenant: TenantID, in tx: PostgresTransaction) async throws -> [Activation] {
        try await tx.query(
            """
            SELECT \(Self.columns) FROM activation WHERE tenant_id = $1 AND ($2::uuid IS NULL OR activation_id < $2)
            ORDER BY activation_id DESC LIMIT $3
            """, [.uuid(tenant.rawValue), .optional(before), .int(Int64(limit))]
        ).map(activation)
    }

    private func activation(_ row: PostgresRow) throws -> Activation {
        guard let kind = Activation.Kind(rawValue: try row.text("kind")), let state = Activation.State(rawValue: try row.text("state")) else {
            throw PostgresError.unreadableColumn("kind", reason: "or the state is not known to this build")
        }
        let settings = try row.optionalText("settings")
        return Activation(
            id: try row.uuid("activation_id"), kind: kind, digest: try row.optionalBytes("digest").flatMap { SHA256Digest(bytes: $0) },
            previous: try row.optionalBytes("previous_digest").flatMap { SHA256Digest(bytes: $0) },
            settings: try settings.map { PolicySettings().applying(try JSONValue(parsing: $0)) }, state: state,
            proposedBy: try row.text("proposed_by"), decidedBy: try row.text("decided_by"), note: try row.text("note"),
            proposed: try row.timestamp("proposed_at"), decided: try row.optionalTimestamp("decided_at"),
            receipt: try row.optionalUUID("receipt_id").map(ReceiptID.init(rawValue:)))
    }
}
