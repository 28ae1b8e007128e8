internal import Glibc
package import NIOCore

/// Stands between a socket and whatever speaks over it, and does to the bytes of both directions what a plan says.
package final class FaultHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private enum Direction { case inbound, outbound }

    private struct Side {
        var lane: FaultLane
        var isWaiting = false
    }

    private var inbound: Side
    private var outbound: Side
    private let log: FaultLog
    private var isGone = false

    package init(inbound: FaultLane, outbound: FaultLane, log: FaultLog) {
        self.inbound = Side(lane: inbound)
        self.outbound = Side(lane: outbound)
        self.log = log
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        log.note(inbound.lane.take(unwrapInboundIn(data)))
        run(.inbound, context)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        log.note(outbound.lane.take(unwrapOutboundIn(data)))
        // As a socket's buffer does: whoever wrote it learns no more of it.
        promise?.succeed()
        run(.outbound, context)
    }

    package func handlerRemoved(context: ChannelHandlerContext) { isGone = true }

    private func run(_ direction: Direction, _ context: ChannelHandlerContext) {
        guard !self[direction].isWaiting else { return }
        while !isGone, let step = self[direction].lane.next() {
            switch step {
            case .pass(let bytes): pass(bytes, direction, context)
            case .wait(let time):
                self[direction].isWaiting = true
                context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { self.resume(direction, context) }
                return
            case .reset: return reset(context)
            }
        }
    }

    private func resume(_ direction: Direction, _ context: ChannelHandlerContext) {
        guard !isGone else { return }
        self[direction].isWaiting = false
        run(direction, context)
        guard !isGone else { return }
        // Nobody else will say so: the read or the flush that brought these bytes is long over.
        switch direction {
        case .inbound: context.fireChannelReadComplete()
        case .outbound: context.flush()
        }
    }

    private func pass(_ bytes: ByteBuffer, _ direction: Direction, _ context: ChannelHandlerContext) {
        switch direction {
        case .inbound: context.fireChannelRead(wrapInboundOut(bytes))
        case .outbound: context.write(wrapOutboundOut(bytes), promise: nil)
        }
    }

    private func reset(_ context: ChannelHandlerContext) {
        context.flush()
        // Without lingering, closing is a reset: the peer sees an error and no orderly end.
        _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        context.close(promise: nil)
    }

    private subscript(direction: Direction) -> Side {
        get { direction == .inbound ? inbound : outbound }
        set { if direction == .inbound { inbound = newValue } else { outbound = newValue } }
    }
}
