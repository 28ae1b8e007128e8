package import NIOCore

/// The client's side of one connection, without I/O.
package struct ClientConnectionState: Sendable {
    private enum Phase {
        /// No call can be sent: methods have no ids yet. May become open or closed.
        case awaitingHello
        /// May become draining or closed.
        case open
        /// The server sent GOAWAY, or the ids ran out: open streams go on, new ones need another connection. May become closed.
        case draining
        case closed
    }

    package enum Action: Equatable {
        case none
        case ready
        /// The call is over.
        case answer(stream: UInt32, code: UInt32, metadata: ByteBuffer, payload: ByteBuffer)
        /// A message of a call that has several.
        case message(stream: UInt32, ByteBuffer, held: Int)
        /// The service may be sent so much more.
        case granted(stream: UInt32, UInt32)
        /// Tell the service that it may send so much more.
        case grant(stream: UInt32, UInt32)
        /// The answer cannot be taken: end the call and cancel it at the service.
        case giveUp(stream: UInt32, RPCError)
        case pong(ByteBuffer)
        case pongReceived
        /// These streams were never served and may be sent elsewhere.
        case drain(unserved: [UInt32])
        case fail(FrameError)
    }

    package enum Opening: Equatable {
        case stream(UInt32, methodID: UInt32)
        /// The server has no such method.
        case unknownMethod
        /// More bytes than the server takes.
        case tooLarge
        /// As many calls are open as the server allows.
        case full
        /// Use another connection.
        case unusable
    }

    private var phase = Phase.awaitingHello
    private var nextStream: UInt32 = 1
    private var open: Set<UInt32> = []
    /// Of calls with several messages, and of unary answers that are not whole.
    private var incoming: [UInt32: IncomingMessages] = [:]
    private var streaming: Set<UInt32> = []
    private var assemblyBytes = 0
    private var methods: [String: UInt32] = [:]
    private var limits = FrameLimits.standard
    private var streamsMax = 0

    package init() {}

    package mutating func receive(_ frame: Frame) -> Action {
        switch (phase, frame.header.type) {
        case (.closed, _): return .none
        case (.awaitingHello, .hello): return hello(frame.payload)
        case (_, .ping): return .pong(frame.payload)
        case (_, .pong): return .pongReceived
        case (_, .goAway): return goAway(frame.header)
        case (.awaitingHello, _), (_, .hello), (_, .request), (_, .cancel): return fail(.unexpected(frame.header.type))
        case (_, .response), (_, .end), (_, .data), (_, .window):
            guard frame.header.streamID < nextStream else { return fail(.unexpected(frame.header.type)) }
            // Not open: what still comes for a call that was given up.
            return open.contains(frame.header.streamID) ? concerning(frame) : .none
        }
    }

    private mutating func concerning(_ frame: Frame) -> Action {
        let stream = frame.header.streamID
        switch frame.header.type {
        case .window: return .granted(stream: stream, frame.header.code)
        case .data: return part(stream, frame)
        case .end where streaming.contains(stream): return answer(frame, payload: frame.payload)
        // A call that never ran is answered alike, whatever its shape.
        case .response where frame.header.code != 0: return answer(frame, payload: frame.payload)
        case .response where incoming[stream] == nil && frame.header.flags.isEmpty: return answer(frame, payload: frame.payload)
        case .response where !streaming.contains(stream): return lastPart(stream, frame)
        default: return fail(.unexpected(frame.header.type))
        }
    }

    private mutating func answer(_ frame: Frame, payload: ByteBuffer) -> Action {
        let stream = frame.header.streamID
        forget(stream)
        return .answer(stream: stream, code: frame.header.code, metadata: frame.metadata, payload: payload)
    }

    // MARK: Messages of several frames

    private mutating func part(_ stream: UInt32, _ frame: Frame) -> Action {
        do throws(FrameError) {
            switch try take(stream, frame) {
            case .nothing: return fail(.malformedMessage)
            case .part(let grant):
                guard assemblyBytes <= FlowControl.assemblyBytesMax else {
                    return giveUp(stream, "TOO_MUCH_UNFINISHED", "too many large answers are under way on this connection")
                }
                return grant.map { .grant(stream: stream, $0) } ?? .none
            case .message(let message, let held):
                return streaming.contains(stream) ? .message(stream: stream, message, held: held) : fail(.unexpected(.data))
            }
        } catch {
            return unacceptable(stream, error)
        }
    }

    private mutating func lastPart(_ stream: UInt32, _ frame: Frame) -> Action {
        do throws(FrameError) {
            guard case .message(let payload, _) = try take(stream, frame) else { return fail(.malformedMessage) }
            return answer(frame, payload: payload)
        } catch {
            return unacceptable(stream, error)
        }
    }

    private mutating func take(_ stream: UInt32, _ frame: Frame) throws(FrameError) -> IncomingMessages.Taken {
        assemblyBytes -= incoming[stream]?.assemblingBytes ?? 0
        defer { assemblyBytes += incoming[stream]?.assemblingBytes ?? 0 }
        // In place: with a second reference to what is assembled, each part would copy all that came before it.
        return try incoming[stream, default: IncomingMessages(bytesMax: FrameLimits.standard.messageBytesMax)]
            .take(frame.payload, frame.header.flags)
    }

    private mutating func unacceptable(_ stream: UInt32, _ error: FrameError) -> Action {
        guard error == .messageTooLong else { return fail(error) }
        return giveUp(stream, "RESPONSE_TOO_LARGE", "the service's message is larger than a message may be")
    }

    private mutating func giveUp(_ stream: UInt32, _ reason: String, _ message: String) -> Action {
        forget(stream)
        return .giveUp(stream: stream, RPCError(.resourceExhausted, reason: reason, message: message))
    }

    private mutating func forget(_ stream: UInt32) {
        open.remove(stream)
        guard !incoming.isEmpty, let messages = incoming.removeValue(forKey: stream) else { return }
        assemblyBytes -= messages.assemblingBytes
        streaming.remove(stream)
    }

    /// A message was read. The result is what the service should be granted.
    package mutating func read(_ held: Int, on stream: UInt32) -> UInt32? { incoming[stream]?.read(held) }

    /// A frame that was well-formed asked for what cannot be.
    package mutating func violated(_ error: FrameError) -> Action { fail(error) }

    private mutating func hello(_ payload: ByteBuffer) -> Action {
        do throws(FrameError) {
            let hello = try Hello(reading: payload)
            methods = Dictionary(hello.methods.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
            limits = FrameLimits(
                metadataBytesMax: min(Int(hello.metadataBytesMax), FrameLimits.standard.metadataBytesMax),
                messageBytesMax: Int(hello.messageBytesMax))
            streamsMax = Int(hello.streamsMax)
        } catch {
            return fail(error)
        }
        phase = .open
        return .ready
    }

    private mutating func goAway(_ header: FrameHeader) -> Action {
        phase = .draining
        // A server that fails knows nothing certain of what it served: its calls must not be sent elsewhere as if they never ran.
        guard header.code == StatusCode.ok.rawValue else { return .drain(unserved: []) }
        let unserved = open.filter { $0 > header.streamID }.sorted()
        for stream in unserved { forget(stream) }
        return .drain(unserved: unserved)
    }

    package mutating func openStream(method: String, isStreaming: Bool = false, metadataBytes: Int, payloadBytes: Int) -> Opening {
        guard case .open = phase else { return .unusable }
        guard let id = methods[method] else { return .unknownMethod }
        guard metadataBytes <= limits.metadataBytesMax, payloadBytes <= limits.messageBytesMax else { return .tooLarge }
        guard open.count < streamsMax else { return .full }
        let stream = nextStream
        nextStream += 1
        if nextStream == .max { phase = .draining }
        open.insert(stream)
        if isStreaming {
            streaming.insert(stream)
            incoming[stream] = IncomingMessages(bytesMax: FrameLimits.standard.messageBytesMax)
        }
        return .stream(stream, methodID: id)
    }

    /// This end wants another connection for new calls.
    package mutating func drain() {
        if case .open = phase { phase = .draining }
    }

    /// The caller gave up; true where the server should be told.
    package mutating func abandon(_ stream: UInt32) -> Bool {
        guard open.contains(stream) else { return false }
        forget(stream)
        return true
    }

    package var isAwaitingHello: Bool { if case .awaitingHello = phase { true } else { false } }
    package var isUsable: Bool { if case .open = phase { true } else { false } }
    package var isDrained: Bool { if case .draining = phase { open.isEmpty } else { false } }
    package var openStreams: Int { open.count }

    /// The streams whose calls have no answer.
    package mutating func close() -> [UInt32] {
        phase = .closed
        defer {
            open = []
            incoming = [:]
            streaming = []
        }
        return open.sorted()
    }

    /// What the service takes in one message.
    package var messageBytesMax: Int { limits.messageBytesMax }

    private mutating func fail(_ error: FrameError) -> Action {
        phase = .closed
        return .fail(error)
    }
}
