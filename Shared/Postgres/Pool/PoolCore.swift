internal import Logging
internal import Synchronization

/// A connection in the hands of one caller. Stale leases are refused, so that a transaction kept past its end reaches nobody.
struct Lease: Sendable, Hashable {
    let connection: Int
    let serial: Int
}

/// The pool's owner of sockets: an actor on the loop's thread.
actor PoolCore {
    typealias Reply = PipelineConnection.Reply

    nonisolated let loop: SocketLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let configuration: PostgresConfiguration
    private let logger: Logger
    private let cancellations: BlockingThread
    private var machine: PoolStateMachine
    private var connections: [Int: PipelineConnection] = [:]
    private var leases: [Int: Lease] = [:]
    private var waiting: [Int: @Sendable (Result<Lease, PostgresError>) -> Void] = [:]
    private var nextSerial = 0

    init(configuration: PostgresConfiguration, logger: Logger) throws(SocketLoop.LoopError) {
        self.configuration = configuration
        self.logger = logger
        machine = PoolStateMachine(
            limits: .init(
                maximumConnections: configuration.maximumConnections, maximumWaiters: configuration.maximumWaiters,
                idleTimeout: configuration.idleTimeout))
        cancellations = BlockingThread(name: "pg-cancel")
        let owner = WeakOwner()
        loop = try SocketLoop(
            name: "pg-\(configuration.database)",
            onReady: { token in owner.core?.assumeIsolated { $0.socketReady(Int(token)) } },
            onTimer: { owner.core?.assumeIsolated { $0.timerFired() } })
        owner.core = self
    }

    deinit { loop.stop() }

    /// Runs on the loop's thread, later.
    nonisolated func submit(_ work: @escaping @Sendable (isolated PoolCore) -> Void) {
        loop.submit { self.assumeIsolated { work($0) } }
    }

    // MARK: Leases

    func acquire(_ waiter: Int, reply: @escaping @Sendable (Result<Lease, PostgresError>) -> Void) {
        waiting[waiter] = reply
        perform(machine.acquire(waiter, deadline: .now + configuration.acquireTimeout, now: .now))
    }

    func abandon(_ waiter: Int) { perform(machine.abandon(waiter)) }

    func release(_ lease: Lease, reusable: Bool) {
        guard leases[lease.connection] == lease else { return }
        leases[lease.connection] = nil
        let isStale = connections[lease.connection]?.isStale ?? true
        perform(machine.released(lease.connection, reusable: reusable && !isStale, now: .now))
    }

    // MARK: Statements

    /// Replies with the request's number at once, for ``cancel(_:request:)``, and with the results when they are there.
    func send(_ lease: Lease, _ statements: [BoundStatement], commits: Bool, started: (Int) -> Void = { _ in }, reply: @escaping Reply) {
        guard leases[lease.connection] == lease, let connection = connections[lease.connection] else {
            // A lease that was lost to a broken connection: what it had done before is rolled back by the server.
            return reply(.failure(.unavailable("the connection was lost")))
        }
        let (request, event) = connection.send(statements, commits: commits, reply: reply)
        started(request)
        handle(event, of: connection)
        updateTimer()
    }

    func cancel(_ lease: Lease, request: Int) {
        guard leases[lease.connection] == lease, let connection = connections[lease.connection], connection.isPending(request),
            let cancellation = connection.makeCancellation()
        else { return }
        cancellations.submit { cancellation.send() }
    }

    var statistics: PoolStatistics { machine.statistics }

    /// Idle connections close now, leased ones when they come back.
    func close() { perform(machine.close()) }

    // MARK: Events

    private func socketReady(_ id: Int) {
        guard let connection = connections[id] else { return }
        handle(connection.ready(), of: connection)
        updateTimer()
    }

    private func timerFired() {
        let now = ContinuousClock.now
        for connection in connections.values { handle(connection.expireRequests(now: now), of: connection) }
        perform(machine.timerFired(now: now))
    }

    private func handle(_ event: PipelineConnection.Event, of connection: PipelineConnection) {
        switch event {
        case .nothing: break
        case .established:
            // Spread, so that connections opened together do not all end together.
            let lifetime = configuration.maximumLifetime * Double.random(in: 0.9...1.1)
            perform(machine.opened(connection.id, expires: .now + lifetime, now: .now))
        case .lost(let reason):
            logger.warning("database connection lost", metadata: ["reason": "\(reason)", "database": "\(configuration)"])
            connections[connection.id] = nil
            leases[connection.id] = nil
            perform(machine.lost(connection.id, reason: reason, jitter: .random(in: 0..<1), now: .now))
        }
    }

    private func perform(_ actions: [PoolStateMachine.Action]) {
        for action in actions {
            switch action {
            case .open(let id): open(id)
            case .close(let id): connections[id] = nil
            case .fail(let waiter, let error): waiting.removeValue(forKey: waiter)?(.failure(error))
            case .lease(let id, let waiter):
                nextSerial += 1
                let lease = Lease(connection: id, serial: nextSerial)
                leases[id] = lease
                waiting.removeValue(forKey: waiter)?(.success(lease))
            }
        }
        updateTimer()
    }

    private func open(_ id: Int) {
        if let connection = PipelineConnection(id: id, configuration: configuration, loop: loop) {
            connections[id] = connection
        } else {
            perform(
                machine.lost(
                    id, reason: .unavailable("cannot reach \(configuration.host):\(configuration.port)"), jitter: .random(in: 0..<1), now: .now))
        }
    }

    private func updateTimer() {
        loop.setTimer(([machine.nextDeadline] + connections.values.map(\.nextDeadline)).compactMap { $0 }.min())
    }
}

/// Breaks the circle between the loop, which calls the core, and the core, which owns the loop.
private final class WeakOwner: @unchecked Sendable {
    // SAFETY: written once before the core is handed out, then only read, and on the loop's thread.
    weak var core: PoolCore?
}
