/// A request and what has come back for it so far.
struct InFlight {
    let request: PipelineRequest
    private var nextStep = 0
    private var results: [ResultSet] = []
    private var failure: PostgresError?
    private var cancelledFor: PostgresError?
    private var rows = 0
    private var bytes = 0

    init(request: PipelineRequest) { self.request = request }

    var wantedDetail: PipelineRequest.Detail {
        switch currentStep {
        case .execute(let name): .rows(name: name)
        case .commit: .tag
        case .close, .prepare, .silent, nil: .nothing
        }
    }

    mutating func mark(cancelledFor reason: PostgresError) { cancelledFor = cancelledFor ?? reason }

    /// Anything but a sync.
    mutating func receive(_ result: PipelineResult, rows rowsMax: Int, bytes bytesMax: Int) -> ConnectionStateMachine.ReceiveAction {
        switch result {
        case .endOfStatement:
            nextStep += 1
            return .none
        case .finished(let set):
            guard let step = currentStep else { return .protocolViolation("more results than statements") }
            return finish(step, set, rows: rowsMax, bytes: bytesMax)
        case .failed(let report):
            if failure == nil { failure = report.error }
            return unmade() ?? .statementFailed(report)
        case .aborted, .sync: return unmade() ?? .none
        }
    }

    /// What the sync, which is also the end of an atomic request's transaction, makes of it.
    func outcome(rows rowsMax: Int, bytes bytesMax: Int) -> Result<[ResultSet], PostgresError> {
        if let failure { return .failure(failure == .cancelled ? cancelledFor ?? failure : failure) }
        if rows > rowsMax || bytes > bytesMax { return .failure(.resultTooLarge(rows: rows, bytes: bytes)) }
        // The server answers COMMIT of a failed transaction with ROLLBACK and no error.
        if request.effect == .commits, results.last?.commandTag != "COMMIT" { return .failure(.transactionAborted) }
        return .success(results)
    }

    func outcome(ofLoss reason: PostgresError) -> Result<[ResultSet], PostgresError> {
        // The server said no, or yes, before it went.
        if let failure { return .failure(failure) }
        switch request.effect {
        case .open: return .failure(reason)
        case .atomic: return .failure(.commitOutcomeUnknown)
        case .commits: return results.last?.commandTag == "COMMIT" ? .success(results) : .failure(.commitOutcomeUnknown)
        }
    }

    private var currentStep: PipelineRequest.Step? { request.steps.indices.contains(nextStep) ? request.steps[nextStep] : nil }

    private mutating func finish(
        _ step: PipelineRequest.Step, _ set: ResultSet, rows rowsMax: Int, bytes bytesMax: Int
    ) -> ConnectionStateMachine.ReceiveAction {
        switch step {
        case .prepare(let name): return .prepared(name: name)
        case .close, .silent: break
        case .commit: results.append(set)
        case .execute:
            rows += set.rowCount
            bytes += set.byteCount
            // What will be refused need not be kept.
            if rows > rowsMax || bytes > bytesMax { results = [] } else { results.append(set) }
        }
        return .none
    }

    /// The current step did not come about.
    private func unmade() -> ConnectionStateMachine.ReceiveAction? {
        switch currentStep {
        case .prepare(let name): .prepareFailed(name: name)
        case .close(let name): .closeFailed(name: name)
        case .silent, .execute, .commit, nil: nil
        }
    }
}

/// Requests in the order in which they were sent. The first of them is changed in place, because it holds results.
struct RequestQueue {
    private var items: [InFlight] = []
    private var head = 0

    var count: Int { items.count - head }
    var isEmpty: Bool { head == items.count }
    var first: InFlight? { isEmpty ? nil : items[head] }

    mutating func append(_ item: InFlight) { items.append(item) }

    /// Not of an empty queue.
    mutating func updateFirst<T>(_ change: (inout InFlight) -> T) -> T { change(&items[head]) }

    /// Not of an empty queue.
    mutating func removeFirst() -> InFlight {
        let item = items[head]
        head += 1
        // A connection that never rests would grow the array otherwise.
        if head == items.count || head >= 64 {
            items.removeFirst(head)
            head = 0
        }
        return item
    }

    mutating func removeAll() -> ArraySlice<InFlight> {
        defer {
            items = []
            head = 0
        }
        return items[head...]
    }

    func isLast(_ request: Int) -> Bool { !isEmpty && items[items.count - 1].request.id == request }

    /// False where it is not among them.
    mutating func mark(_ request: Int, cancelledFor reason: PostgresError) -> Bool {
        guard let index = items[head...].firstIndex(where: { $0.request.id == request }) else { return false }
        items[index].mark(cancelledFor: reason)
        return true
    }
}
