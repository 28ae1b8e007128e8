internal import Logging
internal import NIOCore

/// All servers of one service as one client sees them: which there are, which are connected, and which takes the next call.
///
/// SAFETY: every stored `var` is used on `eventLoop` only; what may be called from elsewhere says so and hops.
final class ServiceEndpoints: @unchecked Sendable {
    let configuration: RPCClient.Configuration
    let eventLoop: any EventLoop
    private let logger: Logger
    private var balancer: Balancer
    private var names: NameResolution
    private var random = SplitMix(seed: .random(in: 0 ... .max))
    private var endpoints: [EndpointID: ClientEndpoint] = [:]
    /// No longer among the addresses; they finish what they have.
    private var retired: [EndpointID: ClientEndpoint] = [:]
    /// Until the first server is connected.
    private var waiting: [PendingCall] = []
    private var lastFailure: RPCError?
    private var isClosed = false
    private lazy var deadlines = DeadlineTimer<PendingCall>(
        eventLoop: eventLoop, isOpen: { !$0.isFinished },
        hasPassed: { [weak self] call in if call.finish(.failure(.deadlineExceeded)) { self?.giveUp(call) } })

    init(configuration: RPCClient.Configuration, eventLoop: any EventLoop, logger: Logger) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.logger = logger
        balancer = Balancer(outliers: configuration.outliers, endpointsMax: configuration.endpointsMax)
        names = NameResolution(configuration)
        if let addresses = names.fixed { update(addresses) }
    }

    // MARK: Calls

    func start(_ call: PendingCall) {
        eventLoop.assertInEventLoop()
        guard !call.isFinished else { return }
        let now = ContinuousClock.now
        deadlines.add(call, call.deadline, now: now)
        route(call, avoiding: (call as? Attempt)?.avoiding, now: now)
    }

    func giveUp(_ call: PendingCall) {
        call.forgetPayload()
        for endpoint in endpoints.values { endpoint.abandon(call) }
        for endpoint in retired.values { endpoint.abandon(call) }
    }

    private func route(_ call: PendingCall, avoiding: EndpointID? = nil, now: ContinuousClock.Instant) {
        guard !isClosed else { return fail(call, .clientClosed) }
        maintain(now)
        var avoiding = avoiding
        while true {
            switch pick(now, avoiding) {
            case .endpoint(let id):
                guard let endpoint = endpoints[id] else { return fail(call, unreachable) }
                switch endpoint.submit(call, now: now) {
                case .written:
                    (call as? Attempt)?.wasWritten(to: id, at: now)
                    return
                case .refused(let error):
                    guard mayGoElsewhere(call, error) else { return fail(call, error) }
                    call.wasResent = true
                    avoiding = id
                case .unusable:
                    // It takes no new calls, and this one was not written to it.
                    balancer.left(id)
                    connectDue(now)
                }
            case .wait: return wait(call)
            case .empty where names.isUnderWay: return wait(call)
            case .empty, .unreachable: return fail(call, unreachable)
            }
        }
    }

    /// Another server may have room for more calls.
    private func mayGoElsewhere(_ call: PendingCall, _ error: RPCError) -> Bool {
        error.reason == "TOO_MANY_CALLS" && !balancer.isAlone
            && Resending.permits(.unwritten, wasResent: call.wasResent, isWhole: call.mayBeResent)
    }

    private func pick(_ now: ContinuousClock.Instant, _ avoiding: EndpointID?) -> Balancer.Pick {
        balancer.pick(now: now, avoiding: avoiding, using: &random) { endpoints[$0]?.openCalls ?? 0 }
    }

    private func wait(_ call: PendingCall) {
        guard waiting.count < configuration.waitingCallsMax else {
            return fail(call, RPCError(.resourceExhausted, reason: "TOO_MANY_WAITING", message: "too many calls wait for a connection"))
        }
        waiting.append(call)
    }

    private func fail(_ call: PendingCall, _ error: RPCError) {
        call.finish(.failure(error))
        call.forgetPayload()
    }

    private var unreachable: RPCError {
        lastFailure ?? .unavailable("NOT_CONNECTED", "\(configuration.service) has no server that can be reached")
    }

    /// Sends elsewhere what was certainly not served.
    func resend(_ calls: [PendingCall], _ loss: Resending.Loss, from id: EndpointID, orFail error: RPCError) {
        let now = ContinuousClock.now
        for call in calls where !call.isFinished {
            guard Resending.permits(loss, wasResent: call.wasResent, isWhole: call.mayBeResent) else {
                fail(call, error)
                continue
            }
            call.wasResent = true
            call.stream = nil
            route(call, avoiding: id, now: now)
        }
    }

    /// From any thread: who gives a call up elsewhere says nothing about the server.
    func ended(_ attempt: Attempt, _ answer: PendingCall.Answer) {
        guard eventLoop.inEventLoop, !balancer.isAlone, let id = attempt.endpoint else { return }
        switch answer {
        case .success: balancer.ended(id, failed: false, now: .now)
        case .failure(let error):
            guard error.code != .cancelled else { return }
            balancer.ended(id, failed: Self.isServersFault(error), now: .now)
        }
    }

    /// A server that has too much to do is no outlier: to leave it out would give the others more.
    private static func isServersFault(_ error: RPCError) -> Bool {
        switch error.code {
        case .unavailable, .internal, .unknown, .dataLoss, .deadlineExceeded: true
        default: false
        }
    }

    // MARK: Connections

    private func maintain(_ now: ContinuousClock.Instant) {
        if names.begins(now: now) { resolve() }
        connectDue(now)
    }

    private func connectDue(_ now: ContinuousClock.Instant) {
        for id in balancer.due(now: now) {
            balancer.connecting(id)
            endpoints[id]?.connect()
        }
    }

    func connected(_ id: EndpointID) {
        balancer.connected(id)
        flushWaiting()
    }

    /// It takes no new calls.
    func left(_ id: EndpointID, wasLost: Bool) {
        balancer.left(id)
        if wasLost { names.connectionFailed() }
    }

    func failedToConnect(_ id: EndpointID, _ error: RPCError, restsFor pause: Duration) {
        let now = ContinuousClock.now
        lastFailure = error
        names.connectionFailed()
        balancer.failedToConnect(id, restsUntil: now + pause)
        logger.debug("cannot connect", metadata: ["service": "\(configuration.service)", "reason": "\(error.reason)"])
        failWaitingIfHopeless(now)
    }

    func isEmpty(_ id: EndpointID) { retired[id] = nil }

    private func flushWaiting() {
        let calls = waiting
        waiting = []
        let now = ContinuousClock.now
        for call in calls where !call.isFinished { route(call, now: now) }
    }

    private func failWaitingIfHopeless(_ now: ContinuousClock.Instant) {
        switch pick(now, nil) {
        case .endpoint: flushWaiting()
        case .wait: break
        case .empty where names.isUnderWay: break
        case .empty, .unreachable:
            let calls = waiting
            waiting = []
            for call in calls { fail(call, unreachable) }
        }
    }

    // MARK: Addresses

    private func resolve() {
        let lookup = names
        let configuration = self.configuration
        let eventLoop = self.eventLoop
        Task { [weak self] in
            let found = await lookup.lookUp(configuration)
            eventLoop.execute { [weak self] in self?.resolved(found) }
        }
    }

    private func resolved(_ found: Result<[RPCClient.Address], NameUnresolved>) {
        let now = ContinuousClock.now
        guard !isClosed else { return }
        switch found {
        case .success(let addresses):
            names.ended(now: now, succeeded: true)
            update(addresses)
        case .failure(let error):
            // Whoever was there before is still the best guess.
            names.ended(now: now, succeeded: false)
            lastFailure = .unavailable("NAME_UNRESOLVED", "the name \(error.host) cannot be resolved")
            logger.debug(
                "name not resolved", metadata: ["service": "\(configuration.service)", "host": "\(error.host)", "error": "\(error.problem)"])
        }
        if !waiting.isEmpty { connectDue(now) }
        failWaitingIfHopeless(now)
    }

    private func update(_ addresses: [RPCClient.Address]) {
        let change = balancer.update(addresses, using: &random)
        for (id, address) in change.added { endpoints[id] = ClientEndpoint(id: id, address: address, owner: self, logger: logger) }
        for id in change.removed {
            guard let endpoint = endpoints.removeValue(forKey: id) else { continue }
            retired[id] = endpoint
            endpoint.retire()
        }
    }

    // MARK: End

    func close() async {
        let done = eventLoop.submit {
            self.isClosed = true
            let calls = self.waiting
            self.waiting = []
            for call in calls { self.fail(call, .clientClosed) }
            for endpoint in self.endpoints.values { endpoint.close() }
            for endpoint in self.retired.values { endpoint.close() }
            self.deadlines.stop()
        }
        try? await done.get()
    }
}
