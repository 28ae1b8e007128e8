internal import NIOCore

/// What is still to be sent of large or streamed messages, in fair turns: one fragment per stream and turn, as far as the
/// stream's window goes. Small unary messages never come here. Pure.
struct FragmentScheduler {
    struct Fragment: Equatable {
        var stream: UInt32
        var payload: ByteBuffer
        /// Of its message.
        var isLast: Bool
    }

    private struct Lane {
        var window = SendWindow()
        /// Nil where nothing is to be sent. A stream sends one message at a time.
        var message: ByteBuffer?
        var isInRing = false
    }

    private var lanes: [UInt32: Lane] = [:]
    /// Streams that have something to send and a window for it; the next one first.
    private var ring: [UInt32] = []
    private var ringStart = 0

    mutating func open(_ stream: UInt32) { lanes[stream] = Lane() }

    /// Whatever is left of its message is not sent.
    mutating func close(_ stream: UInt32) {
        if !lanes.isEmpty { lanes[stream] = nil }
    }

    func isOpen(_ stream: UInt32) -> Bool { !lanes.isEmpty && lanes[stream] != nil }

    /// A message of the stream is not gone yet.
    func isBusy(_ stream: UInt32) -> Bool { lanes[stream]?.message != nil }

    /// Only after the stream's last message is gone.
    mutating func enqueue(_ message: ByteBuffer, on stream: UInt32) {
        guard var lane = lanes[stream] else { return }
        precondition(lane.message == nil, "a stream sends one message at a time")
        lane.message = message
        join(stream, &lane)
        lanes[stream] = lane
    }

    /// The same, with its first fragment at once: requests go out in the order of their streams' numbers.
    mutating func begin(_ message: ByteBuffer, on stream: UInt32) -> Fragment? {
        enqueue(message, on: stream)
        guard var lane = lanes[stream] else { return nil }
        let fragment = cut(stream, &lane)
        lanes[stream] = lane
        return fragment
    }

    mutating func grant(_ bytes: UInt32, on stream: UInt32) throws(FrameError) {
        // The last fragment may have gone out before the grant came in.
        guard var lane = lanes[stream] else { return }
        try lane.window.grant(bytes)
        join(stream, &lane)
        lanes[stream] = lane
    }

    private mutating func join(_ stream: UInt32, _ lane: inout Lane) {
        guard let message = lane.message, !lane.isInRing else { return }
        // An empty message needs no window.
        guard lane.window.available > 0 || message.readableBytes == 0 else { return }
        lane.isInRing = true
        ring.append(stream)
    }

    /// The next fragment; nil where no stream can send.
    mutating func next() -> Fragment? {
        while ringStart < ring.count {
            let stream = ring[ringStart]
            ringStart += 1
            compact()
            guard var lane = lanes[stream], lane.isInRing else { continue }
            lane.isInRing = false
            let fragment = cut(stream, &lane)
            join(stream, &lane)
            lanes[stream] = lane
            if let fragment { return fragment }
        }
        return nil
    }

    private func cut(_ stream: UInt32, _ lane: inout Lane) -> Fragment? {
        guard var message = lane.message else { return nil }
        let length = min(message.readableBytes, FlowControl.fragmentBytesMax, lane.window.available)
        guard let payload = message.readSlice(length: length) else { return nil }
        lane.window.spend(length)
        let isLast = message.readableBytes == 0
        lane.message = isLast ? nil : message
        return Fragment(stream: stream, payload: payload, isLast: isLast)
    }

    private mutating func compact() {
        guard ringStart >= 64, ringStart * 2 >= ring.count else { return }
        ring.removeFirst(ringStart)
        ringStart = 0
    }
}
