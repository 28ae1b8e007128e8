internal import Glibc
public import Identity
public import Logging
internal import NIOConcurrencyHelpers
public import NIOCore
public import NIOPosix

/// Serves methods on a port.
public final class RPCServer: Sendable {
    public struct Configuration: Sendable {
        public var host: String
        /// 0 for any free one.
        public var port: Int
        public var service: ServiceName
        /// For the hello and logs.
        public var build: String
        public var security: TransportSecurity
        /// Checks delegation tokens; without it, only trusted callers may speak for a tenant.
        public var delegation: (any DelegationVerifier)?
        /// Calls at once, per connection.
        public var streamsMax: Int
        /// Connections at once; further ones are closed unheard.
        public var connectionsMax: Int
        /// Lets a second server listen on the port beside this one, to take over from it.
        public var reusePort = false
        public var admission = AdmissionSettings()
        /// No call takes longer, whatever its caller grants.
        public var callTimeMax = Duration.seconds(300)
        /// After that, give or take a tenth, a client is asked to connect anew: so certificates, load and addresses move on.
        public var connectionAgeMax = Duration.seconds(30 * 60)
        /// Around every handler; the first outermost.
        public var interceptors: [any ServerInterceptor] = []
        /// Told once of each call that has ended, also of those that were refused.
        public var observer: (any CallObserver)?

        public init(
            host: String, port: Int, service: ServiceName, build: String = "dev", security: TransportSecurity,
            delegation: (any DelegationVerifier)? = nil, streamsMax: Int = 1024,
            connectionsMax: Int = 1024
        ) {
            self.host = host
            self.port = port
            self.service = service
            self.build = build
            self.security = security
            self.delegation = delegation
            self.streamsMax = streamsMax
            self.connectionsMax = connectionsMax
        }
    }

    struct Settings: Sendable {
        var service: ServiceName
        var build: String
        var limits = FrameLimits.standard
        var streamsMax: Int
        var handshakeTimeout = TimeAmount.seconds(10)
        var keepalive = Keepalive.Settings()
        var connectionAgeMax: Duration
    }

    private struct Connection: Sendable {
        var channel: any Channel
        var drain: @Sendable () -> Void
        var cancelEverything: @Sendable () -> Void
    }

    private struct State {
        var listener: (any Channel)?
        var connections: [ObjectIdentifier: Connection] = [:]
        var isShuttingDown = false
    }

    private let configuration: Configuration
    private let core: ServerCore
    private let group: any EventLoopGroup
    private let logger: Logger
    private let state = NIOLockedValueBox(State())

    /// - Parameter onRefusal: Called for every call refused for who asked; must not block.
    public init(
        configuration: Configuration, services: [any RPCService],
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, logger: Logger,
        onRefusal: @escaping @Sendable (CallRefusal) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.group = group
        self.logger = logger
        core = ServerCore(
            services: services, gate: CallGate(delegation: configuration.delegation, timeoutMax: configuration.callTimeMax),
            admission: configuration.admission,
            interceptors: configuration.interceptors, observer: configuration.observer, logger: logger, onRefusal: onRefusal)
    }

    /// Binds; the result is the port.
    @discardableResult
    public func start() async throws -> Int {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(.init(rawValue: SO_REUSEPORT)), value: configuration.reusePort ? 1 : 0)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.serve(channel) }
            }
        let listener = try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
        state.withLockedValue { $0.listener = listener }
        return listener.localAddress?.port ?? configuration.port
    }

    private struct TooManyConnections: Error {}

    /// Speaks over a connection that was accepted; on its event loop.
    package func serve(_ channel: any Channel) throws {
        // Throwing closes the connection before a byte of it is read.
        guard state.withLockedValue({ $0.connections.count < configuration.connectionsMax }) else { throw TooManyConnections() }
        let settings = Settings(
            service: configuration.service, build: configuration.build, streamsMax: configuration.streamsMax,
            connectionAgeMax: configuration.connectionAgeMax)
        let handler: ServerConnectionHandler
        switch configuration.security {
        case .tls(let source):
            try channel.pipeline.syncOperations.addHandler(try TLSHandler(context: source.current, expecting: .anyService))
            handler = ServerConnectionHandler(core: core, settings: settings, peer: nil, logger: logger)
        case .plaintext(let peer):
            handler = ServerConnectionHandler(core: core, settings: settings, peer: peer.identity, logger: logger)
        }
        try channel.pipeline.syncOperations.addHandler(handler)
        let id = ObjectIdentifier(channel)
        let connection = Connection(channel: channel, drain: handler.drain(), cancelEverything: handler.cancelEverything())
        let mustDrain = state.withLockedValue { state in
            state.connections[id] = connection
            return state.isShuttingDown
        }
        channel.closeFuture.whenComplete { _ in self.state.withLockedValue { _ = $0.connections.removeValue(forKey: id) } }
        if mustDrain { connection.drain() }
    }

    /// From any thread.
    public var load: ServerLoad { core.admission.load }

    /// Waits until the listening socket is closed.
    public func waitUntilClosed() async throws {
        try await state.withLockedValue { $0.listener }?.closeFuture.get()
    }

    /// Stops listening, tells every client to go elsewhere, lets open calls finish for at most `grace`, then cancels them.
    public func shutdown(grace: Duration = .seconds(10)) async {
        let (listener, connections) = state.withLockedValue { state in
            state.isShuttingDown = true
            return (state.listener, Array(state.connections.values))
        }
        try? await listener?.close()
        for connection in connections { connection.drain() }
        await closed(connections, within: grace)
        for connection in connections { connection.cancelEverything() }
        await closed(connections, within: .milliseconds(500))
        for connection in connections { connection.channel.close(promise: nil) }
    }

    private func closed(_ connections: [Connection], within time: Duration) async {
        let loop = group.any()
        let done = loop.makePromise(of: Void.self)
        EventLoopFuture.andAllComplete(connections.map(\.channel.closeFuture), on: loop).cascade(to: done)
        // Whichever comes first; a promise takes its first result and ignores the second.
        let timer = loop.scheduleTask(in: TimeAmount(time)) { done.succeed() }
        try? await done.futureResult.get()
        timer.cancel()
    }
}
