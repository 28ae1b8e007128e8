internal import FinOpsCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import Trust

/// Usage events, counted once, with the rollup kept in the same transaction.
struct PostgresUsageStore: Sendable {
    /// What became of one event.
    enum Outcome { case recorded, repeated, conflicting }

    func record(_ event: UsageEvent, tenant: TenantID, in transaction: PostgresTransaction) async throws -> Outcome {
        let digest = SHA256Digest(hashing: try event.content.canonical()).bytes
        let rows = try await transaction.query(
            Self.insertAndRollUp,
            [
                .uuid(tenant.rawValue), .uuid(event.id), .text(event.meter), .text(event.service), .int(event.quantity),
                .int(event.cost.micros), .text(event.cost.currency), .timestamp(event.time), .optional(event.run?.rawValue),
                .text(event.step), .bytes(digest),
            ])
        guard let row = rows.first else { throw PostgresError.serialization }
        if try row.bool("fresh") { return .recorded }
        // Not fresh and not in this statement's snapshot: another transaction wrote it meanwhile, and the caller must try again.
        guard let stored = try row.optionalBytes("stored") else { throw PostgresError.serialization }
        return stored == digest ? .repeated : .conflicting
    }

    func events(ofRun run: RunID, tenant: TenantID, in transaction: PostgresTransaction) async throws -> [UsageEvent] {
        let rows = try await transaction.query(
            """
            SELECT event_id, meter, service, quantity, cost_micros, currency, occurred_at, run_id, step
            FROM usage_event WHERE tenant_id = $1 AND run_id = $2 ORDER BY occurred_at, event_id LIMIT 1000
            """, [.uuid(tenant.rawValue), .uuid(run.rawValue)])
        return try rows.map { row in
            UsageEvent(
                id: try row.uuid("event_id"), meter: try row.text("meter"), quantity: try row.int("quantity"),
                cost: Money(micros: try row.int("cost_micros"), currency: try row.text("currency")),
                time: try row.timestamp("occurred_at"), run: try row.optionalUUID("run_id").map(RunID.init(rawValue:)),
                step: try row.text("step"), service: try row.text("service"))
        }
    }

    private static let insertAndRollUp = """
        WITH fresh AS (
            INSERT INTO usage_event (tenant_id, event_id, meter, service, quantity, cost_micros, currency, occurred_at, run_id, step, content_digest)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT (tenant_id, event_id) DO NOTHING
            RETURNING tenant_id, service, meter, currency, date_trunc('hour', occurred_at, 'UTC') AS bucket, quantity, cost_micros
        ), rolled AS (
            INSERT INTO usage_rollup AS r (tenant_id, service, meter, currency, bucket, quantity, cost_micros, events)
            SELECT tenant_id, service, meter, currency, bucket, quantity, cost_micros, 1 FROM fresh
            ON CONFLICT (tenant_id, service, meter, currency, bucket) DO UPDATE SET
                quantity = r.quantity + EXCLUDED.quantity, cost_micros = r.cost_micros + EXCLUDED.cost_micros, events = r.events + 1
        )
        SELECT EXISTS (SELECT 1 FROM fresh) AS fresh,
               (SELECT content_digest FROM usage_event WHERE tenant_id = $1 AND event_id = $2) AS stored
        """
}
