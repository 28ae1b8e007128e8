internal import Logging

/// The listener's owner of its one connection: an actor on a loop of its own, which sleeps until the server speaks.
actor ListenerCore {
    nonisolated let loop: SocketLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private static let token = 1
    /// Notifications that wait for the listener at most.
    private static let bufferedEventsMax = 10_000

    private let configuration: PostgresConfiguration
    private let subscriptions: [BoundStatement]
    private let logger: Logger
    private let helper = BlockingThread(name: "pg-listen-dns")
    private var machine: ListenerStateMachine
    private var buffer = ListenerBuffer(capacity: ListenerCore.bufferedEventsMax)
    private var connection: PipelineConnection?
    private var waiter: CheckedContinuation<ListenerEvent?, Never>?
    private var isStopped = false
    private var probeAt: ContinuousClock.Instant?

    init(configuration: PostgresConfiguration, channels: [String], logger: Logger) throws(SocketLoop.LoopError) {
        self.configuration = configuration
        self.logger = logger
        subscriptions = channels.map { channel in
            BoundStatement(frame: "LISTEN \"\(channel.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\"", .silent)
        }
        machine = ListenerStateMachine(limits: configuration.poolLimits)
        let owner = WeakListener()
        loop = try SocketLoop(
            name: "pg-listen", onReady: { _ in owner.core?.assumeIsolated { $0.socketReady() } },
            onTimer: { owner.core?.assumeIsolated { $0.timerFired() } })
        owner.core = self
    }

    deinit { loop.stop() }

    func start() { perform(machine.start()) }

    /// Nil once stopped.
    func next() async -> ListenerEvent? {
        if let event = buffer.next() { return event }
        guard !isStopped else { return nil }
        return await withCheckedContinuation { waiter = $0 }
    }

    nonisolated func stop() { loop.submit { self.assumeIsolated { $0.stopNow() } } }

    private func stopNow() {
        isStopped = true
        machine.stop()
        connection = nil
        waiter?.resume(returning: nil)
        waiter = nil
    }

    private func perform(_ actions: [ListenerStateMachine.Action]) {
        for action in actions {
            switch action {
            case .open: open()
            case .subscribe: subscribe()
            case .tell(let event): tell(event)
            }
        }
        updateTimer()
    }

    private func tell(_ event: ListenerEvent) {
        guard let waiter else { return buffer.append(event) }
        self.waiter = nil
        waiter.resume(returning: event)
    }

    private func open() {
        guard let name = configuration.nameToResolve else { return open(addresses: []) }
        helper.submit {
            let addresses = HostAddresses.resolve(name)
            self.loop.submit { self.assumeIsolated { $0.open(addresses: addresses) } }
        }
    }

    private func open(addresses: [String]) {
        guard !isStopped else { return }
        let isKnown = configuration.nameToResolve == nil || !addresses.isEmpty
        connection = isKnown ? PipelineConnection(id: Self.token, configuration: configuration, addresses: addresses, loop: loop) : nil
        connection?.onNotification = { [weak self] notification in
            self?.assumeIsolated { $0.tell(.notification(notification)) }
        }
        if connection == nil { lost(.unavailable("cannot reach \(configuration.host)")) }
        updateTimer()
    }

    private func subscribe() {
        guard let connection else { return }
        let (_, outcome) = connection.send(subscriptions, .init(effect: .atomic)) { result in
            self.assumeIsolated { core in
                if let failure = result.failure { core.refused(failure) } else { core.perform(core.machine.subscribed()) }
            }
        }
        handle(outcome)
    }

    /// LISTEN failed although the connection stands, as on a standby: it is tried again like a lost one.
    private func refused(_ failure: PostgresError) {
        guard let connection else { return }
        handle(connection.lose(failure))
    }

    private func socketReady() { if let connection { handle(connection.ready()) } }

    private func timerFired() {
        let now = ContinuousClock.now
        if let connection { handle(connection.expire(now: now)) }
        if let probeAt, probeAt <= now, let connection, connection.canCopy {
            // A connection on which nothing is ever asked would not notice that its server is gone.
            self.probeAt = nil
            handle(connection.send([]) { _ in }.outcome)
        }
        perform(machine.timerFired(now: now))
    }

    private func handle(_ outcome: PipelineConnection.Outcome) {
        switch outcome.event {
        case .nothing: break
        case .established: perform(machine.established())
        case .lost(let reason): lost(reason)
        }
        for answer in outcome.answers { answer() }
        updateTimer()
    }

    private func lost(_ reason: PostgresError) {
        connection = nil
        guard !isStopped else { return }
        logger.warning("the listening connection was lost", metadata: ["reason": "\(reason)", "database": "\(configuration)"])
        machine.lost(jitter: .random(in: 0..<1), now: .now)
    }

    private func updateTimer() {
        if connection?.canCopy == true { probeAt = probeAt ?? .now + configuration.probeInterval } else { probeAt = nil }
        loop.setTimer([machine.nextDeadline, connection?.nextDeadline, probeAt].compactMap { $0 }.min())
    }
}

/// Breaks the circle between the loop and the core, which owns it.
private final class WeakListener: @unchecked Sendable {
    // SAFETY: written once before the core is handed out, then only read, and on the loop's thread.
    weak var core: ListenerCore?
}
