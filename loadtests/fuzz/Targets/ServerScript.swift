internal import NIOCore
internal import RPC

/// The server's end of a connection.
struct ServerScript {
    private static let streamsMax = 4
    private static let messageBytesMax = 300_000

    private var state = ServerConnectionState(streamsMax: streamsMax, messageBytesMax: messageBytesMax, streamingMethods: [1, 2])
    private var newest: UInt32 = 0
    /// Handlers that have not returned.
    private var running = 0
    private var unanswered: Set<UInt32> = []
    private var answered: Set<UInt32> = []
    /// Streams whose handlers may still be handed messages.
    private var streaming: Set<UInt32> = []
    private var unread: [(stream: UInt32, held: Int)] = []
    private var isOver = false

    static func run(_ script: inout ByteScript) throws(BrokenPromise) {
        var server = ServerScript()
        for _ in 0..<400 where !script.isOver { try server.step(&script) }
    }

    private mutating func step(_ script: inout ByteScript) throws(BrokenPromise) {
        switch script.below(16) {
        case 0: try answer(UInt32(script.byte() % 12) + 1)
        case 1 where running > 0:
            running -= 1
            state.handlerReturned()
        case 2 where !unread.isEmpty:
            let message = unread.remove(at: script.below(unread.count))
            _ = state.read(message.held, on: message.stream)
        case 3: leave(script.byte())
        case 4 where script.byte() < 8: close()
        case 5 where script.byte() < 8: try take(state.violated(.malformedMessage))
        default: try take(state.receive(ScriptFrames.next(&script)))
        }
    }

    private mutating func leave(_ manner: UInt8) {
        switch manner {
        case 0..<8: _ = state.drain()
        case 8..<16: _ = state.warn()
        default: break
        }
    }

    private mutating func close() {
        state.close()
        isOver = true
    }

    private mutating func take(_ action: ServerConnectionState.Action) throws(BrokenPromise) {
        try require(!isOver || action == .none || Self.isFailure(action), "a connection that is over does nothing")
        switch action {
        case .none, .pong, .pongReceived, .grant: break
        case .start(let stream, _, _, let payload): try begin(stream, payload.readableBytes)
        case .open(let stream, _, _, let first):
            try begin(stream, 0)
            streaming.insert(stream)
            try hand(stream, first)
        case .received(let stream, let received): try hand(stream, received)
        case .granted(let stream, _): try require(!answered.contains(stream), "an answered call is granted nothing")
        case .refuse(let stream, _, _):
            try note(stream)
            unanswered.insert(stream)
            try answer(stream)
        case .cancel(let stream): try require(unanswered.contains(stream) || !answered.contains(stream), "only an open call is cancelled")
        case .fail: isOver = true
        }
    }

    private mutating func begin(_ stream: UInt32, _ bytes: Int) throws(BrokenPromise) {
        try note(stream)
        try require(unanswered.insert(stream).inserted && !answered.contains(stream), "a call begins once")
        try require(bytes <= Self.messageBytesMax, "a message is held to its cap")
        running += 1
        try require(running <= Self.streamsMax, "no more calls run than may")
    }

    private mutating func note(_ stream: UInt32) throws(BrokenPromise) {
        try require(stream > 0, "a call has a stream")
        newest = max(newest, stream)
    }

    private mutating func hand(_ stream: UInt32, _ received: ServerConnectionState.Received) throws(BrokenPromise) {
        try require(streaming.contains(stream), "messages come to calls that take them")
        if let message = received.message {
            try require(message.readableBytes <= Self.messageBytesMax, "a message is held to its cap")
            unread.append((stream, received.held))
        }
        if received.isLast { streaming.remove(stream) }
    }

    private mutating func answer(_ stream: UInt32) throws(BrokenPromise) {
        guard state.claimAnswer(stream) else { return }
        try require(!isOver, "nothing is answered on a connection that is over")
        try require(answered.insert(stream).inserted, "a call is answered once")
        unanswered.remove(stream)
        streaming.remove(stream)
    }

    private static func isFailure(_ action: ServerConnectionState.Action) -> Bool { if case .fail = action { true } else { false } }

    /// A hello, then requests of either kind, parts, grants, cancellations, answers, reads.
    static var seeds: [[UInt8]] {
        let hello: [UInt8] = [6, 0, 0, 0, 1]
        let unary: [UInt8] = [6, 1, 0, 0, 0, 2, 0, 0, 1, 0]
        let parts: [UInt8] = [6, 1, 1, 1, 0, 5, 6, 3, 1, 1, 0, 6, 6, 3, 0, 1, 0, 2]
        let stream: [UInt8] = [6, 1, 2, 2, 1, 4, 6, 3, 2, 2, 0, 7, 2, 0, 6, 5, 0, 2, 3, 6, 3, 0, 2, 0, 1, 0, 2, 1]
        return [hello + unary, hello + parts, hello + stream, hello + unary + parts + stream + [3, 0, 6, 4, 0, 1]]
    }
}
