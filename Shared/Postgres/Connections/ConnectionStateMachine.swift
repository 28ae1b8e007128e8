/// Matches what the server answers with what was sent, in order. Pure.
///
/// A cancellation hits whatever the server runs when it arrives. So it is sent only while nothing of anybody else's is under way, and
/// every answer is held back until it was sent: nobody can begin something new that it would hit.
struct ConnectionStateMachine {
    private enum Phase {
        /// May become `open` or `closed`.
        case connecting
        /// May become `closed`.
        case open
        /// Stays.
        case closed
    }

    struct Completion {
        let request: PipelineRequest
        let outcome: Result<[ResultSet], PostgresError>
    }

    enum ReceiveAction {
        case none
        case complete(Completion)
        /// The answer waits until the cancellation has been sent.
        case held
        case prepared(name: String)
        case prepareFailed(name: String)
        case closeFailed(name: String)
        case statementFailed(ServerErrorReport)
        /// libpq or the server broke the protocol.
        case protocolViolation(String)
    }

    enum Cancellation: Equatable {
        /// Send it now, then report ``cancellationSent()``.
        case send
        /// Requests of others come first: ask again when one is complete.
        case later
        /// Requests of others were sent behind it: it must run to its end.
        case impossible
    }

    private var phase = Phase.connecting
    private var requests = RequestQueue()
    private var isCancelling = false
    private var held: [Completion] = []
    private let maximumRows: Int
    private let maximumBytes: Int

    init(maximumRows: Int, maximumBytes: Int) {
        self.maximumRows = maximumRows
        self.maximumBytes = maximumBytes
    }

    var isOpen: Bool { phase == .open }
    var expectsResults: Bool { phase == .open && !requests.isEmpty }
    /// Nothing is under way, not even a cancellation.
    var isQuiet: Bool { requests.isEmpty && !isCancelling && held.isEmpty }

    /// How much of the next result is of use.
    var wantedDetail: PipelineRequest.Detail { requests.first?.wantedDetail ?? .nothing }

    mutating func established() { if phase == .connecting { phase = .open } }

    /// False where the connection is not open: nothing may be sent.
    mutating func submit(_ request: PipelineRequest) -> Bool {
        guard phase == .open else { return false }
        requests.append(InFlight(request: request))
        return true
    }

    mutating func received(_ result: PipelineResult) -> ReceiveAction {
        guard phase == .open, !requests.isEmpty else { return .protocolViolation("a result that nobody asked for") }
        guard case .sync = result else { return requests.updateFirst { $0.receive(result, rows: maximumRows, bytes: maximumBytes) } }
        let done = requests.removeFirst()
        let completion = Completion(request: done.request, outcome: done.outcome(rows: maximumRows, bytes: maximumBytes))
        guard isCancelling else { return .complete(completion) }
        held.append(completion)
        return .held
    }

    /// `reason` is what the caller will be told if the server did stop. `isExclusive` where all requests are of one caller.
    mutating func cancel(_ request: Int, reason: PostgresError, isExclusive: Bool) -> Cancellation {
        guard phase == .open, !isCancelling, requests.mark(request, cancelledFor: reason) else { return .impossible }
        guard isExclusive || requests.isLast(request) else { return .impossible }
        guard isExclusive || requests.count == 1 else { return .later }
        isCancelling = true
        return .send
    }

    /// The server has the signal: what completed in the meantime may be handed out.
    mutating func cancellationSent() -> [Completion] {
        isCancelling = false
        defer { held = [] }
        return held
    }

    /// Everything that was outstanding ends.
    mutating func lost(_ reason: PostgresError) -> [Completion] {
        phase = .closed
        isCancelling = false
        defer { held = [] }
        return held + requests.removeAll().map { Completion(request: $0.request, outcome: $0.outcome(ofLoss: reason)) }
    }
}
