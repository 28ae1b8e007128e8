import Identity
import NIOCore
import NIOPosix

@testable import RPC

/// A client that says what no `RPCClient` would.
final class RawPeer: Sendable {
    enum Event: Sendable {
        case secured(PeerIdentity?)
        case frame(Frame)
        case failed(String)
        case closed
    }

    let channel: any Channel
    let events: AsyncStream<Event>

    private init(channel: any Channel, events: AsyncStream<Event>) {
        self.channel = channel
        self.events = events
    }

    static func connect(_ port: Int, _ context: TLSContext, expecting: PeerExpectation = .service(.policy)) async throws -> RawPeer {
        let stream = AsyncStream.makeStream(of: Event.self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(try TLSHandler(context: context, expecting: expecting))
                    try channel.pipeline.syncOperations.addHandler(Collector(stream.continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return RawPeer(channel: channel, events: stream.stream)
    }

    func send(_ bytes: [UInt8]) async { try? await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    func sendHello() async {
        var buffer = ByteBuffer()
        Hello(service: "raw", build: "test").write(into: &buffer)
        try? await channel.writeAndFlush(buffer)
    }

    /// Everything until the connection ends.
    func untilClosed() async -> [Event] {
        var all: [Event] = []
        for await event in events {
            all.append(event)
            if case .closed = event { break }
        }
        return all
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let events: AsyncStream<Event>.Continuation
        private var decoder = FrameDecoder(limits: .standard)

        init(_ events: AsyncStream<Event>.Continuation) { self.events = events }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if let done = event as? TLSHandshakeCompleted { events.yield(.secured(done.peer)) }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            decoder.append(unwrapInboundIn(data))
            while let frame = try? decoder.next() { events.yield(.frame(frame)) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { events.yield(.failed("\(error)")) }
        func channelInactive(context: ChannelHandlerContext) { events.yield(.closed) }
    }
}

extension [RawPeer.Event] {
    var frameTypes: [FrameType] { compactMap { if case .frame(let frame) = $0 { frame.header.type } else { nil } } }
    var failures: [String] { compactMap { if case .failed(let text) = $0 { text } else { nil } } }
}
