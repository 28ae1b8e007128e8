/// What libpq hands out while a COPY runs.
enum CopyResult: Sendable, Equatable {
    case ready
    case finished(rows: Int)
    case failed(PostgresError)
    /// libpq's NULL at the end.
    case end
}

/// One COPY into a table, from its statement to the moment when the connection is a pipeline again. Pure.
struct CopyStateMachine {
    private enum State: Equatable {
        /// The statement is on its way. May become `accepting` or `draining`.
        case starting
        /// Rows may be sent. May become `draining`.
        case accepting
        /// No more rows. Waits for the server's last word; may become `ended`.
        case draining(Result<Int, PostgresError>?)
        /// Stays.
        case ended
    }

    enum Action: Equatable {
        case none
        case accept
        case end(Result<Int, PostgresError>)
        /// The COPY was another kind of statement, which cannot be left in an orderly way.
        case abandon(PostgresError)
    }

    private var state = State.starting

    var acceptsRows: Bool { state == .accepting }
    /// Results are to be fetched. While rows are accepted libpq has only the same result again and again.
    var expectsResults: Bool {
        switch state {
        case .starting, .draining: true
        case .accepting, .ended: false
        }
    }

    mutating func received(_ result: CopyResult) -> Action {
        switch (state, result) {
        case (.starting, .ready):
            state = .accepting
            return .accept
        case (.draining(nil), .finished(let rows)): state = .draining(.success(rows))
        case (.starting, .failed(let error)), (.draining(nil), .failed(let error)): state = .draining(.failure(error))
        case (.draining(let outcome?), .end):
            state = .ended
            return .end(outcome)
        case (.draining, .failed), (.draining, .finished): break
        default:
            state = .ended
            return .abandon(.invalidParameter("the statement is not COPY … FROM STDIN"))
        }
        return .none
    }

    /// False where rows are not accepted: there is nothing to end.
    mutating func endRows() -> Bool {
        guard state == .accepting else { return false }
        state = .draining(nil)
        return true
    }
}
