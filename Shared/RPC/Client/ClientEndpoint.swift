internal import Identity
internal import Logging
internal import NIOCore
internal import NIOPosix

/// The life of the connection to one address. Lives on one event loop.
///
/// SAFETY: every stored `var` is used on `eventLoop` only; the public ways in (`start`, `giveUp`) are called from there and
/// `close` hops to it.
final class ClientEndpoint: @unchecked Sendable {
    private enum Phase {
        /// May become connecting or closed.
        case idle
        /// These calls wait for it. May become connected, resting or closed.
        case connecting(waiting: [PendingCall], TLSContext?)
        /// May become idle or closed.
        case connected(ClientConnectionHandler, TLSContext?)
        /// The last attempt failed; calls fail at once until then. May become connecting or closed.
        case resting(until: NIODeadline, because: RPCError)
        case closed
    }

    private let configuration: RPCClient.Configuration
    private let eventLoop: any EventLoop
    private let logger: Logger
    private var phase = Phase.idle
    private var backoff = Backoff()
    /// The connection of the attempt that is under way, or of the last one.
    private var connectingID: ObjectIdentifier?
    private var handlers: [ObjectIdentifier: ClientConnectionHandler] = [:]

    init(configuration: RPCClient.Configuration, eventLoop: any EventLoop, logger: Logger) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.logger = logger
    }

    // MARK: Calls

    func start(_ call: PendingCall) {
        eventLoop.assertInEventLoop()
        guard !call.isFinished else { return }
        let left = call.deadline - ContinuousClock.now
        call.timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(left)) {
            if call.finish(.failure(.deadlineExceeded)) { self.giveUp(call) }
        }
        send(call)
    }

    func giveUp(_ call: PendingCall) {
        call.timer?.cancel()
        for handler in handlers.values { handler.abandon(call) }
    }

    private func send(_ call: PendingCall) {
        guard !call.isFinished else { return }
        switch phase {
        case .closed: fail(call, .unavailable("CLIENT_CLOSED", "the channel is closed"))
        case .connected(let handler, let context):
            if let context, context !== currentContext {
                // The certificate was replaced: new calls go out under the new one.
                phase = .idle
                handler.drain()
                send(call)
            } else {
                submit(call, handler)
            }
        case .connecting(let waiting, let context): phase = .connecting(waiting: waiting + [call], context)
        case .idle: connect(for: [call])
        case .resting(let until, let error):
            if NIODeadline.now() >= until { connect(for: [call]) } else { fail(call, error) }
        }
    }

    private var currentContext: TLSContext? {
        if case .tls(let source) = configuration.security { source.current } else { nil }
    }

    private func submit(_ call: PendingCall, _ handler: ClientConnectionHandler) {
        switch handler.submit(call, now: .now) {
        case .written: break
        case .refused(let error): fail(call, error)
        case .unusable:
            // It is draining, and this call was not written to it: the next connection takes it.
            phase = .idle
            send(call)
        }
    }

    private func fail(_ call: PendingCall, _ error: RPCError) {
        call.timer?.cancel()
        call.finish(.failure(error))
    }

    // MARK: Connecting

    private func connect(for calls: [PendingCall]) {
        let context = currentContext
        phase = .connecting(waiting: calls, context)
        let endpoint = NIOLoopBound(self, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(.seconds(5))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try endpoint.value.configure(channel, context) }
            }
            .connect(host: configuration.host, port: configuration.port)
            .assumeIsolated()
            .whenFailure { _ in self.connectionFailed(nil) }
    }

    private func configure(_ channel: any Channel, _ context: TLSContext?) throws {
        if let context {
            let tls = try TLSHandler(context: context, expecting: .service(configuration.service))
            try channel.pipeline.syncOperations.addHandler(tls)
        }
        // The owner's closures need to know which handler speaks; it exists only after them.
        var id: ObjectIdentifier?
        let handler = ClientConnectionHandler(
            service: configuration.caller.rawValue, build: configuration.build, needsHandshake: context != nil, keepalive: .init(),
            owner: ClientConnectionHandler.Owner(
                ready: { [weak self] in if let id { self?.ready(id) } },
                draining: { [weak self] unserved in if let id { self?.draining(id, unserved) } },
                ended: { [weak self] unanswered, error in if let id { self?.ended(id, unanswered, error) } }))
        id = ObjectIdentifier(handler)
        connectingID = id
        handlers[ObjectIdentifier(handler)] = handler
        try channel.pipeline.syncOperations.addHandler(handler)
        // A peer that accepts and then says nothing must not hold the calls that wait.
        eventLoop.assumeIsolated().scheduleTask(in: .seconds(5)) { [weak handler] in
            if let handler, handler.isAwaitingHello { handler.close() }
        }
    }

    private func ready(_ id: ObjectIdentifier) {
        guard case .connecting(let waiting, let context) = phase, let handler = handlers[id] else { return }
        backoff.succeeded()
        phase = .connected(handler, context)
        for call in waiting { send(call) }
    }

    private func draining(_ id: ObjectIdentifier, _ unserved: [PendingCall]) {
        leave(id)
        for call in unserved { resend(call) }
    }

    private func ended(_ id: ObjectIdentifier, _ unanswered: [PendingCall], _ error: RPCError?) {
        handlers[id] = nil
        if id == connectingID {
            connectionFailed(error)
        }
        leave(id)
        // They were written, so they may have run: whether to ask again is the caller's decision.
        let lost = error ?? .unavailable("CONNECTION_LOST", "the connection ended before the answer came")
        for call in unanswered { fail(call, lost) }
    }

    private func leave(_ id: ObjectIdentifier) {
        if case .connected(let current, _) = phase, ObjectIdentifier(current) == id { phase = .idle }
    }

    /// Once, and only where the server certainly did not serve it.
    private func resend(_ call: PendingCall) {
        guard !call.wasResent, call.mayBeResent else {
            fail(call, .unavailable("GOING_AWAY", "the service is going away"))
            return
        }
        call.wasResent = true
        call.stream = nil
        send(call)
    }

    private func connectionFailed(_ reason: RPCError?) {
        guard case .connecting(let waiting, _) = phase else { return }
        let address = "\(configuration.host):\(configuration.port)"
        let error = reason ?? .unavailable("NOT_CONNECTED", "\(configuration.service) cannot be reached at \(address)")
        let pause = backoff.failed(random: .random(in: 0...1))
        phase = .resting(until: .now() + TimeAmount(pause), because: error)
        logger.debug("cannot connect", metadata: ["service": "\(configuration.service)", "reason": "\(error.reason)"])
        for call in waiting { fail(call, error) }
    }

    func close() async {
        let done = eventLoop.submit {
            if case .connecting(let waiting, _) = self.phase {
                for call in waiting { self.fail(call, .unavailable("CLIENT_CLOSED", "the channel is closed")) }
            }
            self.phase = .closed
            for handler in self.handlers.values { handler.close() }
        }
        try? await done.get()
    }
}
