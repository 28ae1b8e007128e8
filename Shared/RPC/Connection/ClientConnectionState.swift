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
        case answer(stream: UInt32, code: UInt32, metadata: ByteBuffer, payload: ByteBuffer)
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
        case (_, .goAway): return goAway(last: frame.header.streamID)
        case (.awaitingHello, _), (_, .hello), (_, .request), (_, .cancel): return fail(.unexpected(frame.header.type))
        case (_, .response):
            let stream = frame.header.streamID
            guard stream < nextStream else { return fail(.unexpected(.response)) }
            // Not open: the answer to a call that was given up.
            guard open.remove(stream) != nil else { return .none }
            return .answer(
                stream: stream, code: frame.header.code, metadata: frame.metadata, payload: frame.payload)
        case (_, .data), (_, .end), (_, .window):
            return frame.header.streamID < nextStream ? .none : fail(.unexpected(frame.header.type))
        }
    }

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

    private mutating func goAway(last: UInt32) -> Action {
        phase = .draining
        let unserved = open.filter { $0 > last }.sorted()
        open.subtract(unserved)
        return .drain(unserved: unserved)
    }

    package mutating func openStream(method: String, metadataBytes: Int, payloadBytes: Int) -> Opening {
        guard case .open = phase else { return .unusable }
        guard let id = methods[method] else { return .unknownMethod }
        guard metadataBytes <= limits.metadataBytesMax, payloadBytes <= limits.messageBytesMax else { return .tooLarge }
        guard open.count < streamsMax else { return .full }
        let stream = nextStream
        nextStream += 1
        if nextStream == .max { phase = .draining }
        open.insert(stream)
        return .stream(stream, methodID: id)
    }

    /// This end wants another connection for new calls.
    package mutating func drain() {
        if case .open = phase { phase = .draining }
    }

    /// The caller gave up; true where the server should be told.
    package mutating func abandon(_ stream: UInt32) -> Bool {
        open.remove(stream) != nil
    }

    package var isAwaitingHello: Bool { if case .awaitingHello = phase { true } else { false } }
    package var isUsable: Bool { if case .open = phase { true } else { false } }
    package var isDrained: Bool { if case .draining = phase { open.isEmpty } else { false } }
    package var openStreams: Int { open.count }

    /// The streams whose calls have no answer.
    package mutating func close() -> [UInt32] {
        phase = .closed
        defer { open = [] }
        return open.sorted()
    }

    private mutating func fail(_ error: FrameError) -> Action {
        phase = .closed
        return .fail(error)
    }
}
