internal import Synchronization

extension PostgresTransaction {
    /// Runs `body` so that its failure undoes what it did and nothing else: the transaction goes on. May be nested; not from two child
    /// tasks at once, because the server keeps savepoints as a stack. A body without statements costs nothing.
    public func withSavepoint<T: Sendable>(
        isolation: isolated (any Actor)? = #isolation, _ body: (PostgresTransaction) async throws -> T
    ) async throws -> T {
        let name = try beginSavepoint()
        do {
            let value = try await body(self)
            try release(name)
            return value
        } catch {
            await rollBack(to: name)
            throw error
        }
    }

    private func beginSavepoint() throws(PostgresError) -> String {
        try state.withLock { state throws(PostgresError) in
            guard state.phase == .open else { throw .transactionAborted }
            state.savepoints += 1
            let name = "p\(state.savepoints)"
            state.frames.append(BoundStatement(frame: "SAVEPOINT \(name)", .silent))
            return name
        }
    }

    private func release(_ name: String) throws(PostgresError) {
        try state.withLock { state throws(PostgresError) in
            // The body caught a failure and returned: what it did is gone.
            guard state.phase == .open else { throw .transactionAborted }
            if state.forget(name) { return }
            state.frames.append(BoundStatement(frame: "RELEASE SAVEPOINT \(name)", .silent))
        }
    }

    /// Leaves the transaction failed where the server cannot be reached.
    private func rollBack(to name: String) async {
        let isUnsent = state.withLock { state in
            if state.forget(name) { return true }
            state.frames = []
            return state.phase == .ended
        }
        guard !isUnsent else { return }
        let outcome = await sendToTheEnd([
            BoundStatement(frame: "ROLLBACK TO SAVEPOINT \(name)", .silent), BoundStatement(frame: "RELEASE SAVEPOINT \(name)", .silent),
        ])
        guard case .success = outcome else { return }
        state.withLock { if $0.phase == .failed { $0.phase = .open } }
    }
}

extension PostgresTransaction.State {
    /// True where the savepoint was never sent: then neither is what was planned within it.
    fileprivate mutating func forget(_ name: String) -> Bool {
        guard let start = frames.firstIndex(where: { $0.sql == "SAVEPOINT \(name)" }) else { return false }
        frames.removeSubrange(start...)
        return true
    }
}
