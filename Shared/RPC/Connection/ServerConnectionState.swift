package import NIOCore

/// The server's side of one connection, without I/O: frames in, one action out.
package struct ServerConnectionState: Sendable {
    private enum Phase: Equatable {
        /// Nothing but a hello is taken. May become open, draining or closed.
        case awaitingHello
        /// May become draining or closed.
        case open
        /// GOAWAY was sent; streams up to `last` are still served. May become closed.
        case draining(last: UInt32)
        case closed
    }

    package enum Action: Equatable {
        case none
        case start(stream: UInt32, methodID: UInt32, metadata: ByteBuffer, payload: ByteBuffer)
        /// Answer at once; no handler runs.
        case refuse(stream: UInt32, RPCError)
        /// Cancel the handler and answer CANCELLED.
        case cancel(stream: UInt32)
        case pong(ByteBuffer)
        case pongReceived
        /// Say why in a GOAWAY and close.
        case fail(FrameError)
    }

    private var phase = Phase.awaitingHello
    private var lastStream: UInt32 = 0
    /// Streams that have not been answered.
    private var unanswered: Set<UInt32> = []
    /// Handlers that have not returned: an answered stream (cancelled, too late) may still have one.
    private var running = 0
    private let streamsMax: Int

    package init(streamsMax: Int) { self.streamsMax = streamsMax }

    package mutating func receive(_ frame: Frame) -> Action {
        switch (phase, frame.header.type) {
        case (.closed, _):
            return .none
        case (.awaitingHello, .hello):
            do throws(FrameError) {
                _ = try Hello(reading: frame.payload)
            } catch {
                return fail(error)
            }
            phase = .open
            return .none
        case (_, .ping): return .pong(frame.payload)
        case (_, .pong): return .pongReceived
        case (.awaitingHello, _), (_, .hello), (_, .response): return fail(.unexpected(frame.header.type))
        case (_, .request): return request(frame)
        case (_, .cancel): return cancel(frame)
        case (_, .data), (_, .end), (_, .window):
            // What is still under way for a stream that was refused or cancelled; nothing newer may come without a request.
            return frame.header.streamID <= lastStream ? .none : fail(.unexpected(frame.header.type))
        case (_, .goAway): return .none
        }
    }

    private mutating func request(_ frame: Frame) -> Action {
        let stream = frame.header.streamID
        guard stream > lastStream else { return fail(.wrongStream(.request, stream)) }
        lastStream = stream
        // The client knows from the GOAWAY that this stream is not served, and sends it elsewhere.
        if case .draining = phase { return .none }
        unanswered.insert(stream)
        guard !frame.header.flags.contains(.more) else {
            return .refuse(
                stream: stream,
                RPCError(.unimplemented, reason: "STREAMING_UNSUPPORTED", message: "this method takes its message in one frame"))
        }
        guard running < streamsMax else {
            return .refuse(
                stream: stream,
                RPCError(
                    .resourceExhausted, reason: "TOO_MANY_CALLS", message: "too many calls at once on this connection",
                    retryAfter: .milliseconds(100)))
        }
        running += 1
        return .start(stream: stream, methodID: frame.header.code, metadata: frame.metadata, payload: frame.payload)
    }

    private mutating func cancel(_ frame: Frame) -> Action {
        let stream = frame.header.streamID
        guard stream <= lastStream else { return fail(.unexpected(.cancel)) }
        return unanswered.contains(stream) ? .cancel(stream: stream) : .none
    }

    /// True exactly once per stream: the one who gets it writes the RESPONSE.
    package mutating func claimAnswer(_ stream: UInt32) -> Bool {
        guard phase != .closed else { return false }
        return unanswered.remove(stream) != nil
    }

    package mutating func handlerReturned() {
        running -= 1
        assert(running >= 0)
    }

    /// Begins to drain; the result is the stream id that the GOAWAY names.
    package mutating func drain() -> UInt32? {
        switch phase {
        case .awaitingHello, .open:
            phase = .draining(last: lastStream)
            return lastStream
        case .draining, .closed:
            return nil
        }
    }

    package var isDrained: Bool {
        if case .draining = phase { unanswered.isEmpty } else { false }
    }

    package var isAwaitingHello: Bool { phase == .awaitingHello }

    package mutating func close() {
        phase = .closed
        unanswered = []
    }

    private mutating func fail(_ error: FrameError) -> Action {
        close()
        return .fail(error)
    }
}
