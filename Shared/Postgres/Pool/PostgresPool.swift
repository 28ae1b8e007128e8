public import Identity
public import Logging
internal import Synchronization

/// Connections to one database under one role. Every use is a transaction, because row-level security needs the tenant to be set
/// for exactly as long as the statements run.
public final class PostgresPool: Sendable {
    public let configuration: PostgresConfiguration
    let core: PoolCore
    private let nextWaiter = Atomic<Int>(0)

    /// Connects when first used.
    public init(configuration: PostgresConfiguration, logger: Logger) throws(PostgresError) {
        self.configuration = configuration
        do { core = try PoolCore(configuration: configuration, logger: logger) } catch {
            throw .unavailable("\(error)")
        }
    }

    deinit { core.submit { $0.close() } }

    /// Runs `body` in a transaction that sees only `tenant`'s rows. Nothing is retried. Commits when `body` returns, rolls back when
    /// it throws.
    public func withTenant<T: Sendable>(
        _ tenant: TenantID, isolation: isolated (any Actor)? = #isolation, _ body: (PostgresTransaction) async throws -> T
    ) async throws -> T {
        try await run(opening: Self.opening(tenant: tenant), body)
    }

    /// Runs `body` in a transaction without a tenant: for roles that are granted more than one tenant's rows.
    public func withTransaction<T: Sendable>(
        isolation: isolated (any Actor)? = #isolation, _ body: (PostgresTransaction) async throws -> T
    ) async throws -> T {
        try await run(opening: Self.opening(tenant: nil), body)
    }

    /// BEGIN, the tenant, all statements and COMMIT in one flush: one round trip for a transaction that needs no answer in between.
    @discardableResult
    public func batch(tenant: TenantID?, _ statements: [Statement]) async throws(PostgresError) -> [[PostgresRow]] {
        var bound = try Self.opening(tenant: tenant)
        let prefix = bound.count
        for statement in statements { bound.append(try BoundStatement(statement)) }
        bound.append(try BoundStatement("COMMIT"))
        let lease = try await acquire()
        let transaction = PostgresTransaction(core: core, lease: lease, opening: [])
        do {
            let results = try await transaction.send(bound, commits: true)
            release(lease, reusable: true)
            return results.dropFirst(prefix).dropLast().map(\.rows)
        } catch {
            // A failed statement leaves the transaction open, because the COMMIT behind it was skipped.
            let isClean = await transaction.rollBackAfterFailedBatch()
            release(lease, reusable: isClean)
            throw error
        }
    }

    /// True where the server answers.
    public func isReachable() async -> Bool {
        do { return try await batch(tenant: nil, [Statement("SELECT 1")]).count == 1 } catch { return false }
    }

    public func statistics() async -> PoolStatistics { await core.statistics }

    /// Idle connections close now, others at the end of their transaction. Whoever waits or comes later is refused.
    public func close() async { await core.close() }

    private func run<T: Sendable>(
        opening: [BoundStatement], isolation: isolated (any Actor)? = #isolation, _ body: (PostgresTransaction) async throws -> T
    ) async throws -> T {
        let lease = try await acquire()
        let transaction = PostgresTransaction(core: core, lease: lease, opening: opening)
        let value: T
        do { value = try await body(transaction) } catch {
            release(lease, reusable: await transaction.rollBack())
            throw error
        }
        do { try await transaction.commit() } catch {
            release(lease, reusable: await transaction.rollBack())
            throw error
        }
        release(lease, reusable: true)
        return value
    }

    private static func opening(tenant: TenantID?) throws(PostgresError) -> [BoundStatement] {
        let begin = try BoundStatement("BEGIN")
        guard let tenant else { return [begin] }
        return [begin, try BoundStatement("SELECT set_config('app.tenant', $1, true)", [.text(tenant.description)])]
    }

    private func acquire() async throws(PostgresError) -> Lease {
        guard !Task.isCancelled else { throw .cancelled }
        let waiter = nextWaiter.add(1, ordering: .relaxed).newValue
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<Lease, PostgresError>, Never>) in
                core.submit { $0.acquire(waiter) { continuation.resume(returning: $0) } }
            }
        } onCancel: {
            core.submit { $0.abandon(waiter) }
        }
        return try outcome.get()
    }

    private func release(_ lease: Lease, reusable: Bool) { core.submit { $0.release(lease, reusable: reusable) } }
}
