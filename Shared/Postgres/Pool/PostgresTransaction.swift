internal import Synchronization

/// One transaction on one connection, valid until the closure that got it ends. Statements of child tasks run one after the other.
public final class PostgresTransaction: Sendable {
    enum Phase {
        /// May become failed or ended.
        case open
        /// A statement failed; only going back to a savepoint or rolling back is of use. May become open or ended.
        case failed
        /// Stays.
        case ended
    }

    struct State {
        var phase = Phase.open
        /// Savepoints begun and released: they go out with the next statement.
        var frames: [BoundStatement] = []
        var savepoints = 0
        var statements = 0
    }

    let core: PoolCore
    let slot: TransactionSlot
    let state = Mutex(State())
    private let afterwards = Mutex<[@Sendable () -> Void]>([])

    init(core: PoolCore, slot: TransactionSlot) {
        self.core = core
        self.slot = slot
    }

    @discardableResult
    public func query(_ sql: String, _ parameters: [PostgresValue] = []) async throws(PostgresError) -> [PostgresRow] {
        try await run([try BoundStatement(sql, parameters)]).first?.rows ?? []
    }

    /// The number of rows that the statement changed.
    @discardableResult
    public func execute(_ sql: String, _ parameters: [PostgresValue] = []) async throws(PostgresError) -> Int {
        try await run([try BoundStatement(sql, parameters)]).first?.affectedRows ?? 0
    }

    /// All statements in one flush. One that fails stops those after it.
    @discardableResult
    public func pipeline(_ statements: [(String, [PostgresValue])]) async throws(PostgresError) -> [[PostgresRow]] {
        var bound: [BoundStatement] = []
        for (sql, parameters) in statements { bound.append(try BoundStatement(sql, parameters)) }
        return bound.isEmpty ? [] : try await run(bound).map(\.rows)
    }

    /// Runs `action` once this transaction has been committed, and never otherwise. It must not block.
    public func afterCommit(_ action: @escaping @Sendable () -> Void) { afterwards.withLock { $0.append(action) } }

    // MARK: Within the module

    var statementCount: Int { state.withLock { $0.statements } }

    func run(_ statements: [BoundStatement]) async throws(PostgresError) -> [ResultSet] {
        guard !Task.isCancelled else { throw .cancelled }
        let frames = try state.withLock { state throws(PostgresError) -> [BoundStatement] in
            guard state.phase == .open else { throw .transactionAborted }
            state.statements += statements.count
            defer { state.frames = [] }
            return state.frames
        }
        do { return try await send(frames + statements).get() } catch {
            state.withLock { if $0.phase == .open { $0.phase = .failed } }
            throw error
        }
    }

    func commit() async throws(PostgresError) {
        guard !Task.isCancelled else { throw .cancelled }
        try state.withLock { state throws(PostgresError) in
            // The body caught a failure and returned: a COMMIT would silently roll back.
            guard state.phase == .open else { throw .transactionAborted }
            state.phase = .ended
        }
        // Not subject to cancellation: a COMMIT that is under way is let go through, so that its outcome is known.
        _ = try await reply { core, slot, reply in core.end(slot, with: [.commit], commits: true, reply: reply) }.get()
        for action in afterwards.withLock({ $0 }) { action() }
    }

    /// Gives the connection back. Not subject to cancellation.
    func rollBack() async {
        state.withLock { $0.phase = .ended }
        _ = await reply { core, slot, reply in core.end(slot, with: [.rollback], commits: false, reply: reply) }
    }

    /// Not subject to cancellation.
    func sendToTheEnd(_ statements: [BoundStatement]) async -> Result<[ResultSet], PostgresError> {
        await reply { core, slot, reply in core.send(.init(statements: statements, ticket: RequestTicket(), reply: reply), in: slot) }
    }

    private func send(_ statements: [BoundStatement]) async -> Result<[ResultSet], PostgresError> {
        let ticket = RequestTicket()
        return await withTaskCancellationHandler {
            await reply { core, slot, reply in core.send(.init(statements: statements, ticket: ticket, reply: reply), in: slot) }
        } onCancel: {
            core.submit { $0.cancel(ticket, reason: .cancelled) }
        }
    }

    /// The answer that `start` brings about on the loop's thread.
    func reply<T: Sendable>(
        _ start: @escaping @Sendable (isolated PoolCore, TransactionSlot, @escaping @Sendable (Result<T, PostgresError>) -> Void) -> Void
    ) async -> Result<T, PostgresError> {
        await withCheckedContinuation { continuation in
            core.submit { [slot] core in start(core, slot) { continuation.resume(returning: $0) } }
        }
    }
}
