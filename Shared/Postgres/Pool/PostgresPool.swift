public import Identity
public import Logging

/// Connections to one database under one role. Every use is a transaction, because row-level security needs the tenant to be set
/// for exactly as long as the statements run.
public final class PostgresPool: Sendable, PoolStatisticsSource {
    public let configuration: PostgresConfiguration
    let core: PoolCore
    private let observer: (any TransactionObserver)?

    /// Connects when first used. Refuses a configuration that would send statements in the clear to another machine.
    public init(configuration: PostgresConfiguration, logger: Logger, observer: (any TransactionObserver)? = nil) throws(PostgresError) {
        if let problem = configuration.transportProblem { throw .insecureTransport(problem) }
        self.configuration = configuration
        self.observer = observer
        do { core = try PoolCore(configuration: configuration, logger: logger) } catch {
            throw .unavailable("\(error)")
        }
    }

    deinit { core.submit { $0.close() } }

    /// Runs `body` in a transaction that sees only `tenant`'s rows. Nothing is retried. Commits when `body` returns, rolls back when
    /// it throws. A statement that still runs at `deadline` is stopped and throws ``PostgresError/timeout``.
    public func withTenant<T: Sendable>(
        _ tenant: TenantID, deadline: ContinuousClock.Instant? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (PostgresTransaction) async throws -> T
    ) async throws -> T {
        try await run(opening: [.begin, .tenant(tenant.description)], deadline, body)
    }

    /// Runs `body` in a transaction without a tenant: for roles that are granted more than one tenant's rows.
    public func withTransaction<T: Sendable>(
        deadline: ContinuousClock.Instant? = nil, isolation: isolated (any Actor)? = #isolation, _ body: (PostgresTransaction) async throws -> T
    ) async throws -> T {
        try await run(opening: [.begin], deadline, body)
    }

    /// The tenant and all statements as one transaction in one flush and one round trip: for what needs no answer in between. Such
    /// transactions of many callers follow each other on one connection without waiting. Either all statements take effect or none.
    ///
    /// Statements that begin or end a transaction are refused. A task that is cancelled stops its batch where that harms nobody else's;
    /// otherwise the batch runs to its end, which the statement timeout bounds.
    @discardableResult
    public func batch(
        tenant: TenantID?, _ statements: [Statement], deadline: ContinuousClock.Instant? = nil
    ) async throws(PostgresError) -> [[PostgresRow]] {
        guard !Task.isCancelled else { throw .cancelled }
        guard !statements.isEmpty else { return [] }
        var bound: [BoundStatement] = []
        bound.reserveCapacity(statements.count + 1)
        if let tenant { bound.append(try .tenant(tenant.description)) }
        for statement in statements {
            let statement = try BoundStatement(statement)
            guard !statement.controlsTransaction else { throw .invalidParameter("a batch is one transaction already") }
            bound.append(statement)
        }
        let started = ContinuousClock.now
        let result = await run(bound, statementCount: statements.count, deadline)
        observer?.transactionEnded(
            TransactionRecord(isBatch: true, statements: statements.count, started: started, duration: .now - started, error: result.failure))
        return try result.get().map(\.rows)
    }

    /// True where the server answers.
    public func isReachable() async -> Bool {
        do { return try await batch(tenant: nil, [Statement("SELECT 1")]).count == 1 } catch { return false }
    }

    public var poolName: String { "\(configuration.database)/\(configuration.user)" }

    public func statistics() async -> PoolStatistics { await core.statistics }

    /// Idle connections close now, others at the end of their transaction. Whoever waits or comes later is refused.
    public func close() async { await core.close() }

    private func run(
        _ statements: [BoundStatement], statementCount: Int, _ deadline: ContinuousClock.Instant?
    ) async -> Result<[ResultSet], PostgresError> {
        let ticket = RequestTicket()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let call = BatchCall(statements, statementCount: statementCount, deadline: deadline, ticket: ticket) {
                    continuation.resume(returning: $0)
                }
                core.submit { $0.run(call) }
            }
        } onCancel: {
            core.submit { $0.cancel(ticket, reason: .cancelled) }
        }
    }

    private func run<T: Sendable>(
        opening: [BoundStatement], _ deadline: ContinuousClock.Instant?, isolation: isolated (any Actor)? = #isolation,
        _ body: (PostgresTransaction) async throws -> T
    ) async throws -> T {
        let transaction = PostgresTransaction(core: core, slot: TransactionSlot(opening: opening, deadline: deadline))
        let started = ContinuousClock.now
        do {
            let value = try await body(transaction)
            try await transaction.commit()
            ended(transaction, started, nil)
            return value
        } catch {
            await transaction.rollBack()
            ended(transaction, started, error)
            throw error
        }
    }

    private func ended(_ transaction: PostgresTransaction, _ started: ContinuousClock.Instant, _ error: (any Error)?) {
        observer?.transactionEnded(
            TransactionRecord(
                isBatch: false, statements: transaction.statementCount, started: started, duration: .now - started, error: error))
    }
}
