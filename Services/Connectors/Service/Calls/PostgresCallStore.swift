internal import ConnectorsCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import Trust

/// The calls of a tenant by key: what was begun, what came of it, and who is at it.
struct PostgresCallStore: Sendable {
    private static let columns = """
        request_digest, state, attempt, worker_instance, worker_boot, lease_ends, first_sent, last_sent, reservation_id, intent_receipt, open_intents,
        receipt_ids, receipt_digests, output, error_class, error_message, retry_after_ms, cost_micros
        """

    /// - Parameter locking: Keeps others from changing the row until the transaction ends.
    func call(_ key: String, locking: Bool, tenant: TenantID, in tx: PostgresTransaction) async throws -> StoredCall? {
        let rows = try await tx.query(
            "SELECT \(Self.columns) FROM connector_call WHERE tenant_id = $1 AND call_key = $2\(locking ? " FOR UPDATE" : "")",
            [.uuid(tenant.rawValue), .text(key)])
        return try rows.first.map(Self.stored)
    }

    /// The constraint that keeps one decision to one call.
    static let decisionConstraint = "connector_call_decision"

    /// False where the key is there already.
    func insert(_ call: StoredCall, _ asked: AskedCall, version: String, at time: Date, in tx: PostgresTransaction) async throws(PostgresError)
        -> Bool
    {
        let identity = asked.identity
        let inserted = try await tx.execute(
            """
            INSERT INTO connector_call (tenant_id, call_key, operation, connector_version, request_digest, decision_id, run_id, step, state, attempt,
                worker_instance, worker_boot, lease_ends, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14) ON CONFLICT (tenant_id, call_key) DO NOTHING
            """,
            [
                .uuid(identity.tenant.rawValue), .text(identity.key), .text(identity.operation), .text(version),
                .bytes(call.record.requestDigest.bytes),
                .uuid(asked.decisionID.rawValue), .optional(identity.run?.rawValue), .text(identity.step), .text(call.record.state.rawValue),
                .int(Int64(call.record.attempt)),
                .text(call.record.worker.instance), .text(call.record.worker.boot), .timestamp(call.record.leaseEnds), .timestamp(time),
            ])
        return inserted == 1
    }

    /// Everything that may change. The row is locked or was just inserted by the same transaction.
    func update(_ call: StoredCall, key: String, tenant: TenantID, at time: Date, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            """
            UPDATE connector_call SET state = $3, attempt = $4, worker_instance = $5, worker_boot = $6, lease_ends = $7, first_sent = $8, last_sent = $9,
                reservation_id = $10, intent_receipt = $11, open_intents = $12, receipt_ids = $13, receipt_digests = $14, output = $15, error_class = $16,
                error_message = $17, retry_after_ms = $18, cost_micros = $19, updated_at = $20
            WHERE tenant_id = $1 AND call_key = $2
            """,
            [
                .uuid(tenant.rawValue), .text(key), .text(call.record.state.rawValue), .int(Int64(call.record.attempt)),
                .text(call.record.worker.instance),
                .text(call.record.worker.boot), .timestamp(call.record.leaseEnds), .optional(call.firstSent), .optional(call.lastSent),
                .optional(call.reservation), .optional(call.intentReceipt), .bytesArray(call.openIntents.map(\.bytes)),
                .uuidArray(call.receipts.map(\.id)),
                .bytesArray(call.receipts.map(\.digest.bytes)), .optional(call.output?.encoded()), .optional(call.failure?.errorClass.rawValue),
                .optional(call.failure?.message), .optional(call.failure?.retryAfter.map { $0.wholeMilliseconds }), .int(call.costMicros),
                .timestamp(time),
            ])
    }

    /// Whether a receipt still waits to be taken by the ledger; the bytes to send are returned.
    func waitingReceipt(_ id: UUID, tenant: TenantID, in tx: PostgresTransaction) async throws -> [UInt8]? {
        try await tx.query("SELECT payload FROM outbox WHERE tenant_id = $1 AND id = $2", [.uuid(tenant.rawValue), .uuid(id)]).first?.bytes("payload")
    }

    private static func stored(_ row: PostgresRow) throws -> StoredCall {
        let state = try row.text("state")
        guard let state = VendorCallRecord.State(rawValue: state) else { throw PostgresError.unreadableColumn("state", reason: "is \(state)") }
        let record = VendorCallRecord(
            state: state, requestDigest: try digest(try row.bytes("request_digest")), attempt: Int(try row.int("attempt")),
            worker: WorkerID(instance: try row.text("worker_instance"), boot: try row.text("worker_boot")), leaseEnds: try row.timestamp("lease_ends")
        )
        var call = StoredCall(record: record)
        call.receipts = try zip(try row.uuidArray("receipt_ids"), try row.bytesArray("receipt_digests")).map {
            StoredCall.Receipt(id: $0, digest: try digest($1))
        }
        call.openIntents = try row.bytesArray("open_intents").map(digest)
        call.intentReceipt = try row.optionalUUID("intent_receipt")
        call.reservation = try row.optionalUUID("reservation_id")
        call.firstSent = try row.optionalTimestamp("first_sent")
        call.lastSent = try row.optionalTimestamp("last_sent")
        call.output = try row.optionalBytes("output").map { try JSONValue(parsing: $0) }
        call.costMicros = try row.int("cost_micros")
        if let errorClass = try row.optionalText("error_class").flatMap({ ErrorClass(rawValue: $0) }) {
            call.failure = CallFailure(
                errorClass, try row.optionalText("error_message") ?? "", isRetryable: state == .retryable,
                retryAfter: try row.optionalInt("retry_after_ms").map { .milliseconds($0) })
        }
        return call
    }

    private static func digest(_ bytes: [UInt8]) throws -> SHA256Digest {
        guard let digest = SHA256Digest(bytes: bytes) else { throw PostgresError.unreadableColumn("digest", reason: "has \(bytes.count) bytes") }
        return digest
    }
}

extension Duration {
    var wholeMilliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}
