internal import CLinux
internal import Glibc

/// One connection: runs the state machine's actions on libpq and answers those who wait. Stays on its loop's thread.
final class PipelineConnection {
    typealias Reply = @Sendable (Result<[ResultSet], PostgresError>) -> Void

    enum Event {
        case nothing
        case established
        case lost(PostgresError)
    }

    let id: Int
    private let libpq: LibpqConnection
    private let loop: SocketLoop
    private let configuration: PostgresConfiguration
    private var machine: ConnectionStateMachine
    private var statements: StatementCache
    private var replies: [Int: (reply: Reply, deadline: ContinuousClock.Instant)] = [:]
    private var connectDeadline: ContinuousClock.Instant?
    private var nextRequest = 0
    private var bytesSinceReply = 0
    /// What is waited for since the connection is open; before, libpq may change the socket at each step.
    private var watched: SocketLoop.Interest?
    /// Set where this connection's prepared statements no longer fit the schema.
    private(set) var isStale = false

    /// Nil where not even a socket could be made.
    init?(id: Int, configuration: PostgresConfiguration, loop: SocketLoop) {
        guard let libpq = LibpqConnection(parameters: configuration.connectionParameters) else { return nil }
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

    var isOpen: Bool { machine.isOpen }

    var nextDeadline: ContinuousClock.Instant? {
        [connectDeadline, replies.values.map(\.deadline).min()].compactMap { $0 }.min()
    }

    func ready() -> Event { machine.isOpen ? readAndWrite() : continueConnecting() }

    /// Sends everything in one flush and replies when the sync has come back.
    func send(_ bound: [BoundStatement], commits: Bool = false, reply: @escaping Reply) -> (request: Int, event: Event) {
        nextRequest += 1
        let plans = bound.map { statements.plan(sql: $0.sql, types: $0.parameters.types) }
        let request = PipelineRequest(id: nextRequest, steps: plans.flatMap(\.steps), commits: commits)
        guard machine.submit(request) else {
            reply(.failure(.unavailable("the connection is closed")))
            return (request.id, .nothing)
        }
        replies[request.id] = (reply, .now + configuration.statementTimeout + .seconds(2))
        guard zip(bound, plans).allSatisfy(queue), libpq.sendSync() else { return (request.id, lose(.unavailable(libpq.errorMessage))) }
        return (request.id, readAndWrite(reading: false))
    }

    func expireRequests(now: ContinuousClock.Instant) -> Event {
        if let connectDeadline, connectDeadline <= now { return lose(.unavailable("connecting timed out")) }
        return replies.values.contains { $0.deadline <= now } ? lose(.timeout) : .nothing
    }

    /// Whether the request is still under way.
    func isPending(_ request: Int) -> Bool { replies[request] != nil }

    func makeCancellation() -> LibpqCancellation? { libpq.makeCancellation() }

    func lose(_ reason: PostgresError) -> Event {
        loop.unwatch(descriptor: libpq.socket)
        connectDeadline = nil
        for completion in machine.lost(reason) { deliver(completion) }
        return .lost(reason)
    }

    private func queue(_ statement: BoundStatement, _ plan: StatementCache.Plan) -> Bool {
        switch plan {
        case .prepared(let name):
            libpq.sendExecute(name: name, statement.parameters)
        case .prepareFirst(let name):
            libpq.sendPrepare(name: name, sql: statement.sql, types: statement.parameters.types)
                && libpq.sendExecute(name: name, statement.parameters)
        case .unprepared:
            libpq.sendUnprepared(sql: statement.sql, statement.parameters)
        }
    }

    private func continueConnecting() -> Event {
        switch libpq.continueConnecting() {
        case .reading: loop.watch(descriptor: libpq.socket, token: UInt64(id), for: .reading)
        case .writing: loop.watch(descriptor: libpq.socket, token: UInt64(id), for: .writing)
        case .failed: return lose(.unavailable(libpq.errorMessage))
        case .established:
            connectDeadline = nil
            machine.established()
            watch(for: .reading)
            return .established
        }
        return .nothing
    }

    private func readAndWrite(reading: Bool = true) -> Event {
        if reading {
            countArrivingBytes()
            if bytesSinceReply > configuration.maximumResultBytes {
                return lose(.resultTooLarge(rows: 0, bytes: bytesSinceReply))
            }
            guard libpq.consumeInput() else { return lose(.unavailable(libpq.errorMessage)) }
            if let failure = takeResults() { return lose(failure) }
            if libpq.hasFailed { return lose(.unavailable(libpq.errorMessage)) }
        }
        switch libpq.flush() {
        case .done: watch(for: .reading)
        case .pending: watch(for: [.reading, .writing])
        case .failed: return lose(.unavailable(libpq.errorMessage))
        }
        return .nothing
    }

    /// Tells the kernel only what is news to it.
    private func watch(for interest: SocketLoop.Interest) {
        guard interest != watched else { return }
        watched = interest
        loop.watch(descriptor: libpq.socket, token: UInt64(id), for: interest)
    }

    /// libpq buffers a result until it is complete, so its memory can only be bounded by counting before it reads. It may read more
    /// than was counted; the state machine measures what came whole.
    private func countArrivingBytes() {
        var available: Int32 = 0
        if ioctl(libpq.socket, UInt(FIONREAD), &available) == 0 { bytesSinceReply += Int(available) }
    }

    private func takeResults() -> PostgresError? {
        while machine.expectsResults, !libpq.isBusy {
            switch machine.received(libpq.nextResult()) {
            case .none, .prepared: break
            case .prepareFailed(let name): statements.forget(name)
            case .statementFailed(let report): isStale = isStale || report.invalidatesPreparedStatements
            case .protocolViolation(let reason): return .unavailable(reason)
            case .complete(let completion):
                bytesSinceReply = 0
                deliver(completion)
            }
            if libpq.hasFailed { return .unavailable(libpq.errorMessage) }
        }
        return nil
    }

    private func deliver(_ completion: ConnectionStateMachine.Completion) {
        replies.removeValue(forKey: completion.request.id)?.reply(completion.outcome)
    }
}

extension StatementCache.Plan {
    fileprivate var steps: [PipelineRequest.Step] {
        switch self {
        case .prepareFirst(let name): [.prepare(name: name), .execute]
        case .prepared, .unprepared: [.execute]
        }
    }
}
