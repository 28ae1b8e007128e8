internal import NIOCore
internal import RPC
internal import WireProbe
internal import WireRuntime

/// What is counted. Each runs so many times; the difference of two runs is what a time costs.
enum Load: String, CaseIterable {
    /// A unary call from the caller's message to the caller's answer, both ends, 512 bytes each way.
    case call
    /// The same with 1 MiB each way, in parts: what is copied more than once per end shows here.
    case large
    /// A message of 700 bytes with fields of most kinds.
    case decode
    case encode
    /// A REQUEST with a gateway's metadata and 512 bytes: written, cut from the stream, metadata read.
    case frame

    func run(_ times: Int) throws {
        switch self {
        case .call: try Self.call(times, Self.payload)
        case .large: try Self.call(times, [UInt8](repeating: 1, count: 1 << 20))
        case .decode: try Self.decode(times)
        case .encode: Self.encode(times)
        case .frame: try Self.frame(times)
        }
    }

    private static let payload = (0..<512).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    private static func call(_ times: Int, _ payload: [UInt8]) throws {
        let caller = try CallerIdentity()
        let connection = try MemoryConnection(caller, handler: EchoHandler())
        try connection.run { client in
            let probe = ProbeV1.ProbeClient(channel: client)
            let request = ProbeV1.Everything(blobs: [payload])
            for time in 0..<times {
                let answer = try await probe.echo(request, options: caller.options)
                // Comparing all of it each time would be counted.
                let isRight = time == 0 ? answer == request : answer.blobs.first?.count == payload.count
                guard isRight else { throw CostError("a wrong answer") }
            }
        }
    }

    private static let message = ProbeV1.Everything(
        names: ["requests", "approvals", "change/2026/0042", "dana@acme.example"], counts: (0..<24).map { 1 << $0 },
        blobs: [[UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 400)], ok: true, zig: -77, wide: 1_767_225_600_000_000,
        small: 3, zag: -5, word: 9, flags: [true, false, true])

    private static func encode(_ times: Int) {
        var buffer = ByteBuffer()
        for _ in 0..<times {
            buffer.clear()
            message.encode(into: &buffer)
        }
    }

    private static func decode(_ times: Int) throws {
        var buffer = ByteBuffer()
        message.encode(into: &buffer)
        for _ in 0..<times {
            guard try ProbeV1.Everything(decoding: buffer).small == 3 else { throw CostError("a wrong message") }
        }
    }

    private static func frame(_ times: Int) throws {
        let metadata = RequestMetadata(try CallerIdentity().options)
        let payload = ByteBuffer(bytes: payload)
        var bytes = ByteBuffer()
        for stream in 1...UInt32(times) {
            bytes.clear()
            bytes.writeFrame(.request, streamID: stream, code: 1, payload: payload) { metadata.write(into: &$0) }
            var decoder = FrameDecoder(limits: .standard)
            decoder.append(bytes)
            guard let frame = try decoder.next(), try RequestMetadata(reading: frame.metadata).tenant == metadata.tenant else {
                throw CostError("a wrong frame")
            }
        }
    }
}

private struct EchoHandler: ProbeV1.ProbeHandler {
    typealias Everything = ProbeV1.Everything

    func echo(_ request: Everything, context: CallContext) async throws -> Everything { request }
    func linger(_ request: ProbeV1.Nest, context: CallContext) async throws -> ProbeV1.Nest { request }
    func recite(_ request: Everything, writer: MessageWriter<Everything>, context: CallContext) async throws {}
    func collect(_ requests: MessageReader<Everything>, context: CallContext) async throws -> Everything { Everything() }
    func chat(_ requests: MessageReader<Everything>, writer: MessageWriter<Everything>, context: CallContext) async throws {}
}
