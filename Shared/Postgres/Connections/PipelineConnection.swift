internal import CLinux
internal import Glibc

/// One connection: runs the state machines' actions on libpq. Stays on its loop's thread, in the isolation of the actor that owns it.
///
/// Nobody is answered from within: answers are handed back as ``Outcome/answers``, so that what they set off finds this object at rest.
final class PipelineConnection {
    typealias Reply = @Sendable (Result<[ResultSet], PostgresError>) -> Void

    enum Event {
        case nothing
        case established
        case lost(PostgresError)
    }

    /// What became of an event. The owner first takes note of the event, then runs the answers.
    struct Outcome {
        var event = Event.nothing
        var answers: [() -> Void] = []
        var statementFailures = 0
    }

    /// How a request is to be sent.
    struct Order {
        var effect = PipelineRequest.Effect.open
        /// All requests on this connection are of one caller.
        var isExclusive = true
    }

    private struct Pending {
        let reply: Reply
        let isExclusive: Bool
    }

    let id: Int
    let libpq: LibpqConnection
    let configuration: PostgresConfiguration
    private let loop: SocketLoop
    private var machine: ConnectionStateMachine
    private var statements: StatementCache
    private var pending: [Int: Pending] = [:]
    /// A cancellation that waits for the requests of others to be done.
    private var laterCancellation: (request: Int, reason: PostgresError)?
    private var connectDeadline: ContinuousClock.Instant?
    private var lastProgress = ContinuousClock.now
    private var nextRequest = 0
    private var bytesSinceResult = 0
    /// What is waited for since the connection is open; before, libpq may change the socket at each step.
    private var watched: SocketLoop.Interest?
    var copy: CopySession?
    /// Set where this connection listens.
    var onNotification: ((PostgresNotification) -> Void)?
    /// Set where this connection's prepared statements no longer fit the schema, or a caller left it in a state of its own.
    private(set) var isStale = false

    /// Nil where not even a socket could be made.
    init?(id: Int, configuration: PostgresConfiguration, addresses: [String], loop: SocketLoop) {
        guard let libpq = LibpqConnection(parameters: configuration.connectionParameters(addresses: addresses)) else { return nil }
        self.id = id
        self.libpq = libpq
        self.loop = loop
        self.configuration = configuration
        machine = ConnectionStateMachine(maximumRows: configuration.maximumResultRows, maximumBytes: configuration.maximumResultBytes)
        statements = StatementCache(capacity: configuration.maximumPreparedStatements)
        connectDeadline = .now + configuration.connectTimeout
        guard !libpq.hasFailed, libpq.socket >= 0 else { return nil }
        // libpq wants the socket to become writable before the first poll.
        loop.watch(descriptor: libpq.socket, token: UInt64(id), for: .writing)
    }

    /// Nothing is under way and no transaction is open.
    var isAtRest: Bool { machine.isOpen && machine.isQuiet && copy == nil && libpq.isOutsideTransaction }
    var canCopy: Bool { machine.isOpen && machine.isQuiet && copy == nil }

    /// When ``expire(now:)`` has something to do, if nothing happens until then. The server enforces the statement timeout; where it
    /// does not even say so, two seconds later, it is gone.
    var nextDeadline: ContinuousClock.Instant? {
        if let connectDeadline { return connectDeadline }
        return machine.expectsResults || copy?.isWaiting == true ? lastProgress + hangTimeout : nil
    }

    func ready() -> Outcome {
        guard machine.isOpen else { return continueConnecting() }
        return copy == nil ? readAndWrite(reading: true) : continueCopy()
    }

    /// Sends everything in one flush; the reply comes with the sync.
    func send(_ bound: [BoundStatement], _ order: Order = Order(), reply: @escaping Reply) -> (request: Int, outcome: Outcome) {
        nextRequest += 1
        let plans = bound.map { statements.plan(sql: $0.sql, types: $0.parameters.types, request: nextRequest) }
        var steps: [PipelineRequest.Step] = []
        for (statement, plan) in zip(bound, plans) { plan.append(statement.role, to: &steps) }
        let wasIdle = !machine.expectsResults
        guard copy == nil, machine.submit(PipelineRequest(id: nextRequest, steps: steps, effect: order.effect)) else {
            let refusal = PostgresError.unavailable("the connection is closed or copies rows")
            return (nextRequest, Outcome(answers: [{ reply(.failure(refusal)) }]))
        }
        pending[nextRequest] = Pending(reply: reply, isExclusive: order.isExclusive)
        if wasIdle { lastProgress = .now }
        guard zip(bound, plans).allSatisfy(queue), libpq.sendSync() else { return (nextRequest, lose(.unavailable(libpq.errorMessage))) }
        return (nextRequest, readAndWrite(reading: false))
    }

    func expire(now: ContinuousClock.Instant) -> Outcome {
        guard let deadline = nextDeadline, deadline <= now else { return Outcome() }
        return lose(connectDeadline == nil ? .timeout : .unavailable("connecting timed out"))
    }

    func lose(_ reason: PostgresError) -> Outcome {
        loop.unwatch(descriptor: libpq.socket)
        connectDeadline = nil
        let copyAnswers = copy.map { $0.failAll(reason) } ?? []
        copy = nil
        return Outcome(event: .lost(reason), answers: machine.lost(reason).map(answer) + copyAnswers)
    }

    // MARK: Cancellation

