internal import NIOCore

/// Collects the frames of one event-loop tick and writes them as one buffer, flushed once.
///
/// Lives on the event loop of its context.
final class FrameOutlet {
    private var pending = ByteBuffer()
    private var isFlushScheduled = false
    private var isClosing = false
    private weak var context: ChannelHandlerContext?

    /// A payload from here on is written as a buffer of its own instead of being copied.
    private static let copyBelow = 32 << 10

    func attach(_ context: ChannelHandlerContext) { self.context = context }

    func write(
        _ type: FrameType, streamID: UInt32, code: UInt32 = 0, payload: ByteBuffer = ByteBuffer(),
        metadata: (inout ByteBuffer) -> Void = { _ in }
    ) {
        guard !isClosing else { return }
        if payload.readableBytes < Self.copyBelow {
            pending.writeFrame(type, streamID: streamID, code: code, payload: payload, metadata: metadata)
        } else {
            pending.writeFrameHead(
                type, streamID: streamID, code: code, payloadLength: payload.readableBytes, metadata: metadata)
            handOver()
            context?.write(NIOAny(payload), promise: nil)
        }
        scheduleFlush()
    }

    func write(_ hello: Hello) {
        hello.write(into: &pending)
        scheduleFlush()
    }

    private func handOver() {
        guard let context, pending.readableBytes > 0 else { return }
        context.write(NIOAny(pending), promise: nil)
        pending = ByteBuffer()
    }

    private func scheduleFlush() {
        guard !isFlushScheduled, let context else { return }
        isFlushScheduled = true
        // `assumeIsolated`: the outlet is used on the loop only.
        context.eventLoop.assumeIsolated().execute { self.flush() }
    }

    func flush() {
        isFlushScheduled = false
        handOver()
        context?.flush()
    }

    /// Writes what is pending, then closes.
    func close() {
        guard !isClosing else { return }
        isClosing = true
        flush()
        context?.close(promise: nil)
    }
}
