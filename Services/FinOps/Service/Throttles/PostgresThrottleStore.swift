internal import FinOpsCore
internal import FoundationEssentials
internal import Identity
internal import Postgres

/// What is let through of a metered service while a mitigation is in force.
struct Throttle: Hashable, Sendable {
    var service: String
    var meter: String
    /// 0 to 100.
    var percent: Int64
    var run: RunID?
    var since: Date
}

struct PostgresThrottleStore: Sendable {
    func apply(_ throttle: Throttle, tenant: TenantID, in transaction: PostgresTransaction) async throws {
        _ = try await transaction.execute(
            """
            INSERT INTO throttle (tenant_id, service, meter, percent, run_id, since) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (tenant_id, service, meter) DO UPDATE SET percent = EXCLUDED.percent, run_id = EXCLUDED.run_id, since = EXCLUDED.since
            """,
            [
                .uuid(tenant.rawValue), .text(throttle.service), .text(throttle.meter), .int(throttle.percent),
                .optional(throttle.run?.rawValue), .timestamp(throttle.since),
            ])
    }

    /// Whether there was one.
    func lift(service: String, meter: String, tenant: TenantID, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.execute(
            "DELETE FROM throttle WHERE tenant_id = $1 AND service = $2 AND meter = $3",
            [.uuid(tenant.rawValue), .text(service), .text(meter)]) > 0
    }

    func all(tenant: TenantID, in transaction: PostgresTransaction) async throws -> [Throttle] {
        let rows = try await transaction.query(
            "SELECT service, meter, percent, run_id, since FROM throttle WHERE tenant_id = $1 ORDER BY service, meter", [.uuid(tenant.rawValue)])
        return try rows.map { row in
            Throttle(
                service: try row.text("service"), meter: try row.text("meter"), percent: try row.int("percent"),
                run: try row.optionalUUID("run_id").map(RunID.init(rawValue:)), since: try row.timestamp("since"))
        }
    }
}
