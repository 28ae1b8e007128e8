internal import Synchronization

extension PostgresTransaction {
    /// Sends the rows that `body` writes by COPY, and returns their number once the server has taken them all. If `body` throws, or a
    /// row is refused, none of them stands and the transaction has failed. `timeout` replaces the statement timeout.
    public func copyIn(
        _ target: CopyTarget, timeout: Duration? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (CopyWriter) async throws -> Void
    ) async throws -> Int {
        let sql = try target.statement()
        // Also begins the transaction, because COPY cannot travel in a pipeline.
        _ = try await run(timeout.map { [try Self.statementTimeout($0)] } ?? [])
        let writer = CopyWriter(transaction: self, columnCount: target.columns.count)
        do {
            try await copyStep { core, slot, reply in core.beginCopy(slot, sql, reply: reply) }
            try await body(writer)
            try await writer.finish()
        } catch {
            writer.close()
            await failCopy()
            throw error
        }
        let rows = try await endCopy()
        if timeout != nil {
            let usual = try Self.statementTimeout(core.configuration.statementTimeout)
            state.withLock { $0.frames.append(usual) }
        }
        return rows
    }

    /// The rows of a sequence, asked for no faster than the server takes them.
    public func copyIn<Rows: AsyncSequence>(
        _ target: CopyTarget, timeout: Duration? = nil, isolation: isolated (any Actor)? = #isolation, rows: sending Rows
    ) async throws -> Int where Rows.Element == [PostgresValue] {
        try await copyIn(target, timeout: timeout) { writer in
            for try await row in rows { try await writer.write(row) }
        }
    }

    func copyPiece(_ bytes: [UInt8]) async throws(PostgresError) {
        try await copyStep { core, slot, reply in core.writeCopy(slot, bytes, reply: reply) }
    }

    /// A step of a cancelled task ends with the connection: nothing softer is certain to wake a server that is blocked by a lock.
    private func copyStep(
        _ start: @escaping @Sendable (isolated PoolCore, TransactionSlot, @escaping CopySession.Done) -> Void
    ) async throws(PostgresError) {
        guard !Task.isCancelled else { throw .cancelled }
        let outcome = await withTaskCancellationHandler {
            await reply(start)
        } onCancel: {
            core.submit { [slot] in $0.breakCopy(slot, reason: .cancelled) }
        }
        try outcome.get()
    }

    private func failCopy() async {
        state.withLock { if $0.phase == .open { $0.phase = .failed } }
        let _: Result<Int, PostgresError> = await reply { core, slot, reply in core.endCopy(slot, refusing: "the client gave up", reply: reply) }
    }

    private func endCopy() async throws(PostgresError) -> Int {
        let outcome: Result<Int, PostgresError> = await reply { core, slot, reply in core.endCopy(slot, refusing: nil, reply: reply) }
        do { return try outcome.get() } catch {
            state.withLock { if $0.phase == .open { $0.phase = .failed } }
            throw error
        }
    }

    private static func statementTimeout(_ duration: Duration) throws(PostgresError) -> BoundStatement {
        var statement = try BoundStatement("SELECT set_config('statement_timeout', $1, true)", [.text("\(duration.milliseconds)")])
        statement.role = .silent
        return statement
    }
}

extension PoolCore {
    func beginCopy(_ slot: TransactionSlot, _ sql: String, reply: @escaping CopySession.Done) {
        guard let connection = leased(slot) else { return reply(.failure(.unavailable("the connection was lost"))) }
        counts.statements += 1
        handle(connection.beginCopy(sql, reply: reply), of: connection)
    }

    func writeCopy(_ slot: TransactionSlot, _ bytes: [UInt8], reply: @escaping CopySession.Done) {
        guard let connection = leased(slot) else { return reply(.failure(.unavailable("the connection was lost"))) }
        handle(connection.writeCopy(bytes, reply: reply), of: connection)
    }

    func endCopy(_ slot: TransactionSlot, refusing message: String?, reply: @escaping CopySession.RowCount) {
        guard let connection = leased(slot) else { return reply(.failure(.unavailable("the connection was lost"))) }
        handle(connection.endCopy(refusing: message, reply: reply), of: connection)
    }

    func breakCopy(_ slot: TransactionSlot, reason: PostgresError) {
        guard let connection = leased(slot), connection.copy?.isWaiting == true else { return }
        handle(connection.lose(reason), of: connection)
    }

    private func leased(_ slot: TransactionSlot) -> PipelineConnection? {
        guard case .leased(let lease) = slot.state else { return nil }
        return connection(of: lease)
    }
}
