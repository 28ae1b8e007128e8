internal import Synchronization

/// One transaction on one connection, valid until the closure that got it ends. Statements of child tasks run one after the other.
public final class PostgresTransaction: Sendable {
    private enum Phase {
        /// BEGIN has not been sent: it goes out with the first statement. May become any other.
        case unopened([BoundStatement])
        /// May become failed or ended.
        case open
        /// A statement failed; only ROLLBACK is of use. May become ended.
        case failed
        /// Stays.
        case ended
    }

    private let core: PoolCore
    private let lease: Lease
    private let phase: Mutex<Phase>
    private let afterwards = Mutex<[@Sendable () -> Void]>([])

    init(core: PoolCore, lease: Lease, opening: [BoundStatement]) {
        self.core = core
        self.lease = lease
        phase = Mutex(opening.isEmpty ? .open : .unopened(opening))
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

    private func run(_ statements: [BoundStatement]) async throws(PostgresError) -> [ResultSet] {
        let opening = try phase.withLock { phase throws(PostgresError) -> [BoundStatement] in
            switch phase {
            case .unopened(let opening):
                phase = .open
                return opening
            case .open: return []
            case .failed, .ended: throw .transactionAborted
            }
        }
        let results: [ResultSet]
        do { results = try await send(opening + statements, commits: false) } catch {
            phase.withLock { if case .open = $0 { $0 = .failed } }
            throw error
        }
        return Array(results.dropFirst(opening.count))
    }

    // MARK: The pool's side

    func send(_ statements: [BoundStatement], commits: Bool) async throws(PostgresError) -> [ResultSet] {
        guard !Task.isCancelled else { throw .cancelled }
        let ticket = RequestTicket()
        let outcome = await withTaskCancellationHandler {
            await reply { core, lease, reply in
                core.send(lease, statements, commits: commits, started: { ticket.request = $0 }, reply: reply)
            }
        } onCancel: {
            // A COMMIT that is under way is let go through, so that its outcome is known.
            if !commits { core.submit { [lease] core in if let request = ticket.request { core.cancel(lease, request: request) } } }
        }
        return try outcome.get()
    }

    func commit() async throws(PostgresError) {
        let hasWork = try phase.withLock { phase throws(PostgresError) -> Bool in
            switch phase {
            case .unopened:
                phase = .ended
                return false
            case .open: return true
            // The body caught a failure and returned: a COMMIT would silently roll back.
            case .failed, .ended: throw .transactionAborted
            }
        }
        if hasWork {
            _ = try await send([try BoundStatement("COMMIT")], commits: true)
            phase.withLock { $0 = .ended }
        }
        for action in afterwards.withLock({ $0 }) { action() }
    }

    /// Whether the connection can be used again. Not subject to cancellation.
    func rollBack() async -> Bool {
        let wasOpen = phase.withLock { phase in
            defer { phase = .ended }
            switch phase {
            case .open, .failed: return true
            case .unopened, .ended: return false
            }
        }
        guard wasOpen else { return true }
        return await rollBackAfterFailedBatch()
    }

    func rollBackAfterFailedBatch() async -> Bool {
        guard let statement = try? BoundStatement("ROLLBACK") else { return false }
        let outcome = await reply { core, lease, reply in core.send(lease, [statement], commits: false, reply: reply) }
        if case .success = outcome { return true }
        return false
    }

    private func reply(
        _ start: @escaping @Sendable (isolated PoolCore, Lease, @escaping PoolCore.Reply) -> Void
    ) async -> Result<[ResultSet], PostgresError> {
        await withCheckedContinuation { continuation in
            core.submit { [lease] core in start(core, lease) { continuation.resume(returning: $0) } }
        }
    }
}

/// The number of a request, once it has one.
private final class RequestTicket: @unchecked Sendable {
    // SAFETY: read and written on the loop's thread only.
    var request: Int?
}
