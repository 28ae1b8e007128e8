internal import FoundationEssentials
internal import Identity
internal import LedgerCore
internal import Postgres
internal import Receipts
internal import Trust

/// Puts a `key/v1` receipt for each service key into each log, before the first receipt of the batch that finds one missing.
struct KeyRegistrar: Sendable {
    let registration: KeyRegistration
    let keys: [TrustAnchors.ServiceKey]
    let check: SubmissionCheck

    /// What is to be appended, and the rows that remember it.
    struct Pending: Sendable {
        var submissions: [Submission] = []
        var rows: [(keyID: String, sequence: Int64, receipt: ReceiptID)] = []
    }

    func pending(_ tenant: TenantID, at time: Date, in transaction: PostgresTransaction) async throws -> Pending {
        let rows = try await transaction.query(
            "SELECT key_id, instance, seq, digest FROM log_emitter WHERE tenant_id = $1 ORDER BY seq", [.uuid(tenant.rawValue)])
        let known = Set(try rows.map { try $0.text("key_id") })
        let last = try rows.last { try $0.text("instance") == registration.instance }
        let position = try last.map { KeyRegistration.Position(sequence: try $0.int("seq"), previous: try $0.digest("digest")) } ?? .start
        let missing = keys.filter { !known.contains($0.key.keyID) }
        var pending = Pending()
        for registered in try registration.receipts(for: missing, tenant: tenant, after: position, at: time) {
            let receipt = registered.receipt
            pending.submissions.append(
                try check.submission(
                    envelope: receipt.envelope, disclosures: receipt.disclosures, receipt: receipt.id, tenant: tenant, caller: .ledger))
            pending.rows.append((registered.keyID, registered.sequence, receipt.id))
        }
        return pending
    }

    func remember(_ pending: Pending, as batch: LogBatch, in transaction: PostgresTransaction) async throws {
        let entries = Dictionary(batch.entries.map { ($0.submission.receipt, $0) }) { first, _ in first }
        let placed = pending.rows.compactMap { row in entries[row.receipt].map { (row, $0) } }
        try await transaction.execute(
            """
            INSERT INTO log_emitter (tenant_id, instance, key_id, seq, index, digest)
            SELECT $1, $2, * FROM unnest($3::text[], $4::bigint[], $5::bigint[], $6::bytea[])
            """,
            [
                .uuid(batch.tenant.rawValue), .text(registration.instance), .textArray(placed.map(\.0.keyID)), .intArray(placed.map(\.0.sequence)),
                .intArray(placed.map { Int64($0.1.index) }), .bytesArray(placed.map(\.1.submission.digest.bytes)),
            ])
    }
}