    /// What the helper thread is to send, after which ``cancellationSent()`` is due. `reason` is what the caller is told.
    func cancel(_ request: Int, reason: PostgresError) -> LibpqCancellation? {
        guard let isExclusive = pending[request]?.isExclusive else { return nil }
        switch machine.cancel(request, reason: reason, isExclusive: isExclusive) {
        case .send: return libpq.makeCancellation()
        case .later: laterCancellation = (request, reason)
        case .impossible: break
        }
        return nil
    }

    /// A cancellation that has become possible.
    func dueCancellation() -> LibpqCancellation? {
        guard let (request, reason) = laterCancellation else { return nil }
        laterCancellation = nil
        return cancel(request, reason: reason)
    }

    func cancellationSent() -> Outcome { Outcome(answers: machine.cancellationSent().map(answer)) }

    // MARK: Steps

    private var hangTimeout: Duration { configuration.statementTimeout + .seconds(2) }

    func noteProgress() { lastProgress = .now }

    private func queue(_ statement: BoundStatement, _ plan: StatementCache.Plan) -> Bool {
        switch plan {
        case .prepared(let name): libpq.sendExecute(name: name, statement.parameters)
        case .prepareFirst(let name, let closing):
            closing.allSatisfy(libpq.sendClose)
                && libpq.sendPrepare(name: name, sql: statement.sql, types: statement.parameters.types)
                && libpq.sendExecute(name: name, statement.parameters)
        case .unprepared: libpq.sendUnprepared(sql: statement.sql, statement.parameters)
        }
    }

    private func continueConnecting() -> Outcome {
        switch libpq.continueConnecting() {
        case .reading: loop.watch(descriptor: libpq.socket, token: UInt64(id), for: .reading)
        case .writing: loop.watch(descriptor: libpq.socket, token: UInt64(id), for: .writing)
        case .failed: return lose(.unavailable(libpq.errorMessage))
        case .established:
            connectDeadline = nil
            machine.established()
            watch(for: .reading)
            return Outcome(event: .established)
        }
        return Outcome()
    }

    private func readAndWrite(reading: Bool) -> Outcome {
        var outcome = Outcome()
        if reading {
            guard isWithinBytes() else { return lose(.resultTooLarge(rows: 0, bytes: bytesSinceResult)) }
            guard libpq.consumeInput() else { return lose(.unavailable(libpq.errorMessage)) }
            takeResults(&outcome)
            if let onNotification { while let notification = libpq.nextNotification() { onNotification(notification) } }
            if case .lost(let reason) = outcome.event { return lose(reason, after: outcome) }
        }
        switch libpq.flush() {
        case .done: watch(for: .reading)
        case .pending: watch(for: [.reading, .writing])
        case .failed: return lose(.unavailable(libpq.errorMessage), after: outcome)
        }
        return outcome
    }

    private func lose(_ reason: PostgresError, after outcome: Outcome) -> Outcome {
        var last = lose(reason)
        last.answers = outcome.answers + last.answers
        last.statementFailures = outcome.statementFailures
        return last
    }

    /// Tells the kernel only what is news to it.
    func watch(for interest: SocketLoop.Interest) {
        guard interest != watched else { return }
        watched = interest
        loop.watch(descriptor: libpq.socket, token: UInt64(id), for: interest)
    }

    /// libpq buffers a result until it is complete, so its memory can only be bounded by counting before it reads. It may read more
    /// than was counted; the state machine measures what came whole. The first piece of a result is not counted: most are whole.
    private func isWithinBytes() -> Bool {
        guard machine.expectsResults, libpq.isBusy else { return true }
        bytesSinceResult += arrivedBytes
        return bytesSinceResult <= configuration.maximumResultBytes
    }

    private var arrivedBytes: Int {
        var available: Int32 = 0
        return ioctl(libpq.socket, UInt(FIONREAD), &available) == 0 ? Int(available) : 0
    }

    var hasInput: Bool { arrivedBytes > 0 }

    private func takeResults(_ outcome: inout Outcome) {
        while machine.expectsResults, !libpq.isBusy {
            let result = libpq.nextResult(machine.wantedDetail)
            bytesSinceResult = 0
            switch machine.received(result) {
            case .none: continue
            case .prepared(let name): statements.confirm(name)
            case .prepareFailed(let name): statements.forget(name)
            case .closeFailed(let name): statements.closeFailed(name)
            case .statementFailed(let report):
                outcome.statementFailures += 1
                isStale = isStale || report.invalidatesPreparedStatements
            case .protocolViolation(let reason):
                outcome.event = .lost(.unavailable(reason))
                return
            case .held: lastProgress = .now
            case .complete(let completion):
                lastProgress = .now
                isStale = isStale || completion.request.effect == .atomic && libpq.hasOpenTransaction
                outcome.answers.append(answer(completion))
            }
        }
        if libpq.hasFailed { outcome.event = .lost(.unavailable(libpq.errorMessage)) }
    }

    private func answer(_ completion: ConnectionStateMachine.Completion) -> () -> Void {
        let reply = pending.removeValue(forKey: completion.request.id)?.reply
        return { reply?(completion.outcome) }
    }
}

extension StatementCache.Plan {
    fileprivate func append(_ role: BoundStatement.Role, to steps: inout [PipelineRequest.Step]) {
        var prepared: String?
        switch self {
        case .prepared(let name): prepared = name
        case .prepareFirst(let name, let closing):
            steps += closing.map { .close(name: $0) }
            steps.append(.prepare(name: name))
            prepared = name
        case .unprepared: break
        }
        switch role {
        case .query: steps.append(.execute(name: prepared))
        case .silent: steps.append(.silent)
        case .commit: steps.append(.commit)
        }
    }
}
