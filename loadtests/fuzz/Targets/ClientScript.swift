internal import NIOCore
internal import RPC

/// The client's end of a connection.
struct ClientScript {
    private var state = ClientConnectionState()
    private var open: Set<UInt32> = []
    private var streaming: Set<UInt32> = []
    private var unread: [(stream: UInt32, held: Int)] = []
    private var isOver = false

    static func run(_ script: inout ByteScript) throws(BrokenPromise) {
        var client = ClientScript()
        for _ in 0..<400 where !script.isOver { try client.step(&script) }
        try client.end()
    }

    private mutating func step(_ script: inout ByteScript) throws(BrokenPromise) {
        switch script.below(16) {
        case 0, 1: try call(&script)
        case 2 where !unread.isEmpty:
            let message = unread.remove(at: script.below(unread.count))
            _ = state.read(message.held, on: message.stream)
        case 3:
            let stream = UInt32(script.byte() % 12) + 1
            try require(state.abandon(stream) == (open.remove(stream) != nil), "what is open can be given up")
            streaming.remove(stream)
        case 4 where script.byte() < 8: state.drain()
        case 5 where script.byte() < 8: try take(state.violated(.malformedMessage))
        default: try take(state.receive(ScriptFrames.next(&script)))
        }
        if !isOver { try require(state.openStreams == open.count, "the open calls are known") }
    }

    private mutating func call(_ script: inout ByteScript) throws(BrokenPromise) {
        let isStreaming = script.byte() % 2 == 1
        let method = ["one", "two", "three", "four"][script.below(4)]
        guard case .stream(let stream, _) = state.openStream(method: method, isStreaming: isStreaming, metadataBytes: 0, payloadBytes: 10) else {
            return
        }
        try require(!isOver, "no call begins on a connection that is over")
        try require(open.insert(stream).inserted, "a stream is used once")
        if isStreaming { streaming.insert(stream) }
    }

    private mutating func take(_ action: ClientConnectionState.Action) throws(BrokenPromise) {
        try require(!isOver || action == .none || Self.isFailure(action), "a connection that is over does nothing")
        switch action {
        case .none, .ready, .pong, .pongReceived, .grant: break
        case .answer(let stream, _, _, _): try conclude(stream)
        case .giveUp(let stream, _): try conclude(stream)
        case .message(let stream, _, let held):
            try require(streaming.contains(stream), "messages come to calls that take them")
            unread.append((stream, held))
        case .granted(let stream, _): try require(open.contains(stream), "only an open call is granted")
        case .drain(let unserved): for stream in unserved { try conclude(stream) }
        case .fail: isOver = true
        }
    }

    private mutating func conclude(_ stream: UInt32) throws(BrokenPromise) {
        try require(open.remove(stream) != nil, "a call ends once")
        streaming.remove(stream)
    }

    private mutating func end() throws(BrokenPromise) {
        try require(state.close() == open.sorted(), "every call that has no answer is told of the end")
    }

    private static func isFailure(_ action: ClientConnectionState.Action) -> Bool { if case .fail = action { true } else { false } }

    static var seeds: [[UInt8]] {
        let hello: [UInt8] = [6, 0, 0, 0, 5]
        let unary: [UInt8] = [0, 0, 0, 6, 2, 0, 0, 0, 3]
        let parts: [UInt8] = [0, 0, 1, 6, 3, 1, 1, 0, 6, 6, 2, 0, 1, 0, 4]
        let stream: [UInt8] = [1, 1, 2, 6, 3, 0, 0, 0, 5, 2, 0, 6, 6, 0, 0, 1, 6, 4, 0, 0, 0]
        return [hello + unary, hello + parts, hello + stream, hello + unary + stream + [6, 9, 0, 0, 0]]
    }
}
