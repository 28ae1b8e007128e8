internal import FoundationEssentials
internal import Identity
internal import Logging
internal import NIOCore
internal import RPC

/// Delivers what stands in the outbox: at least once, in order per tenant and destination, with the message's id as idempotency key.
struct OutboxRelay: Sendable {
    /// Bounds the calls that are open at once, since a lane sends one message after the other.
    static let lanesMax = 64
    static let messagesPerLane = 64
    static let bytesPerLane = 256 << 10
    /// Longer than delivering a lane's messages may take before the lease is given up.
    static let lease = Duration.seconds(30)
    static let callTimeout = Duration.seconds(5)
    static let sweepInterval = Duration.seconds(1)
    static let reportInterval = Duration.seconds(10)

    let store: OutboxStore
    let doorbell: Doorbell
    let channel: @Sendable (ServiceName) -> any RPCChannel
    let method: @Sendable (String) -> MethodDescriptor?
    let metrics: MetricsRegistry
    let logger: Logger

    /// Until the task is cancelled. The database being away is not an end.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await deliver() }
            group.addTask { await report() }
        }
    }

    /// One round. Returns how many messages were delivered or set aside.
    func deliverDue() async throws -> Int {
        let lanes = try await claim(after: nil, lanes: Self.lanesMax)
        let settlement = await withTaskGroup(of: OutboxSettlement.self) { group in
            for lane in lanes { group.addTask { await deliver(lane) } }
            return await group.reduce(into: OutboxSettlement()) { $0.merge($1) }
        }
        try await settle(settlement)
        return settlement.progress
    }

    // MARK: The loop

    private enum Event: Sendable {
        case rung
        case reclaimed
        case claimed([OutboxLane], asked: Int)
        case finished(OutboxLane.Key, OutboxSettlement)
        case settled
        case claimFailed(any Error)
        case settlementFailed(OutboxSettlement, any Error)
    }

    private func deliver() async {
        await withTaskGroup(of: Event.self) { group in
            var window = RelayWindow(lanesMax: Self.lanesMax)
            for action in window.rung() { start(action, in: &group) }
            listen(in: &group)
            // One task waits for the bell at all times, so that the group is never empty.
            while let event = await group.next() {
                guard !Task.isCancelled else { return group.cancelAll() }
                for action in handle(event, &window) { start(action, in: &group) }
                if case .rung = event { listen(in: &group) }
            }
        }
    }

    private func handle(_ event: Event, _ window: inout RelayWindow) -> [RelayWindow.Action] {
        switch event {
        case .rung: return window.rung()
        case .reclaimed: return window.reclaimed()
        case .claimed(let lanes, let asked): return window.claimed(lanes, asked: asked)
        case .finished(let lane, let settlement): return window.finished(lane, settlement)
        case .settled: return window.settled()
        case .claimFailed(let error):
            logger.warning("outbox not reachable", metadata: ["error": "\(error)"])
            window.claimFailed()
            return []
        case .settlementFailed(let settlement, let error):
            logger.warning("deliveries not noted yet", metadata: ["error": "\(error)"])
            window.settlementFailed(settlement)
            return []
        }
    }

    private func listen(in group: inout TaskGroup<Event>) {
        group.addTask {
            await doorbell.wait(atMost: Self.sweepInterval)
            return .rung
        }
    }

    private func start(_ action: RelayWindow.Action, in group: inout TaskGroup<Event>) {
        group.addTask {
            switch action {
            case .reclaim(let heads):
                do {
                    try await store.reclaim(except: heads)
                    return .reclaimed
                } catch { return .claimFailed(error) }
            case .claim(let last, let lanes):
                do { return .claimed(try await claim(after: last, lanes: lanes), asked: lanes) } catch { return .claimFailed(error) }
            case .deliver(let lane): return .finished(lane.key, await deliver(lane))
            case .settle(let settlement):
                do {
                    try await settle(settlement)
                    return .settled
                } catch { return .settlementFailed(settlement, error) }
            }
        }
    }

    // MARK: Its steps

    private func claim(after last: OutboxLane.Key?, lanes: Int) async throws -> [OutboxLane] {
        try await store.claimLanes(
            after: last, lease: Self.lease, page: .init(lanes: lanes, messagesPerLane: Self.messagesPerLane, bytesPerLane: Self.bytesPerLane))
    }

    private func deliver(_ lane: OutboxLane) async -> OutboxSettlement {
        let started = ContinuousClock.now
        var settlement = OutboxSettlement()
        for message in lane.messages {
            // What the lease does not cover is left for the next round.
            guard started.duration(to: .now) < Self.lease / 2, !Task.isCancelled else { break }
            if let error = await send(message) {
                let verdict = RelayVerdict(error, attempts: message.attempts, jitter: .random(in: 0..<1))
                settlement.fail(message, verdict, error)
                // What follows a message that is tried again waits for it.
                guard verdict == .park else { break }
            } else {
                settlement.deliver(message)
            }
        }
        return settlement
    }

    private func send(_ message: OutboxMessage) async -> RPCError? {
        guard let destination = ServiceName(rawValue: message.destination) else {
            return RPCError(.invalidArgument, reason: "UNKNOWN_DESTINATION", message: "this build knows no service \(message.destination)")
        }
        guard let method = method(message.method) else {
            return RPCError(.invalidArgument, reason: "UNKNOWN_METHOD", message: "this build knows no method \(message.method)")
        }
        var options = CallOptions(
            tenant: message.tenant, principal: message.principal, timeout: Self.callTimeout, idempotencyKey: message.id.uuidString.lowercased(),
            trace: message.trace?.child())
        // Nobody waits for a delivery, and none is lost by waiting.
        options.priority = .background
        guard let trace = message.trace else { return await send(message, to: destination, method, options) }
        // The call, and what is logged about it, hang below the call that sent the message.
        let sender = CallContext(caller: destination, tenant: message.tenant, trace: trace)
        return await RequestContext.$current.withValue(sender) { await send(message, to: destination, method, options) }
    }

    private func send(_ message: OutboxMessage, to destination: ServiceName, _ method: MethodDescriptor, _ options: CallOptions) async -> RPCError? {
        do throws(RPCError) {
            _ = try await channel(destination).call(method, payload: ByteBuffer(bytes: message.payload), options: options)
            return nil
        } catch { return error }
    }

    private func settle(_ settlement: OutboxSettlement) async throws {
        try await store.settle(settlement)
        OutboxMetrics(metrics: metrics).note(settlement)
        for failure in settlement.failures { log(failure) }
    }

    private func log(_ failure: OutboxSettlement.Failure) {
        let metadata: Logger.Metadata = [
            "tenant": "\(failure.message.tenant)", "id": "\(failure.message.id)", "method": "\(failure.message.method)",
            "reason": "\(failure.error.reason)", "attempts": "\(failure.message.attempts + 1)",
        ]
        switch failure.verdict {
        case .retry: logger.info("outbox delivery failed", metadata: metadata)
        case .park: logger.error("outbox message parked", metadata: metadata)
        }
    }

    private func report() async {
        while !Task.isCancelled {
            // The loop beside this one says so where the database is away.
            if let backlog = try? await store.backlog() { OutboxMetrics(metrics: metrics).note(backlog) }
            try? await Task.sleep(for: Self.reportInterval)
        }
    }
}
