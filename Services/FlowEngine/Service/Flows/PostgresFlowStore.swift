internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import Postgres
internal import Trust

/// Versions of flows, and which of them is the published one.
struct PostgresFlowStore: Sendable {
    private static let columns = """
        v.flow, v.version_id, v.number, v.title, v.document, v.trigger_summary, v.event_kind, v.note, v.state, v.author, v.author_roles, v.task_id,
        v.receipt_id, v.created_at, v.published_at
        """

    func version(_ flow: String, _ version: SHA256Digest, tenant: TenantID, in tx: PostgresTransaction) async throws -> FlowRecord? {
        try await tx.query(
            "SELECT \(Self.columns) FROM flow_version AS v WHERE v.tenant_id = $1 AND v.flow = $2 AND v.version_id = $3",
            [.uuid(tenant.rawValue), .text(flow), .bytes(version.bytes)]
        ).first.map(FlowRecord.init)
    }

    /// The published version.
    func current(_ flow: String, tenant: TenantID, in tx: PostgresTransaction) async throws -> FlowRecord? {
        try await tx.query(
            """
            SELECT \(Self.columns) FROM flow AS f
            JOIN flow_version AS v ON v.tenant_id = f.tenant_id AND v.flow = f.name AND v.version_id = f.version_id
            WHERE f.tenant_id = $1 AND f.name = $2
            """, [.uuid(tenant.rawValue), .text(flow)]
        ).first.map(FlowRecord.init)
    }

    /// Newest first.
    func versions(_ flow: String, tenant: TenantID, in tx: PostgresTransaction) async throws -> [FlowRecord] {
        try await tx.query(
            "SELECT \(Self.columns) FROM flow_version AS v WHERE v.tenant_id = $1 AND v.flow = $2 ORDER BY v.number DESC LIMIT 200",
            [.uuid(tenant.rawValue), .text(flow)]
        ).map(FlowRecord.init)
    }

    /// The flows that this event may start, in order of their names.
    func triggered(by kind: String, tenant: TenantID, in tx: PostgresTransaction) async throws -> [FlowRecord] {
        try await tx.query(
            """
            SELECT \(Self.columns) FROM flow AS f
            JOIN flow_version AS v ON v.tenant_id = f.tenant_id AND v.flow = f.name AND v.version_id = f.version_id
            WHERE f.tenant_id = $1 AND f.event_kind = $2 ORDER BY f.name
            """, [.uuid(tenant.rawValue), .text(kind)]
        ).map(FlowRecord.init)
    }

    /// One row per flow: the published version, or the newest where none is. With the number of its runs.
    func list(after name: String, limit: Int, tenant: TenantID, in tx: PostgresTransaction) async throws -> [(FlowRecord, total: Int64, open: Int64)]
    {
        try await tx.query(
            """
            SELECT \(Self.columns), r.total, r.open FROM (
                SELECT DISTINCT ON (v.flow) v.*
                FROM flow_version AS v LEFT JOIN flow AS f ON f.tenant_id = v.tenant_id AND f.name = v.flow AND f.version_id = v.version_id
                WHERE v.tenant_id = $1 AND v.flow > $2 AND v.state <> 'refused'
                ORDER BY v.flow, (f.name IS NULL), v.number DESC
                LIMIT $3
            ) AS v, LATERAL (
                SELECT count(*) AS total, count(*) FILTER (WHERE state IN ('running', 'waiting')) AS open
                FROM run WHERE run.tenant_id = v.tenant_id AND run.flow = v.flow
            ) AS r
            ORDER BY v.flow
            """, [.uuid(tenant.rawValue), .text(name), .int(Int64(limit))]
        ).map { (try FlowRecord($0), try $0.int("total"), try $0.int("open")) }
    }

    func counts(_ flow: String, tenant: TenantID, in tx: PostgresTransaction) async throws -> (total: Int64, open: Int64) {
        let row = try await tx.query(
            "SELECT count(*) AS total, count(*) FILTER (WHERE state IN ('running', 'waiting')) AS open FROM run WHERE tenant_id = $1 AND flow = $2",
            [.uuid(tenant.rawValue), .text(flow)]
        ).first
        return (try row?.int("total") ?? 0, try row?.int("open") ?? 0)
    }

    /// Held until the end of the transaction: whoever changes a flow's versions takes it first.
    func lock(_ flow: String, tenant: TenantID, in tx: PostgresTransaction) async throws {
        try await tx.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [.text("flow|\(tenant)|\(flow)")])
    }

    /// Stores a version, or changes the state of one that is there already. Returns its number.
    func save(_ record: FlowRecord, tenant: TenantID, in tx: PostgresTransaction) async throws -> Int {
        // Two publishes of one flow at once would take the same number.
        try await lock(record.flow, tenant: tenant, in: tx)
        let rows = try await tx.query(
            """
            INSERT INTO flow_version (tenant_id, flow, version_id, number, title, document, trigger_summary, event_kind, note, state, author, author_roles,
                                      task_id, receipt_id, created_at, published_at)
            VALUES ($1, $2, $3, (SELECT coalesce(max(number), 0) + 1 FROM flow_version WHERE tenant_id = $1 AND flow = $2),
                    $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            ON CONFLICT (tenant_id, flow, version_id) DO UPDATE SET
                state = EXCLUDED.state, note = EXCLUDED.note, author = EXCLUDED.author, author_roles = EXCLUDED.author_roles,
                document = EXCLUDED.document, task_id = EXCLUDED.task_id, receipt_id = EXCLUDED.receipt_id, published_at = EXCLUDED.published_at
            RETURNING number
            """,
            [
                .uuid(tenant.rawValue), .text(record.flow), .bytes(record.version.bytes), .text(record.title), .bytes(record.document),
                .text(record.trigger), .optional(record.eventKind), .text(record.note), .text(record.state.rawValue), .text(record.author),
                .textArray(record.authorRoles), .optional(record.task?.rawValue), .optional(record.receipt?.rawValue), .timestamp(record.createdAt),
                .optional(record.publishedAt),
            ])
        return Int(try rows.first?.int("number") ?? 0)
    }

    func makeCurrent(_ record: FlowRecord, nextFire: Date?, tenant: TenantID, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            """
            INSERT INTO flow (tenant_id, name, version_id, event_kind, next_fire_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (tenant_id, name) DO UPDATE SET
                version_id = EXCLUDED.version_id, event_kind = EXCLUDED.event_kind, next_fire_at = EXCLUDED.next_fire_at
            """,
            [.uuid(tenant.rawValue), .text(record.flow), .bytes(record.version.bytes), .optional(record.eventKind), .optional(nextFire)])
    }

    /// Moves a schedule on. False where another instance was faster.
    func fire(_ flow: String, due: Date, next: Date, tenant: TenantID, in tx: PostgresTransaction) async throws -> Bool {
        try await tx.execute(
            "UPDATE flow SET next_fire_at = $4 WHERE tenant_id = $1 AND name = $2 AND next_fire_at = $3",
            [.uuid(tenant.rawValue), .text(flow), .timestamp(due), .timestamp(next)]) == 1
    }
}
