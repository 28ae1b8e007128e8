internal import Identity
internal import Logging
internal import NIOCore
internal import NIOEmbedded
internal import RPC
internal import WireProbe

/// A client and a server whose bytes are carried from one to the other by hand: no sockets, no TLS, one thread.
final class MemoryConnection {
    private static let quiet = Logger(label: "cost") { _ in SwiftLogNoOpLogHandler() }

    let client: RPCClient
    private let loop = EmbeddedEventLoop()
    private let clientChannel: EmbeddedChannel
    private let serverChannel: EmbeddedChannel

    init(_ caller: CallerIdentity, handler: some ProbeV1.ProbeHandler) throws {
        let loop = loop
        let (clientChannel, serverChannel) = (EmbeddedChannel(loop: loop), EmbeddedChannel(loop: loop))
        var serving = RPCServer.Configuration(
            host: "memory", port: 0, service: .policy, security: .plaintext(PlaintextPeer(identity: caller.peer)), delegation: caller.verifier)
        serving.observer = CountingObserver()
        let server = RPCServer(
            configuration: serving, services: [ProbeV1.ProbeService(handler: handler)], group: loop, logger: Self.quiet)
        var calling = RPCClient.Configuration(
            host: "127.0.0.1", port: 1, service: .policy, caller: caller.peer.service,
            security: .plaintext(PlaintextPeer(identity: PeerIdentity(service: .policy, certificateThumbprint: []))))
        calling.observer = CountingObserver()
        let bound = NIOLoopBound((clientChannel, serverChannel), eventLoop: loop)
        calling.connect = { configure in
            let (clientChannel, serverChannel) = bound.value
            try server.serve(serverChannel)
            try configure(clientChannel)
            let nowhere = try SocketAddress(unixDomainSocketPath: "memory")
            serverChannel.connect(to: nowhere, promise: nil)
            clientChannel.connect(to: nowhere, promise: nil)
        }
        client = RPCClient(configuration: calling, group: loop, logger: Self.quiet)
        (self.clientChannel, self.serverChannel) = (clientChannel, serverChannel)
    }

    /// Runs both ends until the task has its result.
    func run(_ body: @escaping @Sendable (RPCClient) async throws -> Void) throws {
        let outcome = Outcome()
        let client = client
        Task {
            do {
                try await body(client)
                outcome.set(.success(()))
            } catch { outcome.set(.failure(error)) }
        }
        while true {
            if let result = outcome.value { return try result.get() }
            guard try step() else { throw CostError("nothing is left to do, and there is no answer") }
        }
    }

    /// False where there was nothing to do.
    private func step() throws -> Bool {
        var hasMoved = MainThreadJobs.runAll()
        loop.run()
        while let bytes = try clientChannel.readOutbound(as: ByteBuffer.self) {
            try serverChannel.writeInbound(bytes)
            hasMoved = true
        }
        while let bytes = try serverChannel.readOutbound(as: ByteBuffer.self) {
            try clientChannel.writeInbound(bytes)
            hasMoved = true
        }
        loop.run()
        return MainThreadJobs.runAll() || hasMoved
    }
}
