internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import RPC
internal import Trust

/// A run whose row is locked by the current transaction.
struct LockedRun: Sendable {
    var state: RunState
    var document: FlowDocument
    var fence: Int64
    var attempts: Int
    /// Of what moved it last.
    var trace: TraceContext?
    var machine: RunMachine { RunMachine(document: document) }
}

/// What goes beside the machine's state into a run's row.
struct RunRow: Sendable {
    var state: RunState
    var whyWaiting: String
    /// Whether a worker has something to do at once.
    var isDue: Bool
    /// The worker that stores it keeps its lease only as long as it has something to do.
    var isHeld: Bool
    /// The lease must outlive every call under way, or a second worker would make it too.
    var lease: Duration?
}

/// Runs, for one tenant at a time.
struct PostgresRunStore: Sendable {
    let documents: DocumentCache

    /// Nil where the tenant has no such run.
    func lock(_ run: RunID, tenant: TenantID, in tx: PostgresTransaction) async throws -> LockedRun? {
        try await tx.query(
            """
            SELECT r.position, r.fence, r.attempts, r.traceparent, r.version_id, v.document
            FROM run AS r JOIN flow_version AS v ON v.tenant_id = r.tenant_id AND v.flow = r.flow AND v.version_id = r.version_id
            WHERE r.tenant_id = $1 AND r.run_id = $2 FOR UPDATE OF r
            """, [.uuid(tenant.rawValue), .uuid(run.rawValue)]
        ).first.map { row in
            LockedRun(
                state: try RunState(json: JSONValue(parsing: try row.bytes("position"))),
                document: try documents.document(try row.digest("version_id"), source: try row.bytes("document")), fence: try row.int("fence"),
                attempts: Int(try row.int("attempts")), trace: try row.optionalText("traceparent").flatMap { TraceContext(traceparent: $0) })
        }
    }

    /// How a run ended; nil where it has not. It is read without a lock: what has ended does not change.
    func closing(of run: RunID, tenant: TenantID, in tx: PostgresTransaction) async throws -> RunClosing? {
        try await tx.query(
            "SELECT position FROM run WHERE tenant_id = $1 AND run_id = $2 AND ended_at IS NOT NULL", [.uuid(tenant.rawValue), .uuid(run.rawValue)]
        ).first.flatMap { try RunState(json: JSONValue(parsing: try $0.bytes("position"))).closing }
    }

    /// The id of the run, and whether it was started by this.
    func insert(_ state: RunState, dedupKey: String?, in tx: PostgresTransaction) async throws -> (run: RunID, isFresh: Bool) {
        let rows = try await tx.query(
            """
            INSERT INTO run (tenant_id, run_id, flow, version_id, dedup_key, state, node, position, why_waiting, started_by, started_at)
            VALUES ($1, $2, $3, $4, $5, 'running', $6, $7, '', $8, $9)
            ON CONFLICT (tenant_id, dedup_key) DO NOTHING RETURNING run_id
            """,
            [
                .uuid(state.tenant.rawValue), .uuid(state.run.rawValue), .text(state.flow), .bytes(state.version.bytes), .optional(dedupKey),
                .text(state.node), .bytes(state.json.encoded()), .text(state.principal.displayName), .timestamp(state.startedAt),
            ])
        if !rows.isEmpty { return (state.run, true) }
        let existing = try await tx.query(
            "SELECT run_id FROM run WHERE tenant_id = $1 AND dedup_key = $2", [.uuid(state.tenant.rawValue), .optional(dedupKey)])
        guard let row = existing.first else { throw PostgresError.serialization }
        return (RunID(rawValue: try row.uuid("run_id")), false)
    }

    static func storing(_ row: RunRow, now: Date) -> (String, [PostgresValue]) {
        let state = row.state
        let closing = state.closing
        return (
            """
            UPDATE run SET state = $3, node = $4, position = $5, why_waiting = $6, ended_at = $7, outcome = $8, message = $9, attempts = 0,
                next_wake_at = CASE WHEN $10 THEN now() END,
                lease_owner = CASE WHEN $11 THEN lease_owner END,
                lease_until = CASE WHEN $11 THEN GREATEST(lease_until, now() + $14::double precision * interval '1 second') END,
                traceparent = COALESCE($12, traceparent), is_paused = $13
            WHERE tenant_id = $1 AND run_id = $2
            """,
            [
                .uuid(state.tenant.rawValue), .uuid(state.run.rawValue), .text(closing?.state.rawValue ?? (state.isParked ? "waiting" : "running")),
                .text(state.node), .bytes(state.json.encoded()), .text(row.whyWaiting), closing == nil ? .null : .timestamp(now),
                .text(closing?.outcome ?? ""), .text(closing?.message ?? ""), .bool(row.isDue), .bool(row.isHeld),
                .optional(RequestContext.current?.trace.traceparent), .bool(state.pause != nil), row.lease.map { .double($0 / .seconds(1)) } ?? .null,
            ]
        )
    }

    static func settingDeadline(_ run: RunID, _ deadline: Date, tenant: TenantID) -> (String, [PostgresValue]) {
        ("UPDATE run SET deadline_at = $3 WHERE tenant_id = $1 AND run_id = $2", [.uuid(tenant.rawValue), .uuid(run.rawValue), .timestamp(deadline)])
    }

    /// Gives the run back, to be taken up again later; says why in the meantime.
    func postpone(_ run: RunID, fence: Int64, after delay: Duration, why: String, tenant: TenantID, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            """
            UPDATE run SET lease_owner = NULL, lease_until = NULL, next_wake_at = now() + $4::double precision * interval '1 second',
                attempts = attempts + 1, why_waiting = $5
            WHERE tenant_id = $1 AND run_id = $2 AND fence = $3 AND next_wake_at IS NOT NULL
            """, [.uuid(tenant.rawValue), .uuid(run.rawValue), .int(fence), .double(delay / .seconds(1)), .text(why)])
    }

    func release(_ run: RunID, fence: Int64, tenant: TenantID, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            "UPDATE run SET lease_owner = NULL, lease_until = NULL WHERE tenant_id = $1 AND run_id = $2 AND fence = $3",
            [.uuid(tenant.rawValue), .uuid(run.rawValue), .int(fence)])
    }

    func extendLease(_ run: RunID, fence: Int64, by time: Duration, tenant: TenantID, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            "UPDATE run SET lease_until = now() + $4::double precision * interval '1 second' WHERE tenant_id = $1 AND run_id = $2 AND fence = $3",
            [.uuid(tenant.rawValue), .uuid(run.rawValue), .int(fence), .double(time / .seconds(1))])
    }
}
