internal import CopilotCore
internal import FoundationEssentials
internal import Identity
internal import Postgres

/// The inbox of a tenant's members.
struct PostgresInboxStore: Sendable {
    /// A lower revision than the stored one changes nothing, so that deliveries may repeat and overtake each other.
    func put(_ item: InboxItem, tenant: TenantID, in transaction: PostgresTransaction) async throws {
        _ = try await transaction.execute(
            """
            INSERT INTO inbox_item AS i (tenant_id, item_id, kind, state, title, summary, role, run_id, task_id, anomaly_id, created_at, due_at, tone, requested_by, revision)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            ON CONFLICT (tenant_id, item_id) DO UPDATE SET
                kind = EXCLUDED.kind, state = EXCLUDED.state, title = EXCLUDED.title, summary = EXCLUDED.summary, role = EXCLUDED.role,
                run_id = EXCLUDED.run_id, task_id = EXCLUDED.task_id, anomaly_id = EXCLUDED.anomaly_id, due_at = EXCLUDED.due_at,
                tone = EXCLUDED.tone, requested_by = EXCLUDED.requested_by, revision = EXCLUDED.revision
            WHERE i.revision < EXCLUDED.revision
            """,
            [
                .uuid(tenant.rawValue), .uuid(item.id), .text(item.kind.rawValue), .text(item.state.rawValue), .text(item.title),
                .text(item.summary), .text(item.role), .optional(item.run?.rawValue), .optional(item.task?.rawValue), .optional(item.anomaly),
                .timestamp(item.created), .optional(item.due), .text(item.tone), .text(item.requestedBy), .int(Int64(clamping: item.revision)),
            ])
    }

    /// Soonest due first, then newest; only what a person with `roles` may see.
    func page(
        state: InboxItem.State, roles: Set<String>, offset: Int, limit: Int, tenant: TenantID, in transaction: PostgresTransaction
    ) async throws -> (items: [InboxItem], total: Int) {
        let seesAll = roles.contains("admin") || roles.contains("auditor")
        let rows = try await transaction.query(
            """
            SELECT item_id, kind, state, title, summary, role, run_id, task_id, anomaly_id, created_at, due_at, tone, requested_by, revision,
                   count(*) OVER () AS total
            FROM inbox_item
            WHERE tenant_id = $1 AND state = $2 AND ($3 OR role = '' OR role = ANY ($4))
            ORDER BY due_at NULLS LAST, created_at DESC, item_id LIMIT $5 OFFSET $6
            """,
            [
                .uuid(tenant.rawValue), .text(state.rawValue), .bool(seesAll), .textArray(roles.sorted()), .int(Int64(limit)),
                .int(Int64(offset)),
            ])
        let total = try rows.first.map { Int(try $0.int("total")) } ?? 0
        return (try rows.map(item), total)
    }

    private func item(_ row: PostgresRow) throws -> InboxItem {
        let kind = try row.text("kind")
        let state = try row.text("state")
        guard let kind = InboxItem.Kind(rawValue: kind), let state = InboxItem.State(rawValue: state) else {
            throw PostgresError.unreadableColumn("kind", reason: "is not known to this build")
        }
        return InboxItem(
            id: try row.uuid("item_id"), kind: kind, state: state, title: try row.text("title"), summary: try row.text("summary"),
            role: try row.text("role"), run: try row.optionalUUID("run_id").map(RunID.init(rawValue:)),
            task: try row.optionalUUID("task_id").map(TaskID.init(rawValue:)), anomaly: try row.optionalUUID("anomaly_id"),
            created: try row.timestamp("created_at"), due: try row.optionalTimestamp("due_at"), tone: try row.text("tone"),
            requestedBy: try row.text("requested_by"), revision: UInt64(clamping: try row.int("revision")))
    }
}
