/// A COPY in progress on one connection, and who waits for what.
final class CopySession {
    typealias RowCount = @Sendable (Result<Int, PostgresError>) -> Void
    typealias Done = @Sendable (Result<Void, PostgresError>) -> Void

    var machine = CopyStateMachine()
    /// Waits for the server to take the statement, or for the socket to take the bytes.
    var onAccept: Done?
    /// Waits for the server's last word.
    var onEnd: RowCount?
    /// The server's last word, where nobody waited for it yet.
    var outcome: Result<Int, PostgresError>?

    init(onAccept: @escaping Done) { self.onAccept = onAccept }

    var isWaiting: Bool { onAccept != nil || machine.expectsResults }

    func failAll(_ reason: PostgresError) -> [() -> Void] {
        let accept = onAccept
        let end = onEnd
        (onAccept, onEnd) = (nil, nil)
        return [{ accept?(.failure(reason)) }, { end?(.failure(reason)) }]
    }
}

/// The connection's other mode: rows flow towards the server, and no more than one piece of them waits in memory.
extension PipelineConnection {
    func beginCopy(_ sql: String, reply: @escaping CopySession.Done) -> Outcome {
        guard canCopy else { return Outcome(answers: [{ reply(.failure(.unavailable("the connection is busy"))) }]) }
        guard libpq.leavePipeline(), libpq.sendCopy(sql) else {
            var outcome = lose(.unavailable(libpq.errorMessage))
            outcome.answers.append { reply(.failure(.unavailable("COPY could not be sent"))) }
            return outcome
        }
        copy = CopySession(onAccept: reply)
        noteProgress()
        return continueCopy(reading: false)
    }

    func writeCopy(_ bytes: [UInt8], reply: @escaping CopySession.Done) -> Outcome {
        guard let copy, copy.machine.acceptsRows, copy.onAccept == nil else {
            let failure = self.copy?.outcome
            return Outcome(answers: [{ reply(.failure(failure.flatMap(\.failure) ?? .transactionAborted)) }])
        }
        copy.onAccept = reply
        noteProgress()
        guard libpq.putCopyData(bytes) else { return lose(.unavailable(libpq.errorMessage)) }
        return continueCopy(reading: false)
    }

    /// With a message the server refuses the rows that it got.
    func endCopy(refusing message: String?, reply: @escaping CopySession.RowCount) -> Outcome {
        guard let copy else { return Outcome(answers: [{ reply(.failure(.unavailable("the connection was lost"))) }]) }
        if let outcome = copy.outcome {
            self.copy = nil
            return Outcome(answers: [{ reply(outcome) }])
        }
        copy.onEnd = reply
        return finishRows(refusing: message)
    }

    private func finishRows(refusing message: String?) -> Outcome {
        guard let copy, copy.machine.endRows() else { return Outcome() }
        noteProgress()
        guard libpq.putCopyEnd(refusing: message) else { return lose(.unavailable(libpq.errorMessage)) }
        return continueCopy(reading: false)
    }

    func continueCopy(reading: Bool = true) -> Outcome {
        guard let copy else { return Outcome() }
        if reading {
            let hasSpoken = copy.machine.acceptsRows && hasInput
            guard libpq.consumeInput() else { return lose(.unavailable(libpq.errorMessage)) }
            // While it takes rows the server is silent unless it refuses them, which libpq would keep to itself until the end.
            if hasSpoken { return finishRows(refusing: "the server spoke during COPY") }
        }
        var outcome = Outcome()
        flushCopy(copy, &outcome)
        if case .nothing = outcome.event { takeCopyResults(copy, &outcome) }
        return outcome
    }

    private func flushCopy(_ copy: CopySession, _ outcome: inout Outcome) {
        switch libpq.flush() {
        case .failed: outcome = lose(.unavailable(libpq.errorMessage))
        case .pending: watch(for: [.reading, .writing])
        case .done:
            watch(for: .reading)
            guard copy.machine.acceptsRows, let accept = copy.onAccept else { return }
            copy.onAccept = nil
            outcome.answers.append { accept(.success(())) }
        }
    }

    private func takeCopyResults(_ copy: CopySession, _ outcome: inout Outcome) {
        while copy.machine.expectsResults, !libpq.isBusy {
            noteProgress()
            switch copy.machine.received(libpq.nextCopyResult()) {
            case .none: break
            case .accept:
                let accept = copy.onAccept
                copy.onAccept = nil
                outcome.answers.append { accept?(.success(())) }
            case .abandon(let error):
                let answers = outcome.answers
                outcome = lose(error)
                outcome.answers = answers + outcome.answers
                return
            case .end(let result): finish(copy, result, &outcome)
            }
        }
    }

    private func finish(_ copy: CopySession, _ result: Result<Int, PostgresError>, _ outcome: inout Outcome) {
        if result.failure != nil { outcome.statementFailures += 1 }
        guard libpq.enterPipeline() else {
            outcome = lose(.unavailable(libpq.errorMessage))
            return
        }
        // Refused at the start or between two pieces: whoever comes next is told.
        if let accept = copy.onAccept {
            copy.onAccept = nil
            outcome.answers.append { accept(result.map { _ in }) }
        }
        guard let end = copy.onEnd else {
            copy.outcome = result
            return
        }
        self.copy = nil
        outcome.answers.append { end(result) }
    }
}

extension Result {
    var failure: Failure? { if case .failure(let failure) = self { failure } else { nil } }
}
