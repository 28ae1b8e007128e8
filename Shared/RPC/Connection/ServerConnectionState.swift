package import NIOCore

/// The server's side of one connection, without I/O: frames in, one action out.
package struct ServerConnectionState: Sendable {
    private enum Phase: Equatable {
        /// Nothing but a hello is taken. May become open, draining or closed.
        case awaitingHello
        /// May become warned, draining or closed.
        case open
        /// A GOAWAY that names no stream was sent: what the client sent before it read that is served as well. May become draining
        /// or closed.
        case warned
        /// The last GOAWAY was sent; streams up to `last` are still served. May become closed.
        case draining(last: UInt32)
        case closed
    }

    package enum Action: Equatable {
        case none
        /// A unary request is whole.
        case start(stream: UInt32, methodID: UInt32, metadata: ByteBuffer, payload: ByteBuffer)
        /// A call of several messages begins, perhaps with the first of them.
        case open(stream: UInt32, methodID: UInt32, metadata: ByteBuffer, Received)
        case received(stream: UInt32, Received)
        /// The client may be sent so much more.
        case granted(stream: UInt32, UInt32)
        /// Tell the client that it may send so much more.
        case grant(stream: UInt32, UInt32)
        /// Answer at once.
        /// - methodID: Of a call that was not started; a handler that runs is cancelled.
        case refuse(stream: UInt32, methodID: UInt32?, RPCError)
        /// Cancel the handler and answer CANCELLED.
        case cancel(stream: UInt32)
        case pong(ByteBuffer)
        case pongReceived
        /// Say why in a GOAWAY and close.
        case fail(FrameError)
    }

    /// What a frame brought to a call of several messages.
    package struct Received: Equatable {
        package var message: ByteBuffer?
        /// Of the window, until it is read.
        package var held = 0
        /// The client sends no more.
        package var isLast: Bool
        /// To be told the client at once.
        package var grant: UInt32?
    }

    /// A unary request whose message is not whole.
    private struct Head: Equatable {
        var methodID: UInt32
        var metadata: ByteBuffer
    }

    private var phase = Phase.awaitingHello
    private var lastStream: UInt32 = 0
    /// Streams that have not been answered.
    private var unanswered: Set<UInt32> = []
    /// Handlers that have not returned: an answered stream (cancelled, too late) may still have one.
    private var running = 0
    /// Streams on which the client may still send.
    private var incoming: [UInt32: IncomingMessages] = [:]
    private var heads: [UInt32: Head] = [:]
    private var assemblyBytes = 0
    private let streamsMax: Int
    private let messageBytesMax: Int
    private let streamingMethods: Set<UInt32>

    /// - Parameter streamingMethods: The ids of those whose calls have several messages.
    package init(streamsMax: Int, messageBytesMax: Int = FrameLimits.standard.messageBytesMax, streamingMethods: Set<UInt32> = []) {
        self.streamsMax = streamsMax
        self.messageBytesMax = messageBytesMax
        self.streamingMethods = streamingMethods
    }

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
        case (_, .data): return data(frame)
        case (_, .window): return window(frame)
        case (_, .end): return fail(.unexpected(.end))
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
        guard running < streamsMax else {
            return .refuse(
                stream: stream, methodID: frame.header.code,
                RPCError(
                    .resourceExhausted, reason: "TOO_MANY_CALLS", message: "too many calls at once on this connection",
                    retryAfter: .milliseconds(100)))
        }
        running += 1
        let isStreaming = streamingMethods.contains(frame.header.code)
        // By far the most calls are this: one message, whole.
        if frame.header.flags.isEmpty, !isStreaming {
            return .start(stream: stream, methodID: frame.header.code, metadata: frame.metadata, payload: frame.payload)
        }
        incoming[stream] = IncomingMessages(bytesMax: messageBytesMax)
        heads[stream] = Head(methodID: frame.header.code, metadata: frame.metadata)
        guard isStreaming else { return unaryPart(stream, frame) }
        let received = streamPart(stream, frame)
        guard case .received(_, let first) = received else { return received }
        heads[stream] = nil
        return .open(stream: stream, methodID: frame.header.code, metadata: frame.metadata, first)
    }

    // MARK: Messages of several frames

    private mutating func data(_ frame: Frame) -> Action {
        let stream = frame.header.streamID
        guard incoming[stream] != nil else {
            // What is still under way for a stream that was refused or cancelled; nothing newer may come without a request.
            return stream <= lastStream ? .none : fail(.unexpected(.data))
        }
        return heads[stream] == nil ? streamPart(stream, frame) : unaryPart(stream, frame)
    }

    private mutating func unaryPart(_ stream: UInt32, _ frame: Frame) -> Action {
        guard frame.header.flags.subtracting(.more).isEmpty else { return fail(.malformedMessage) }
        do throws(FrameError) {
            switch try take(stream, frame) {
            case .nothing: return fail(.malformedMessage)
            case .part(let grant): return overfull(stream) ?? grant.map { .grant(stream: stream, $0) } ?? .none
            case .message(let payload, _):
                incoming[stream] = nil
                guard let head = heads.removeValue(forKey: stream) else { return .none }
                return .start(stream: stream, methodID: head.methodID, metadata: head.metadata, payload: payload)
            }
        } catch {
            return unacceptable(stream, error)
        }
    }

    private mutating func streamPart(_ stream: UInt32, _ frame: Frame) -> Action {
        let isLast = frame.header.flags.isDisjoint(with: [.more, .open])
        do throws(FrameError) {
            var received = Received(isLast: isLast)
            switch try take(stream, frame) {
            case .nothing: break
            case .part(let grant):
                if let refusal = overfull(stream) { return refusal }
                received.grant = grant
            case .message(let message, let held): (received.message, received.held) = (message, held)
            }
            // Nothing more is wanted, so nothing more is granted.
            if isLast { incoming[stream] = nil }
            return .received(stream: stream, received)
        } catch {
            return unacceptable(stream, error)
        }
    }

    private mutating func take(_ stream: UInt32, _ frame: Frame) throws(FrameError) -> IncomingMessages.Taken {
        assemblyBytes -= incoming[stream]?.assemblingBytes ?? 0
        defer { assemblyBytes += incoming[stream]?.assemblingBytes ?? 0 }
        // In place: with a second reference to what is assembled, each part would copy all that came before it.
        return try incoming[stream]?.take(frame.payload, frame.header.flags) ?? .nothing
    }

    private mutating func overfull(_ stream: UInt32) -> Action? {
        guard assemblyBytes > FlowControl.assemblyBytesMax else { return nil }
        return refusal(
            stream, "TOO_MUCH_UNFINISHED", "too many large messages are under way on this connection", retryAfter: .milliseconds(100))
    }

    /// A message that is too long is the fault of one call; everything else is a fault of the peer.
    private mutating func unacceptable(_ stream: UInt32, _ error: FrameError) -> Action {
        guard error == .messageTooLong else { return fail(error) }
        return refusal(stream, "MESSAGE_TOO_LARGE", "a message may have at most \(messageBytesMax) bytes")
    }

    /// A call whose handler runs is told of it by the answer that goes out for it, too.
    private mutating func refusal(_ stream: UInt32, _ reason: String, _ message: String, retryAfter: Duration? = nil) -> Action {
        let methodID = heads[stream]?.methodID
        forget(stream)
        return .refuse(
            stream: stream, methodID: methodID, RPCError(.resourceExhausted, reason: reason, message: message, retryAfter: retryAfter))
    }

    /// The client sends no more on it, or nothing that is wanted.
    private mutating func forget(_ stream: UInt32) {
        if let messages = incoming.removeValue(forKey: stream) { assemblyBytes -= messages.assemblingBytes }
        // No handler runs for a request that never was whole.
        if heads.removeValue(forKey: stream) != nil { running -= 1 }
    }

    private mutating func window(_ frame: Frame) -> Action {
        let stream = frame.header.streamID
        guard stream <= lastStream else { return fail(.unexpected(.window)) }
        return unanswered.contains(stream) ? .granted(stream: stream, frame.header.code) : .none
    }

    /// The handler has read a message. The result is what the client should be granted.
    package mutating func read(_ held: Int, on stream: UInt32) -> UInt32? { incoming[stream]?.read(held) }

    /// A frame that was well-formed asked for what cannot be.
    package mutating func violated(_ error: FrameError) -> Action { fail(error) }

    private mutating func cancel(_ frame: Frame) -> Action {
        let stream = frame.header.streamID
        guard stream <= lastStream else { return fail(.unexpected(.cancel)) }
        guard unanswered.contains(stream) else { return .none }
        guard let head = heads[stream] else { return .cancel(stream: stream) }
        // The request is not whole, so nothing runs.
        forget(stream)
        return .refuse(stream: stream, methodID: head.methodID, .cancelled)
    }

    /// True exactly once per stream: the one who gets it writes the RESPONSE.
    package mutating func claimAnswer(_ stream: UInt32) -> Bool {
        guard phase != .closed, unanswered.remove(stream) != nil else { return false }
        if !incoming.isEmpty { forget(stream) }
        return true
    }

    package func isUnanswered(_ stream: UInt32) -> Bool { unanswered.contains(stream) }

    package mutating func handlerReturned() {
        running -= 1
        assert(running >= 0)
    }

    /// In the GOAWAY that comes before the one that counts.
    package static let noStream = UInt32.max

    /// Asks the client to send no more. True where it should be told so, with ``noStream``; when it has read that, which its answer
    /// to a ping shows, ``drain()`` refuses nothing that was already under way.
    package mutating func warn() -> Bool {
        guard phase == .open else { return false }
        phase = .warned
        return true
    }

    package var isWarned: Bool { phase == .warned }

    /// Begins to drain; the result is the stream id that the GOAWAY names.
    package mutating func drain() -> UInt32? {
        switch phase {
        case .awaitingHello, .open, .warned:
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
        incoming = [:]
        heads = [:]
    }

    private mutating func fail(_ error: FrameError) -> Action {
        close()
        return .fail(error)
    }
}
