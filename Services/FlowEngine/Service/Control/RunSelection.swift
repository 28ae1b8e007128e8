internal import FoundationEssentials
internal import Identity
internal import Postgres

/// Which runs a bulk change is about. Runs that are over are never among them.
struct RunSelection: Sendable {
    /// Empty for every flow.
    var flow: String
    var before: Date?
    /// Only those that are paused; else only those that are not.
    var isPaused: Bool
}

extension PostgresRunStore {
    private static let matching = """
        FROM run WHERE tenant_id = $1 AND ended_at IS NULL AND ($2 = '' OR flow = $2) AND ($3::timestamptz IS NULL OR started_at < $3)
            AND is_paused = $4
        """

    func count(_ selection: RunSelection, tenant: TenantID, in tx: PostgresTransaction) async throws -> UInt64 {
        UInt64(clamping: try await tx.query("SELECT count(*) AS n \(Self.matching)", Self.values(selection, tenant))[0].int("n"))
    }

    /// Oldest first.
    func select(_ selection: RunSelection, limit: Int, tenant: TenantID, in tx: PostgresTransaction) async throws -> [RunID] {
        try await tx.query(
            "SELECT run_id \(Self.matching) ORDER BY started_at, run_id LIMIT $5", Self.values(selection, tenant) + [.int(Int64(limit))]
        ).map { RunID(rawValue: try $0.uuid("run_id")) }
    }

    private static func values(_ selection: RunSelection, _ tenant: TenantID) -> [PostgresValue] {
        [.uuid(tenant.rawValue), .text(selection.flow), .optional(selection.before), .bool(selection.isPaused)]
    }
}
