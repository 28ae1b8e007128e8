import NIOCore
import NIOPosix
import Synchronization

/// A vendor that answers with given bytes, or does not: for what a well-behaved HTTP server cannot be made to do.
final class VendorServer: Sendable {
    enum Behaviour: Sendable {
        case answer(String)
        /// Takes the request and hangs up.
        case hangUp
        /// Takes the request and says nothing.
        case silence
    }

    let port: Int
    private let channel: any Channel
    private let log: RequestLog

    init(_ behaviour: Behaviour) async throws {
        let log = RequestLog()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(VendorHandler(behaviour, log)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
        self.log = log
    }

    var received: [String] { log.all.withLock { $0 } }

    func stop() async throws { try await channel.close() }
}

private final class RequestLog: Sendable {
    let all = Mutex<[String]>([])
}

private final class VendorHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let behaviour: VendorServer.Behaviour
    private let log: RequestLog
    private var text = ""

    init(_ behaviour: VendorServer.Behaviour, _ log: RequestLog) {
        self.behaviour = behaviour
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        guard let end = text.firstRange(of: "\r\n\r\n") else { return }
        let length =
            text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }.flatMap {
                Int($0.dropFirst(15).filter { $0 != " " })
            } ?? 0
        guard text[end.upperBound...].utf8.count >= length else { return }
        log.all.withLock { $0.append(text) }
        text = ""
        switch behaviour {
        case .answer(let answer): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
        case .hangUp: context.close(promise: nil)
        case .silence: break
        }
    }
}
