/// What libpq hands out in pipeline mode, one after the other.
enum PipelineResult: Sendable {
    case finished(ResultSet)
    case failed(ServerErrorReport)
    /// An earlier statement before the same sync failed.
    case aborted
    /// libpq's NULL after each statement.
    case endOfStatement
    case sync
}

/// Statements that go out together and end with one sync.
struct PipelineRequest: Sendable, Equatable {
    enum Step: Sendable, Equatable {
        /// Its result is not the caller's.
        case prepare(name: String)
        case execute
    }

    let id: Int
    let steps: [Step]
    /// While its answer is outstanding, a lost connection leaves the outcome unknown.
    var commits = false
}

/// Matches what the server answers with what was sent, in order. Pure.
struct ConnectionStateMachine {
    private enum State {
        /// May become `open` or `closed`.
        case connecting
        /// May become `closed`. The first of the requests is the one whose results arrive.
        case open([InFlight])
        /// Stays.
        case closed
    }

    fileprivate struct InFlight {
        let request: PipelineRequest
        var nextStep = 0
        var results: [ResultSet] = []
        var failure: ServerErrorReport?
        var size = (rows: 0, bytes: 0)
    }

    struct Completion {
        let request: PipelineRequest
        let outcome: Result<[ResultSet], PostgresError>
    }

    enum ReceiveAction {
        case none
        case complete(Completion)
        case prepared(name: String)
        case prepareFailed(name: String)
        case statementFailed(ServerErrorReport)
        /// libpq or the server broke the protocol.
        case protocolViolation(String)
    }

    private var state = State.connecting
    private let maximumRows: Int
    private let maximumBytes: Int

    init(maximumRows: Int, maximumBytes: Int) {
        self.maximumRows = maximumRows
        self.maximumBytes = maximumBytes
    }

    var expectsResults: Bool {
        if case .open(let requests) = state { !requests.isEmpty } else { false }
    }

    var isOpen: Bool { if case .open = state { true } else { false } }

    mutating func established() {
        if case .connecting = state { state = .open([]) }
    }

    /// False where the connection is not open: nothing may be sent.
    mutating func submit(_ request: PipelineRequest) -> Bool {
        guard case .open(var requests) = state else { return false }
        requests.append(InFlight(request: request))
        state = .open(requests)
        return true
    }

    mutating func received(_ result: PipelineResult) -> ReceiveAction {
        guard case .open(var requests) = state, !requests.isEmpty else { return .protocolViolation("a result that nobody asked for") }
        // Detached while it changes, so that its results are not copied.
        state = .open([])
        var current = requests.removeFirst()
        let action = current.receive(result) { $0.rows > maximumRows || $0.bytes > maximumBytes }
        if case .complete = action {} else { requests.insert(current, at: 0) }
        state = .open(requests)
        return action
    }

    /// Everything that was outstanding fails.
    mutating func lost(_ reason: PostgresError) -> [Completion] {
        guard case .open(let requests) = state else {
            state = .closed
            return []
        }
        state = .closed
        return requests.map { Completion(request: $0.request, outcome: .failure($0.request.commits ? .commitOutcomeUnknown : reason)) }
    }
}

extension ConnectionStateMachine.InFlight {
    fileprivate mutating func receive(_ result: PipelineResult, isTooLarge: ((rows: Int, bytes: Int)) -> Bool) -> ConnectionStateMachine.ReceiveAction
    {
        switch result {
        case .endOfStatement:
            nextStep += 1
            return .none
        case .sync:
            return .complete(.init(request: request, outcome: outcome(isTooLarge(size))))
        case .finished(let set):
            guard request.steps.indices.contains(nextStep) else { return .protocolViolation("more results than statements") }
            if case .prepare(let name) = request.steps[nextStep] { return .prepared(name: name) }
            size.rows += set.rowCount
            size.bytes += set.byteCount
            // What will be refused need not be kept.
            if isTooLarge(size) { results = [] } else { results.append(set) }
            return .none
        case .failed(let report):
            if failure == nil { failure = report }
            if request.steps.indices.contains(nextStep), case .prepare(let name) = request.steps[nextStep] { return .prepareFailed(name: name) }
            return .statementFailed(report)
        case .aborted:
            if request.steps.indices.contains(nextStep), case .prepare(let name) = request.steps[nextStep] { return .prepareFailed(name: name) }
            return .none
        }
    }

    private func outcome(_ isTooLarge: Bool) -> Result<[ResultSet], PostgresError> {
        if let failure { return .failure(failure.error) }
        if isTooLarge { return .failure(.resultTooLarge(rows: size.rows, bytes: size.bytes)) }
        // The server answers COMMIT of a failed transaction with ROLLBACK and no error.
        if request.commits, results.last?.commandTag != "COMMIT" { return .failure(.transactionAborted) }
        return .success(results)
    }
}
