internal import NIOCore
internal import RPC

/// Frames that a decoder could have let through, out of a script.
enum ScriptFrames {
    /// Longer than the window's half, so that grants happen, and short enough for many in one script.
    private static let lengths = [0, 1, 7, 100, 5000, 40_000, 140_000, 262_144]

    static func next(_ script: inout ByteScript) -> Frame {
        let type = FrameType.allCases[script.below(FrameType.allCases.count)]
        let flags = FrameFlags(rawValue: script.byte() & 7)
        let concerns = ![.hello, .ping, .pong].contains(type)
        let stream = type == .goAway ? UInt32(script.byte()) : concerns ? UInt32(script.byte() % 12) + 1 : 0
        let code = type == .window ? UInt32(script.byte()) << 23 : UInt32(script.byte() % 4)
        return Frame(
            header: FrameHeader(length: 0, type: type, flags: flags, streamID: stream, code: code),
            payload: payload(of: type, &script))
    }

    private static func payload(of type: FrameType, _ script: inout ByteScript) -> ByteBuffer {
        switch type {
        case .request, .response, .data: ByteBuffer(repeating: 7, count: lengths[script.below(lengths.count)])
        case .hello: hello(&script)
        case .ping, .pong: ByteBuffer(bytes: script.bytes(8))
        case .end, .cancel, .window, .goAway: ByteBuffer()
        }
    }

    private static func hello(_ script: inout ByteScript) -> ByteBuffer {
        let manner = script.byte()
        if manner >= 200 { return ByteBuffer(bytes: script.bytes(Int(script.byte()))) }
        var written = ByteBuffer()
        let methods: [UInt32: String] = manner % 3 == 0 ? [:] : [0: "one", 1: "two", 2: "three"]
        Hello(service: "s", build: "b", streamsMax: UInt32(manner % 7), methods: methods).write(into: &written)
        written.moveReaderIndex(forwardBy: FrameHeader.size)
        return written
    }
}
