internal import NIOCore

/// Shakes hands, has one byte echoed, and closes: in TLS 1.3 a client is done before the server has judged it, and only an answer
/// tells that it has.
final class HandshakeLoad: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let done: EventLoopPromise<Void>

    init(_ done: EventLoopPromise<Void>) { self.done = done }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard PeerName.isHandshakeCompleted(event) else { return context.fireUserInboundEventTriggered(event) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [1])), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        done.succeed()
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { done.fail(BenchError("the connection ended")) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { done.fail(error) }
}
