internal import Identity
internal import LedgerCore
internal import Postgres
internal import Receipts
internal import Trust

/// Rebuilds the growing edge of a log from what is stored: leaf hashes of the last entries, roots of the last tiles.
enum LogEdge {
    static func read(_ tenant: TenantID, size: UInt64, in transaction: PostgresTransaction) async throws -> LogFrontier {
        var partial: [[SHA256Digest]] = []
        for level in 0..<LogFrontier.levels(of: size) {
            let count = LogFrontier.partialCount(size: size, level: level)
            let first = (size >> UInt64(HashTile.height * level)) - count
            partial.append(try await hashes(level, from: first, count: count, tenant: tenant, in: transaction))
        }
        guard let edge = LogFrontier(size: size, partial: partial) else {
            throw PostgresError.unreadableColumn("log_head.size", reason: "does not agree with the entries and tiles stored")
        }
        return edge
    }

    private static func hashes(
        _ level: Int, from first: UInt64, count: UInt64, tenant: TenantID, in transaction: PostgresTransaction
    ) async throws -> [SHA256Digest] {
        guard count > 0 else { return [] }
        let bounds: [PostgresValue] = [.uuid(tenant.rawValue), .int(Int64(first)), .int(Int64(first + count))]
        if level == 0 {
            return try await transaction.query(
                "SELECT leaf_hash AS hash FROM entry WHERE tenant_id = $1 AND index >= $2 AND index < $3 ORDER BY index", bounds
            ).map { try $0.digest("hash") }
        }
        return try await transaction.query(
            "SELECT root AS hash FROM tile WHERE tenant_id = $1 AND level = $4 AND index >= $2 AND index < $3 ORDER BY index",
            bounds + [.int(Int64(level - 1))]
        ).map { try $0.digest("hash") }
    }
}
