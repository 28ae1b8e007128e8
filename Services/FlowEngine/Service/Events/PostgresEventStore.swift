internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import Trust

/// Something that happened, for flows that start on it and runs that wait for it.
struct DeliveredEvent: Sendable {
    var id: UUID
    var kind: String
    var payload: JSONValue
    /// Receipt of its arrival.
    var cause: SHA256Digest?
    var receivedAt: Date
}

/// Events that came, also before anything waited for them, and who waits.
struct PostgresEventStore: Sendable {
    /// False where it was delivered before.
    func insert(_ event: DeliveredEvent, tenant: TenantID, in tx: PostgresTransaction) async throws -> Bool {
        try await tx.execute(
            """
            INSERT INTO event_buffer (tenant_id, event_id, kind, payload, cause, received_at) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (tenant_id, event_id) DO NOTHING
            """,
            [
                .uuid(tenant.rawValue), .uuid(event.id), .text(event.kind), .bytes(event.payload.encoded()), .optional(event.cause?.bytes),
                .timestamp(event.receivedAt),
            ]) == 1
    }

    /// What came since `time`, oldest first: an event that was faster than its wait.
    func received(_ kind: String, since time: Date, tenant: TenantID, in tx: PostgresTransaction) async throws -> [JSONValue] {
        try await tx.query(
            "SELECT payload FROM event_buffer WHERE tenant_id = $1 AND kind = $2 AND received_at >= $3 ORDER BY received_at, event_id LIMIT 500",
            [.uuid(tenant.rawValue), .text(kind), .timestamp(time)]
        ).map { try JSONValue(parsing: try $0.bytes("payload")) }
    }

    static func waiting(for kind: String, seq: Int, run: RunID, tenant: TenantID) -> (String, [PostgresValue]) {
        (
            "INSERT INTO event_wait (tenant_id, run_id, seq, kind) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            [.uuid(tenant.rawValue), .uuid(run.rawValue), .int(Int64(seq)), .text(kind)]
        )
    }

    static func notWaiting(seq: Int, run: RunID, tenant: TenantID) -> (String, [PostgresValue]) {
        (
            "DELETE FROM event_wait WHERE tenant_id = $1 AND run_id = $2 AND seq = $3",
            [.uuid(tenant.rawValue), .uuid(run.rawValue), .int(Int64(seq))]
        )
    }

    /// In order of their ids, so that two deliveries lock runs in one order.
    func waiting(for kind: String, tenant: TenantID, in tx: PostgresTransaction) async throws -> [(run: RunID, seq: Int)] {
        try await tx.query(
            "SELECT run_id, seq FROM event_wait WHERE tenant_id = $1 AND kind = $2 ORDER BY run_id, seq", [.uuid(tenant.rawValue), .text(kind)]
        ).map { (RunID(rawValue: try $0.uuid("run_id")), Int(try $0.int("seq"))) }
    }
}
