internal import FoundationEssentials
internal import Identity
internal import LedgerCore
internal import Postgres
internal import Receipts
internal import Trust

/// Reads a tenant's receipts, as that tenant.
struct ReceiptStore: Sendable {
    struct Record: Sendable {
        var index: UInt64
        var receipt: ReceiptID
        var kind: String
        var phase: String
        var emitter: String
        var run: RunID?
        var step: String
        var outcome: String
        var timeMicros: Int64
        var digest: SHA256Digest
        var leaf: [UInt8]
        /// Nil where the payload was erased.
        var envelope: [UInt8]?
        var sealedDisclosures: [UInt8]?
    }

    struct Head: Sendable {
        var size: UInt64
        var checkpoint: SignedCheckpoint
        var verifierKey: NoteVerifierKey
    }

    func head(_ tenant: TenantID, in transaction: PostgresTransaction) async throws -> Head? {
        let rows = try await transaction.query(
            """
            SELECT h.size, h.checkpoint, k.verifier_key FROM log_head h JOIN log_key k ON k.tenant_id = h.tenant_id
            WHERE h.tenant_id = $1 AND h.size > 0
            """, [.uuid(tenant.rawValue)])
        guard let row = rows.first, let checkpoint = SignedCheckpoint(try row.text("checkpoint")),
            let key = NoteVerifierKey(text: try row.text("verifier_key"))
        else { return nil }
        return Head(size: UInt64(try row.int("size")), checkpoint: checkpoint, verifierKey: key)
    }

    func receipt(_ id: ReceiptID, tenant: TenantID, in transaction: PostgresTransaction) async throws -> Record? {
        try await records("e.receipt_id = $2", [.uuid(id.rawValue)], "", tenant: tenant, in: transaction).first
    }

    /// In the order of the log.
    func receipts(ofRun run: RunID, tenant: TenantID, in transaction: PostgresTransaction) async throws -> [Record] {
        try await records("e.run_id = $2", [.uuid(run.rawValue)], "ORDER BY e.index LIMIT 5000", tenant: tenant, in: transaction)
    }

    /// The receipts with which the log registered these keys.
    func registrations(of keyIDs: [String], tenant: TenantID, in transaction: PostgresTransaction) async throws -> [Record] {
        try await records(
            "e.index IN (SELECT index FROM log_emitter WHERE tenant_id = $1 AND key_id = ANY ($2::text[]))", [.textArray(keyIDs)],
            "ORDER BY e.index", tenant: tenant, in: transaction)
    }

    /// Newest first, below `before`.
    func page(
        before: UInt64, run: RunID?, kind: String, limit: Int, tenant: TenantID, in transaction: PostgresTransaction
    ) async throws -> [Record] {
        try await records(
            "e.index < $2 AND ($3::uuid IS NULL OR e.run_id = $3::uuid) AND ($4 = '' OR e.kind = $4)",
            [.int(Int64(clamping: before)), .optional(run?.rawValue), .text(kind)], "ORDER BY e.index DESC LIMIT \(limit)", tenant: tenant,
            in: transaction)
    }

    private func records(
        _ condition: String, _ parameters: [PostgresValue], _ order: String, tenant: TenantID, in transaction: PostgresTransaction
    ) async throws -> [Record] {
        let rows = try await transaction.query(
            """
            SELECT e.index, e.receipt_id, e.kind, e.phase, e.emitter, e.run_id, e.step, e.outcome, e.time_micros, e.digest, e.leaf,
                   v.envelope, d.sealed
            FROM entry e
            LEFT JOIN envelope v ON v.tenant_id = e.tenant_id AND v.receipt_id = e.receipt_id
            LEFT JOIN disclosure d ON d.tenant_id = e.tenant_id AND d.receipt_id = e.receipt_id
            WHERE e.tenant_id = $1 AND \(condition) \(order)
            """, [.uuid(tenant.rawValue)] + parameters)
        return try rows.map { row in
            Record(
                index: UInt64(try row.int("index")), receipt: ReceiptID(rawValue: try row.uuid("receipt_id")), kind: try row.text("kind"),
                phase: try row.text("phase"), emitter: try row.text("emitter"), run: try row.optionalUUID("run_id").map(RunID.init(rawValue:)),
                step: try row.text("step"), outcome: try row.text("outcome"), timeMicros: try row.int("time_micros"),
                digest: try row.digest("digest"), leaf: try row.bytes("leaf"), envelope: try row.optionalBytes("envelope"),
                sealedDisclosures: try row.optionalBytes("sealed"))
        }
    }
}
