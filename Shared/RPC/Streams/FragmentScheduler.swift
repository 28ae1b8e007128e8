internal import NIOCore

/// What is still to be sent of large or streamed messages, in fair turns: one fragment per stream and turn, as far as the
/// stream's window goes. Small unary messages never come here. Pure.
struct FragmentScheduler {
    enum Step: Equatable {
        /// A part of a message; where it is the last, the bytes of the whole.
        case part(stream: UInt32, ByteBuffer, completes: Int?)
        /// All that was to be sent before the stream was finished is sent.
        case finished(stream: UInt32)
    }

    private struct Lane {
        var window = SendWindow()
        /// The first may have lost some of its bytes already.
        var messages: [ByteBuffer] = []
        var firstBytes = 0
        var isFinishing = false
        var isInRing = false

        var isReady: Bool {
            // An empty message needs no window.
            messages.first.map { window.available > 0 || $0.readableBytes == 0 } ?? isFinishing
        }
    }

    private var lanes: [UInt32: Lane] = [:]
    /// Streams that have something to send and a window for it; the next one first.
    private var ring: [UInt32] = []
    private var ringStart = 0

    mutating func open(_ stream: UInt32) { lanes[stream] = Lane() }

    /// Whatever is left of its messages is not sent.
    mutating func close(_ stream: UInt32) {
        if !lanes.isEmpty { lanes[stream] = nil }
    }

    func isOpen(_ stream: UInt32) -> Bool { !lanes.isEmpty && lanes[stream] != nil }

    /// How many wait is bounded by who writes the stream: ``MessageStream/unsentBytesMax``.
    mutating func enqueue(_ message: ByteBuffer, on stream: UInt32) {
        change(stream) { lane in
            if lane.messages.isEmpty { lane.firstBytes = message.readableBytes }
            lane.messages.append(message)
        }
    }

    /// The same, with its first part at once: requests go out in the order of their streams' numbers.
    mutating func begin(_ message: ByteBuffer, on stream: UInt32) -> ByteBuffer? {
        enqueue(message, on: stream)
        guard var lane = lanes[stream], case .part(_, let payload, _) = cut(stream, &lane) else { return nil }
        lanes[stream] = lane
        return payload
    }

    /// Nothing more will be enqueued.
    mutating func finish(_ stream: UInt32) {
        change(stream) { $0.isFinishing = true }
    }

    mutating func grant(_ bytes: UInt32, on stream: UInt32) throws(FrameError) {
        // The last fragment may have gone out before the grant came in.
        guard var lane = lanes[stream] else { return }
        try lane.window.grant(bytes)
        join(stream, &lane)
        lanes[stream] = lane
    }

    private mutating func change(_ stream: UInt32, _ body: (inout Lane) -> Void) {
        guard var lane = lanes[stream] else { return }
        body(&lane)
        join(stream, &lane)
        lanes[stream] = lane
    }

    private mutating func join(_ stream: UInt32, _ lane: inout Lane) {
        guard lane.isReady, !lane.isInRing else { return }
        lane.isInRing = true
        ring.append(stream)
    }

    /// The next step; nil where no stream can send.
    mutating func next() -> Step? {
        while ringStart < ring.count {
            let stream = ring[ringStart]
            ringStart += 1
            compact()
            guard var lane = lanes[stream], lane.isInRing else { continue }
            lane.isInRing = false
            let step = cut(stream, &lane)
            join(stream, &lane)
            lanes[stream] = lane
            if let step { return step }
        }
        return nil
    }

    private func cut(_ stream: UInt32, _ lane: inout Lane) -> Step? {
        guard !lane.messages.isEmpty else {
            guard lane.isFinishing else { return nil }
            lane.isFinishing = false
            return .finished(stream: stream)
        }
        let length = min(lane.messages[0].readableBytes, FlowControl.fragmentBytesMax, lane.window.available)
        guard let payload = lane.messages[0].readSlice(length: length) else { return nil }
        lane.window.spend(length)
        guard lane.messages[0].readableBytes == 0 else { return .part(stream: stream, payload, completes: nil) }
        lane.messages.removeFirst()
        defer { lane.firstBytes = lane.messages.first?.readableBytes ?? 0 }
        return .part(stream: stream, payload, completes: lane.firstBytes)
    }

    private mutating func compact() {
        guard ringStart >= 64, ringStart * 2 >= ring.count else { return }
        ring.removeFirst(ringStart)
        ringStart = 0
    }
}
