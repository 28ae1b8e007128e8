import Identity
import NIOCore
import NIOPosix
import Testing
import Trust

@testable import RPC

/// The handler by itself, as a client of servers outside the mesh uses it.
@Suite(.timeLimit(.minutes(1))) struct TLSHandlerTests {
    let mesh: TestMesh

    init() throws { mesh = try TestMesh() }

    private final class Echo: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.writeAndFlush(data, promise: nil) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let done: EventLoopPromise<[UInt8]>
        private let wanted: Int
        private var bytes: [UInt8] = []

        init(_ wanted: Int, _ done: EventLoopPromise<[UInt8]>) { (self.wanted, self.done) = (wanted, done) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes += Array(unwrapInboundIn(data).readableBytesView)
            if bytes.count >= wanted { done.succeed(bytes) }
        }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { done.fail(error) }
        func channelInactive(context: ChannelHandlerContext) { done.fail(TLSError.closed) }
    }

    /// Sends `writes` through TLS to an echo and returns what came back.
    func echo(_ writes: [[UInt8]], expecting: PeerExpectation) async throws -> [UInt8] {
        let group = MultiThreadedEventLoopGroup.singleton
        let serverContext = try mesh.context(mesh.certificate("redis"), .server, alpn: nil)
        let clientContext = try mesh.context(mesh.certificate("ledger"), .client, alpn: nil)
        let listener = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(try TLSHandler(context: serverContext, expecting: .anyService))
                    try channel.pipeline.syncOperations.addHandler(Echo())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let done = group.any().makePromise(of: [UInt8].self)
        let wanted = writes.reduce(0) { $0 + $1.count }
        let client = try await ClientBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(try TLSHandler(context: clientContext, expecting: expecting))
                    try channel.pipeline.syncOperations.addHandler(Collector(wanted, done))
                }
            }
            .connect(to: try #require(listener.localAddress)).get()
        // Written before the handshake is done: nothing may be lost or leave in the clear.
        for bytes in writes { client.write(ByteBuffer(bytes: bytes), promise: nil) }
        client.flush()
        defer {
            client.close(promise: nil)
            listener.close(promise: nil)
        }
        return try await done.futureResult.get()
    }

    @Test(arguments: [PeerExpectation.dnsName("localhost"), .ipAddress("127.0.0.1")])
    func aServerIsKnownByItsNameOrAddress(_ expectation: PeerExpectation) async throws {
        #expect(try await echo([[1, 2, 3]], expecting: expectation) == [1, 2, 3])
    }

    @Test(arguments: [PeerExpectation.dnsName("elsewhere.example"), .dnsName("localhos"), .ipAddress("127.0.0.2"), .service(.ledger), .anyService])
    func anotherNameIsRefused(_ expectation: PeerExpectation) async throws {
        await #expect(throws: TLSError.self) { try await echo([[1]], expecting: expectation) }
    }

    @Test func bytesOfAllSizesComeThroughInOrder() async throws {
        let seed = UInt64.random(in: 0...(.max))
        var generator = SeededGenerator(seed: seed)
        let writes = (0..<60).map { _ in
            let count = [0, 1, 100, 16_383, 16_384, 16_385, 70_000].randomElement(using: &generator) ?? 1
            return (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        }
        #expect(try await echo(writes, expecting: .dnsName("localhost")) == writes.flatMap(\.self), "seed \(seed)")
    }

    /// The peer goes on sending, and never ends: it reads why, and the server does not wait for it.
    @Test func whoIsRefusedReadsWhyAndCannotKeepTheConnection() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let context = try mesh.context(mesh.certificate("redis"), .server, alpn: nil)
        let accepted = group.any().makePromise(of: (any Channel).self)
        let listener = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(try TLSHandler(context: context, expecting: .anyService))
                    accepted.succeed(channel)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let alert = group.any().makePromise(of: [UInt8].self)
        let client = try await ClientBootstrap(group: group)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Collector(7, alert)) }
            }
            .connect(to: try #require(listener.localAddress)).get()
        // A record that is longer than one may be, and more of the same behind it.
        let record = ByteBuffer(bytes: [0x16, 3, 1, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 60_000))
        for _ in 0..<20 { client.writeAndFlush(record, promise: nil) }
        // A fatal alert: record_overflow.
        let read = try await alert.futureResult.get()
        #expect(read.count == 7 && read.first == 21 && read.suffix(2) == [2, 22], "\(read)")
        try await accepted.futureResult.get().closeFuture.get()
        client.close(promise: nil)
        listener.close(promise: nil)
    }
}
