internal import Logging

/// The pool's owner of sockets: an actor on the loop's thread, in whose isolation all its connections live.
actor PoolCore {
    typealias Reply = PipelineConnection.Reply
    typealias Instant = ContinuousClock.Instant

    /// What a caller waits for, and what it gets when there is no connection.
    enum Waiter {
        case exclusive(TransactionSlot)
        case shared(BatchCall)
    }

    nonisolated let loop: SocketLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let configuration: PostgresConfiguration
    /// For what blocks: cancellations and the resolution of names.
    let helper: BlockingThread
    var machine: PoolStateMachine
    var connections: [Int: PipelineConnection] = [:]
    var leases: [Int: Lease] = [:]
    var waiters: [Int: Waiter] = [:]
    var deadlines = DeadlineQueue()
    var counts = PoolCounts()
    private let logger: Logger
    private var nextSerial = 0
    private var nextWaiter = 0

    init(configuration: PostgresConfiguration, logger: Logger) throws(SocketLoop.LoopError) {
        self.configuration = configuration
        self.logger = logger
        machine = PoolStateMachine(limits: configuration.poolLimits)
        helper = BlockingThread(name: "pg-helper")
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

    var statistics: PoolStatistics {
        PoolStatistics(
            open: machine.open, idle: machine.idleCount, waiting: machine.waiting, limit: configuration.maximumConnections,
            statements: counts.statements, failedStatements: counts.failedStatements, unknownOutcomes: counts.unknownOutcomes,
            lostConnections: counts.lostConnections, reconnects: UInt64(machine.reconnects), waits: machine.waits)
    }

    /// Idle connections close now, those in use when they come back.
    func close() { perform(machine.close()) }

    /// The waiter is served, or failed, by an action.
    func acquire(_ waiter: Waiter, use: PoolStateMachine.Use, deadline: Instant?) -> Int {
        nextWaiter += 1
        waiters[nextWaiter] = waiter
        let now = Instant.now
        let limit = now + configuration.acquireTimeout
        let id = nextWaiter
        perform(machine.acquire(id, use: use, deadline: min(limit, deadline ?? limit), now: now))
        return id
    }

    func abandon(_ waiter: Int) { perform(machine.abandon(waiter)) }

    func connection(of lease: Lease) -> PipelineConnection? {
        leases[lease.connection] == lease ? connections[lease.connection] : nil
    }

    /// The connection goes to the next caller if nothing is left open on it.
    func release(_ lease: Lease) {
        guard leases[lease.connection] == lease else { return }
        leases[lease.connection] = nil
        let connection = connections[lease.connection]
        perform(machine.released(lease.connection, reusable: connection.map { $0.isAtRest && !$0.isStale } ?? false, now: .now))
    }

    // MARK: Events

    private func socketReady(_ id: Int) {
        guard let connection = connections[id] else { return }
        handle(connection.ready(), of: connection)
    }

    private func timerFired() {
        let now = Instant.now
        for connection in connections.values { handle(connection.expire(now: now), of: connection) }
        for ticket in deadlines.due(now) { cancel(ticket, reason: .timeout) }
        perform(machine.timerFired(now: now))
        // The timer is only ever brought forward in between, so that most events need not look for the earliest deadline.
        loop.setTimer(([machine.nextDeadline, deadlines.next] + connections.values.map(\.nextDeadline)).compactMap { $0 }.min())
    }

    /// Takes note of what became of the connection first: what the answers set off must not find it in a state that it has left.
    func handle(_ outcome: PipelineConnection.Outcome, of connection: PipelineConnection) {
        counts.failedStatements += UInt64(outcome.statementFailures)
        switch outcome.event {
        case .nothing: break
        case .established:
            // Spread, so that connections opened together do not all end together.
            let lifetime = configuration.maximumLifetime * Double.random(in: 0.9...1.1)
            perform(machine.opened(connection.id, expires: .now + lifetime, now: .now))
        case .lost(let reason):
            logger.warning("database connection lost", metadata: ["reason": "\(reason)", "database": "\(configuration)"])
            connections[connection.id] = nil
            leases[connection.id] = nil
            lost(connection.id, reason)
        }
        for answer in outcome.answers { answer() }
        if case .lost = outcome.event { return }
        if let cancellation = connection.dueCancellation() { send(cancellation, on: connection.id) }
        if let deadline = connection.nextDeadline { loop.advanceTimer(to: deadline) }
    }

    private func lost(_ id: Int, _ reason: PostgresError) {
        counts.lostConnections += 1
        perform(machine.lost(id, reason: reason, jitter: .random(in: 0..<1), now: .now))
    }

    func perform(_ actions: [PoolStateMachine.Action]) {
        for action in actions {
            switch action {
            case .open(let id): open(id)
            case .close(let id): connections[id] = nil
            case .probe(let id): probe(id)
            case .fail(let waiter, let error):
                guard let waiter = waiters.removeValue(forKey: waiter) else { continue }
                switch waiter {
                case .exclusive(let slot): fail(slot, error)
                case .shared(let call): call.finish(.failure(error))
                }
            case .lease(let id, let waiter):
                guard case .exclusive(let slot)? = waiters.removeValue(forKey: waiter) else { continue }
                nextSerial += 1
                let lease = Lease(connection: id, serial: nextSerial)
                leases[id] = lease
                begin(slot, on: lease)
            case .join(let id, let waiter):
                guard case .shared(let call)? = waiters.removeValue(forKey: waiter) else { continue }
                send(call, on: id)
            }
        }
        if let deadline = machine.nextDeadline { loop.advanceTimer(to: deadline) }
    }

    // MARK: Connections

    private func open(_ id: Int) {
        guard let name = configuration.nameToResolve else { return open(id, addresses: []) }
        helper.submit {
            let addresses = HostAddresses.resolve(name)
            self.submit { core in
                // libpq would look it up once more, and this time on the loop's thread.
                if addresses.isEmpty { core.lost(id, .unavailable("\(name) is not known")) } else { core.open(id, addresses: addresses) }
            }
        }
    }

    private func open(_ id: Int, addresses: [String]) {
        if let connection = PipelineConnection(id: id, configuration: configuration, addresses: addresses, loop: loop) {
            connections[id] = connection
            connection.nextDeadline.map(loop.advanceTimer(to:))
        } else {
            lost(id, .unavailable("cannot reach \(configuration.host):\(configuration.port)"))
        }
    }

    private func probe(_ id: Int) {
        guard let connection = connections[id] else { return }
        let (_, outcome) = connection.send([]) { result in
            self.assumeIsolated { core in
                if case .success = result { core.perform(core.machine.probed(id, now: .now)) }
            }
        }
        handle(outcome, of: connection)
    }

    /// Answers of this connection are held back until the helper is done, so that the signal cannot hit anything that comes later.
    func send(_ cancellation: LibpqCancellation, on id: Int) {
        helper.submit {
            cancellation.send()
            self.submit { core in
                guard let connection = core.connections[id] else { return }
                core.handle(connection.cancellationSent(), of: connection)
            }
        }
    }
}

/// What a pool counts.
struct PoolCounts {
    var statements: UInt64 = 0
    var failedStatements: UInt64 = 0
    var unknownOutcomes: UInt64 = 0
    var lostConnections: UInt64 = 0
}

/// Breaks the circle between the loop, which calls the core, and the core, which owns the loop.
private final class WeakOwner: @unchecked Sendable {
    // SAFETY: written once before the core is handed out, then only read, and on the loop's thread.
    weak var core: PoolCore?
}
