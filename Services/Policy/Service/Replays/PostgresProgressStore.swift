internal import FoundationEssentials
internal import Identity
internal import Postgres

/// How far replays are that run: a row each, gone with its replay. Nothing depends on it but what a person sees.
struct PostgresProgressStore: Sendable {
    /// A row that nobody touched for so long is of a process that has died.
    private static let lifetime: TimeInterval = 120

    struct Progress: Sendable, Hashable {
        var done: Int64
        var total: Int64
    }

    func put(_ progress: Progress, of replay: UUID, at time: Date, tenant: TenantID, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            """
            INSERT INTO replay_progress (tenant_id, replay_id, done, total, updated_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (tenant_id, replay_id) DO UPDATE SET done = EXCLUDED.done, total = EXCLUDED.total, updated_at = EXCLUDED.updated_at
            """, [.uuid(tenant.rawValue), .uuid(replay), .int(progress.done), .int(progress.total), .timestamp(time)])
    }

    /// Ends it, and forgets those whose process has died.
    func end(_ replay: UUID, at time: Date, tenant: TenantID, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            "DELETE FROM replay_progress WHERE tenant_id = $1 AND (replay_id = $2 OR updated_at < $3)",
            [.uuid(tenant.rawValue), .uuid(replay), .timestamp(time.addingTimeInterval(-Self.lifetime))])
    }

    func progress(of replay: UUID, at time: Date, tenant: TenantID, in tx: PostgresTransaction) async throws -> Progress? {
        try await tx.query(
            "SELECT done, total FROM replay_progress WHERE tenant_id = $1 AND replay_id = $2 AND updated_at >= $3",
            [.uuid(tenant.rawValue), .uuid(replay), .timestamp(time.addingTimeInterval(-Self.lifetime))]
        ).first.map { Progress(done: try $0.int("done"), total: try $0.int("total")) }
    }
}
