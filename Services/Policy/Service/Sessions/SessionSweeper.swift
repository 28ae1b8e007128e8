internal import FoundationEssentials
internal import Identity
internal import Logging
internal import PolicyCore
internal import Postgres
internal import SessionRules

/// Deletes the states of sessions that no rule can look back to any more.
///
/// To delete one must never loosen a rule: a state is kept until its last change is further back than any rule of the bundles that may
/// decide here could look, and then as long again, so that no clock that goes wrong by less than that matters.
struct SessionSweeper: Sendable {
    static let interval = Duration.seconds(3600)
    private static let batch = 1_000
    private static let tenantsMax = 1_000
    /// What a bundle may look back at most is held when it is compiled; rules of an event schema with more are kept for longer.
    private static let memoryMin = SessionRuleSet.empty.schema.windowMaxMicros

    let parts: PolicyParts
    let logger: Logger

    func run(system: PostgresPool) async throws {
        while !Task.isCancelled {
            do { try await sweep(system: system) } catch {
                logger.error("session states not swept", metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: Self.interval)
        }
    }

    /// Returns how many states are gone.
    @discardableResult
    func sweep(system: PostgresPool) async throws -> Int {
        let before = cutoff(memory: Self.memoryMin)
        let tenants = try await system.withTransaction { tx in
            try await tx.query(
                "SELECT DISTINCT tenant_id FROM session_state WHERE updated_at < $1 LIMIT $2", [.timestamp(before), .int(Int64(Self.tenantsMax))]
            ).map { TenantID(rawValue: try $0.uuid("tenant_id")) }
        }
        var gone = 0
        for tenant in tenants {
            // One whose policies cannot be read keeps its states, and keeps nobody else's.
            do { gone += try await sweep(tenant) } catch {
                logger.error("session states not swept", metadata: ["tenant": "\(tenant)", "error": "\(error)"])
            }
        }
        return gone
    }

    private func sweep(_ tenant: TenantID) async throws -> Int {
        var gone = 0
        while true {
            let swept = try await parts.pool.withTenant(tenant) { tx in
                let memory = try await memory(tenant: tenant, in: tx)
                // Whoever decides in a session right now has its row locked, and is about to touch it.
                return try await tx.execute(
                    """
                    DELETE FROM session_state WHERE tenant_id = $1 AND session IN (
                        SELECT session FROM session_state WHERE tenant_id = $1 AND updated_at < $2 ORDER BY session LIMIT $3
                        FOR UPDATE SKIP LOCKED)
                    """, [.uuid(tenant.rawValue), .timestamp(cutoff(memory: memory)), .int(Int64(Self.batch))])
            }
            gone += swept
            if swept < Self.batch { return gone }
        }
    }

    /// How far the rules can look back that decide here or may be put in force without being checked again. A bundle that cannot be
    /// read keeps everything: nobody knows what it asks.
    private func memory(tenant: TenantID, in tx: PostgresTransaction) async throws -> Int64 {
        let pointers = try await parts.bundles.pointers(tenant: tenant, in: tx)
        var memory = Self.memoryMin
        for digest in [pointers.active, pointers.shadow].compactMap(\.self) {
            memory = max(memory, try await parts.bundle(digest, tenant: tenant, in: tx).sessionRules.schema.windowMaxMicros)
        }
        return memory
    }

    private func cutoff(memory: Int64) -> Date { parts.now().addingTimeInterval(-2 * Double(memory) / 1_000_000) }
}
