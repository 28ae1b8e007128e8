internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import ServiceKit

/// What was refused, per tenant.
struct SecurityEventStore: Sendable {
    /// Stands for refusals that no tenant can be named for.
    static let nobody = TenantID(rawValue: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))

    struct Event: Sendable {
        var id: UUID
        var sequence: Int64
        var kind: String
        var principal: String
        var reporter: String
        var detail: [UInt8]
        var time: Date
    }

    /// The same id is kept once.
    func insert(
        id: UUID, kind: String, principal: String, reporter: String, detail: [UInt8], tenant: TenantID, in transaction: PostgresTransaction
    ) async throws {
        try await transaction.execute(
            """
            INSERT INTO security_event (tenant_id, event_id, kind, principal, reporter, detail) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT DO NOTHING
            """, [.uuid(tenant.rawValue), .uuid(id), .text(kind), .text(principal), .text(reporter), .json(detail)])
    }

    /// In a transaction of its own.
    func insert(_ event: SecurityEvent, reporter: ServiceName, pool: PostgresPool) async throws {
        let tenant = event.tenant ?? Self.nobody
        try await pool.withTenant(tenant) { transaction in
            try await insert(
                id: event.id, kind: event.kind, principal: event.principal ?? "", reporter: reporter.rawValue,
                detail: JSONValue.object(event.detail).encoded(), tenant: tenant, in: transaction)
        }
    }

    /// Newest first, below `before`.
    func page(before: Int64, limit: Int, tenant: TenantID, in transaction: PostgresTransaction) async throws -> [Event] {
        let rows = try await transaction.query(
            """
            SELECT event_id, sequence, kind, principal, reporter, detail, recorded_at FROM security_event
            WHERE tenant_id = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3
            """, [.uuid(tenant.rawValue), .int(before), .int(Int64(limit))])
        return try rows.map { row in
            Event(
                id: try row.uuid("event_id"), sequence: try row.int("sequence"), kind: try row.text("kind"),
                principal: try row.text("principal"), reporter: try row.text("reporter"), detail: try row.json("detail"),
                time: try row.timestamp("recorded_at"))
        }
    }
}
