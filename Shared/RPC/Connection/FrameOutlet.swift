internal import NIOCore

/// Has large messages to write, a fragment at a time.
protocol FragmentSource: AnyObject {
    /// False where none can go out now.
    func writeFragment() -> Bool
}

/// Collects the frames of one event-loop tick and writes them as one buffer, flushed once.
///
/// Lives on the event loop of its context.
final class FrameOutlet {
    private var pending = ByteBuffer()
    private var isFlushScheduled = false
    private var isClosing = false
    private weak var context: ChannelHandlerContext?
    private weak var source: (any FragmentSource)?
    private var isTurnScheduled = false

    /// A payload from here on is written as a buffer of its own instead of being copied.
    private static let copyBelow = 16 << 10
    /// Of an idle connection's buffer.
    private static let keptBytesMax = 32 << 10
    /// Of large messages, before whatever else happens on the loop has its turn.
    private static let fragmentsPerTurn = 4

    func attach(_ context: ChannelHandlerContext, source: any FragmentSource) {
        self.context = context
        self.source = source
    }

    func write(
        _ type: FrameType, flags: FrameFlags = [], streamID: UInt32, code: UInt32 = 0, payload: ByteBuffer = ByteBuffer(),
        metadata: (inout ByteBuffer) -> Void = { _ in }
    ) {
        guard !isClosing else { return }
        if payload.readableBytes < Self.copyBelow {
            pending.writeFrame(type, flags: flags, streamID: streamID, code: code, payload: payload, metadata: metadata)
        } else {
            pending.writeFrameHead(
                type, flags: flags, streamID: streamID, code: code, payloadLength: payload.readableBytes, metadata: metadata)
            handOver()
            context?.write(NIOAny(payload), promise: nil)
        }
        scheduleFlush()
    }

    func write(_ hello: Hello) {
        hello.write(into: &pending)
        scheduleFlush()
    }

    // MARK: Large messages

    /// Lets fragments out, a few per tick of the loop and none while the channel's buffer is full, so that small frames never
    /// stand behind a large message.
    func scheduleTurn() {
        guard !isTurnScheduled, !isClosing, let context, context.channel.isWritable else { return }
        isTurnScheduled = true
        context.eventLoop.assumeIsolated().execute { self.turn() }
    }

    private func turn() {
        isTurnScheduled = false
        for _ in 0..<Self.fragmentsPerTurn {
            guard source?.writeFragment() == true else { return }
        }
        scheduleTurn()
    }

    // MARK: Flushing

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
        guard let context else { return }
        if pending.readableBytes > 0 { context.write(NIOAny(pending), promise: nil) }
        context.flush()
        // TLS has taken the bytes by now, so that the next tick writes to the same memory; a bare socket may hold them yet, and then
        // this makes new memory.
        if pending.capacity > Self.keptBytesMax { pending = ByteBuffer() } else { pending.clear() }
    }

    /// Writes what is pending, then closes.
    func close() {
        guard !isClosing else { return }
        isClosing = true
        flush()
        context?.close(promise: nil)
    }
}
