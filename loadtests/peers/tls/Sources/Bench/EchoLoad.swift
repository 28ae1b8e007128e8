internal import NIOCore

/// Messages of one size on one connection, so many of them unanswered at any time. Runs on the connection's loop alone: what is measured
/// is the TLS handler, and as little else as can be.
struct EchoLoad: Sendable {
    let bytes: Int
    let inFlight: Int
    let seconds: Double
    let compares: Bool

    final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let load: EchoLoad
        private let done: EventLoopPromise<Measurement>
        private let message: ByteBuffer
        private var sent = CircularBuffer<UInt64>()
        private var received = 0
        private var times: [UInt64] = []
        private var start: UInt64 = 0
        private var isOver = false

        init(_ load: EchoLoad, _ done: EventLoopPromise<Measurement>) {
            self.load = load
            self.done = done
            message = ByteBuffer(bytes: (0..<load.bytes).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
            times.reserveCapacity(1 << 20)
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard PeerName.isHandshakeCompleted(event) else { return context.fireUserInboundEventTriggered(event) }
            start = monotonicNanoseconds()
            send(load.inFlight, at: start, context)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let data = unwrapInboundIn(data)
            if load.compares, !isExpected(data) {
                done.fail(BenchError("an echo of \(load.bytes) bytes came back changed"))
                context.close(promise: nil)
            }
            received += data.readableBytes
        }

        func channelReadComplete(context: ChannelHandlerContext) {
            let count = received / load.bytes
            guard count > 0, !isOver else { return }
            received -= count * load.bytes
            let now = monotonicNanoseconds()
            for _ in 0..<count { times.append(now - sent.removeFirst()) }
            if Double(now - start) < load.seconds * 1e9 {
                send(count, at: now, context)
            } else {
                isOver = true
                done.succeed(Measurement(nanoseconds: times, seconds: Double(now - start) / 1e9))
                context.close(promise: nil)
            }
        }

        func channelInactive(context: ChannelHandlerContext) { done.fail(BenchError("the connection ended")) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { done.fail(error) }

        private func send(_ count: Int, at now: UInt64, _ context: ChannelHandlerContext) {
            for _ in 0..<count {
                sent.append(now)
                context.write(wrapOutboundOut(message), promise: nil)
            }
            context.flush()
        }

        /// Whatever the pieces in which it comes.
        private func isExpected(_ data: ByteBuffer) -> Bool {
            var offset = received % load.bytes
            let expected = message.readableBytesView
            for byte in data.readableBytesView {
                guard byte == expected[expected.startIndex + offset] else { return false }
                offset = (offset + 1) % load.bytes
            }
            return true
        }
    }
}
