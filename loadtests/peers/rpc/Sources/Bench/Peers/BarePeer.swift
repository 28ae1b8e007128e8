internal import Identity
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix
internal import RPC

/// The floor: `u32 length | bytes` over the same TLS, answered on the event loop in order. No streams, no metadata, no task per call.
final class BareClient: EchoClient {
    private typealias Answer = CheckedContinuation<[UInt8], any Error>

    private struct State {
        var requests: [([UInt8], Answer)] = []
        var isScheduled = false
    }

    private let state = NIOLockedValueBox(State())
    private let channel: any Channel
    private let handler: NIOLoopBound<Handler>

    init(port: Int, credentials: Credentials) async throws {
        let context = try credentials.context(of: "gateway", role: .client)
        let ready = NIOLockedValueBox<NIOLoopBound<Handler>?>(nil)
        let open = try await ClientBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = Handler()
                    try channel.pipeline.syncOperations.addHandler(try TLSHandler(context: context, expecting: .service(.policy)))
                    try channel.pipeline.syncOperations.addHandler(handler)
                    let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
                    ready.withLockedValue { $0 = bound }
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        guard let bound = ready.withLockedValue({ $0 }) else { throw BenchError("the handler was not added") }
        channel = open
        handler = bound
    }

    func echo(_ bytes: [UInt8]) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { answer in
            let mustSchedule = state.withLockedValue { state in
                state.requests.append((bytes, answer))
                defer { state.isScheduled = true }
                return !state.isScheduled
            }
            guard mustSchedule else { return }
            channel.eventLoop.execute { [self] in
                let requests = state.withLockedValue { state in
                    defer { state.requests = [] }
                    state.isScheduled = false
                    return state.requests
                }
                handler.value.send(requests)
            }
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var waiting = CircularBuffer<Answer>()
        private var buffered = ByteBuffer()
        private var context: ChannelHandlerContext?

        func handlerAdded(context: ChannelHandlerContext) { self.context = context }

        func send(_ requests: [([UInt8], Answer)]) {
            guard let context else { return }
            var frames = ByteBuffer()
            for (bytes, answer) in requests {
                frames.writeInteger(UInt32(bytes.count))
                frames.writeBytes(bytes)
                waiting.append(answer)
            }
            context.writeAndFlush(wrapOutboundOut(frames), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            buffered.writeBuffer(&bytes)
            while let frame = buffered.readLengthPrefixedSlice(as: UInt32.self) {
                waiting.popFirst()?.resume(returning: Array(frame.readableBytesView))
            }
            buffered.discardReadBytes()
        }

        func channelInactive(context: ChannelHandlerContext) {
            while let answer = waiting.popFirst() { answer.resume(throwing: BenchError("the connection ended")) }
        }
    }
}

struct BareServer: EchoServer {
    let credentials: Credentials

    func start() async throws -> Int {
        let context = try credentials.context(of: "policy", role: .server)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(try TLSHandler(context: context, expecting: .anyService))
                    try channel.pipeline.syncOperations.addHandler(Handler())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        guard let port = listener.localAddress?.port else { throw BenchError("the server has no address") }
        return port
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var buffered = ByteBuffer()

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            buffered.writeBuffer(&bytes)
            var answers = ByteBuffer()
            while let frame = buffered.readLengthPrefixedSlice(as: UInt32.self) {
                answers.writeInteger(UInt32(frame.readableBytes))
                answers.writeImmutableBuffer(frame)
            }
            buffered.discardReadBytes()
            if answers.readableBytes > 0 { context.write(wrapOutboundOut(answers), promise: nil) }
        }

        func channelReadComplete(context: ChannelHandlerContext) { context.flush() }
    }
}
