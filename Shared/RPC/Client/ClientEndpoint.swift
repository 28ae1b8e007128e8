internal import Identity
internal import Logging
internal import NIOCore
internal import NIOPosix

/// The connection to one server: one that takes new calls, and before it those that finish what they have.
///
/// Lives on its owner's event loop.
final class ClientEndpoint {
    private enum Phase {
        /// May become connecting or closed.
        case idle
        /// May become connected, idle or closed.
        case connecting(TLSContext?)
        /// May become idle or closed.
        case connected(ClientConnectionHandler, TLSContext?)
        /// As connected, while the connection that will take its place is made. May become connected, idle or closed.
        case replacing(ClientConnectionHandler, TLSContext?, next: TLSContext?)
        /// No new connections.
        case closed
    }

    /// A peer that accepts and then says nothing must not hold the calls that wait.
    private static let connectTimeout = TimeAmount.seconds(5)
    /// Before a replacement that failed is tried again.
    private static let replacePause = Duration.seconds(5)

    private let id: EndpointID
    private let address: RPCClient.Address
    private let configuration: RPCClient.Configuration
    private let eventLoop: any EventLoop
    private let logger: Logger
    private weak var owner: ServiceEndpoints?
    private var phase = Phase.idle
    private var backoff = Backoff()
    /// The connection of the attempt that is under way, or of the last one.
    private var connectingID: ObjectIdentifier?
    private var handlers: [ObjectIdentifier: ClientConnectionHandler] = [:]
    private var ageTimer: Scheduled<Void>?

    init(id: EndpointID, address: RPCClient.Address, owner: ServiceEndpoints, logger: Logger) {
        self.id = id
        self.address = address
        self.owner = owner
        configuration = owner.configuration
        eventLoop = owner.eventLoop
        self.logger = logger
    }

    // MARK: Calls

    private var current: (handler: ClientConnectionHandler, context: TLSContext?)? {
        switch phase {
        case .connected(let handler, let context), .replacing(let handler, let context, _): (handler, context)
        case .idle, .connecting, .closed: nil
        }
    }

    var openCalls: Int { current?.handler.openCalls ?? 0 }

    func submit(_ call: PendingCall, now: ContinuousClock.Instant) -> ClientConnectionHandler.Submission {
        guard let (handler, context) = current else { return .unusable }
        if let context, context !== currentContext {
            // The certificate was replaced: new calls go out under the new one.
            stopUsing()
            handler.drain()
            return .unusable
        }
        let submission = handler.submit(call, now: now)
        if case .unusable = submission { stopUsing() }
        return submission
    }

    func abandon(_ call: PendingCall) {
        for handler in handlers.values { handler.abandon(call) }
    }

    private var currentContext: TLSContext? {
        if case .tls(let source) = configuration.security { source.current } else { nil }
    }

    /// The connection takes no new calls; one that would have taken its place becomes the one that is waited for.
    private func stopUsing() {
        ageTimer?.cancel()
        if case .replacing(_, _, let next) = phase { phase = .connecting(next) } else { phase = .idle }
    }

    // MARK: Connecting

    func connect() {
        switch phase {
        case .idle:
            let context = currentContext
            phase = .connecting(context)
            open(context)
        case .connecting, .connected, .replacing, .closed: break
        }
    }

    private func open(_ context: TLSContext?) {
        connectingID = nil
        if let connect = configuration.connect {
            do { try connect { try configure($0, context) } } catch { connectionFailed(nil) }
            return
        }
        let endpoint = NIOLoopBound(self, eventLoop: eventLoop)
        let target: SocketAddress
        do { target = try SocketAddress(ipAddress: address.host, port: address.port) } catch { return connectionFailed(nil) }
        ClientBootstrap(group: eventLoop)
            .connectTimeout(Self.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try endpoint.value.configure(channel, context) }
            }
            .connect(to: target)
            .assumeIsolated()
            // Where there is a handler, it says so itself.
            .whenFailure { _ in if self.connectingID == nil { self.connectionFailed(nil) } }
    }

    private func configure(_ channel: any Channel, _ context: TLSContext?) throws {
        try configuration.prepareChannel?(channel)
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
        eventLoop.assumeIsolated().scheduleTask(in: Self.connectTimeout) { [weak handler] in
            if let handler, handler.isAwaitingHello { handler.close() }
        }
    }

    private func ready(_ id: ObjectIdentifier) {
        guard id == connectingID, let handler = handlers[id] else { return }
        switch phase {
        case .connecting(let context): use(handler, context)
        case .replacing(let old, _, let next):
            use(handler, next)
            old.drain()
        case .idle, .connected: break
        case .closed: handler.close()
        }
    }

    private func use(_ handler: ClientConnectionHandler, _ context: TLSContext?) {
        backoff.succeeded()
        phase = .connected(handler, context)
        let life = ConnectionAge.lifetime(max: configuration.connectionAgeMax, random: .random(in: 0...1))
        replace(in: life)
        owner?.connected(self.id)
    }

    // MARK: Replacing

    private func replace(in time: Duration) {
        ageTimer?.cancel()
        ageTimer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [weak self] in self?.replace() }
    }

    /// The old connection serves until the new one can.
    private func replace() {
        guard case .connected(let handler, let context) = phase else { return }
        let next = currentContext
        phase = .replacing(handler, context, next: next)
        open(next)
    }

    // MARK: Ends

    private func draining(_ id: ObjectIdentifier, _ unserved: [PendingCall]) {
        leave(id, wasLost: false)
        owner?.resend(unserved, .unserved, from: self.id, orFail: .unavailable("GOING_AWAY", "the service is going away"))
    }

    private func ended(_ id: ObjectIdentifier, _ unanswered: [PendingCall], _ error: RPCError?) {
        handlers[id] = nil
        if let current, ObjectIdentifier(current.handler) == id {
            leave(id, wasLost: true)
        } else if id == connectingID {
            connectionFailed(error)
        }
        let lost = error ?? .unavailable("CONNECTION_LOST", "the connection ended before the answer came")
        owner?.resend(unanswered, .unanswered, from: self.id, orFail: lost)
        if case .closed = phase, handlers.isEmpty { owner?.isEmpty(self.id) }
    }

    private func leave(_ id: ObjectIdentifier, wasLost: Bool) {
        guard let current, ObjectIdentifier(current.handler) == id else { return }
        stopUsing()
        owner?.left(self.id, wasLost: wasLost)
    }

    private func connectionFailed(_ reason: RPCError?) {
        switch phase {
        case .connecting:
            phase = .idle
            let pause = backoff.failed(random: .random(in: 0...1))
            let error = reason ?? .unavailable("NOT_CONNECTED", "\(configuration.service) cannot be reached at \(address)")
            owner?.failedToConnect(self.id, error, restsFor: pause)
        case .replacing(let handler, let context, _):
            phase = .connected(handler, context)
            replace(in: Self.replacePause)
        case .idle, .connected, .closed: break
        }
    }

    /// The server is no longer one of the service's: open calls finish, then the connection closes.
    func retire() {
        ageTimer?.cancel()
        phase = .closed
        for handler in handlers.values { if handler.isAwaitingHello { handler.close() } else { handler.drain() } }
        if handlers.isEmpty { owner?.isEmpty(id) }
    }

    func close() {
        ageTimer?.cancel()
        phase = .closed
        for handler in handlers.values { handler.close() }
    }
}
