internal import Postgres

/// Forgets answers that are older than any retry, a bounded number at a time.
struct IdempotencySweeper: Sendable {
    static let batch = 1000
    static let batchesMax = 100
    static let pause = Duration.seconds(300)

    private static let sweep = """
        DELETE FROM idempotency_key AS k USING (
            SELECT tenant_id, method, key FROM idempotency_key WHERE expires_at < now() ORDER BY expires_at LIMIT $1
        ) AS old
        WHERE k.tenant_id = old.tenant_id AND k.method = old.method AND k.key = old.key
        RETURNING 1 AS gone
        """

    /// Of the system role.
    let pool: PostgresPool

    /// The number of answers forgotten.
    func sweep(batch: Int = Self.batch) async throws -> Int {
        var total = 0
        for _ in 0..<Self.batchesMax {
            let gone = try await pool.batch(tenant: nil, [Statement(Self.sweep, [.int(Int64(batch))])])[0].count
            total += gone
            if gone < batch { break }
        }
        return total
    }

    func run() async throws {
        while !Task.isCancelled {
            _ = try await sweep()
            try await Task.sleep(for: Self.pause)
        }
    }
}
