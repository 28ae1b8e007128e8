internal import Identity
internal import NIOCore
internal import RPC

/// What travels beside messages: of requests, of answers, of a connection's beginning. What was understood means the same after it
/// was written and read again.
enum MetadataBytes {
    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        let buffer = ByteBuffer(bytes: bytes)
        try request(buffer)
        try response(buffer)
        try hello(buffer)
        try trace(text(bytes))
    }

    private static func request(_ buffer: ByteBuffer) throws(BrokenPromise) {
        guard let request = try? RequestMetadata(reading: buffer) else { return }
        var written = ByteBuffer()
        request.write(into: &written)
        try require(written.readableBytes <= request.encodedSizeMax, "the size told beforehand is an upper bound")
        try require((try? RequestMetadata(reading: written)) == request, "request metadata survives a round trip")
    }

    private static func response(_ buffer: ByteBuffer) throws(BrokenPromise) {
        guard let response = try? ResponseMetadata(reading: buffer) else { return }
        var written = ByteBuffer()
        response.write(into: &written)
        try require(written.readableBytes <= 16 << 10, "an error always fits")
        try require((try? ResponseMetadata(reading: written)) != nil, "what is written can be read")
    }

    private static func hello(_ buffer: ByteBuffer) throws(BrokenPromise) {
        guard let hello = try? Hello(reading: buffer) else { return }
        try require(hello.methods.count <= 1024, "the method table is bounded")
        var written = ByteBuffer()
        hello.write(into: &written)
        var decoder = FrameDecoder(limits: .standard)
        decoder.append(written)
        guard let frame = try? decoder.next() else { return }
        try require((try? Hello(reading: frame.payload)) == hello, "a hello survives a round trip")
    }

    private static func trace(_ text: String) throws(BrokenPromise) {
        guard let trace = TraceContext(traceparent: text) else { return }
        try require(trace.traceparent.utf8.count == 55, "a trace context has one length")
        try require(TraceContext(traceparent: trace.traceparent) == trace, "a trace context survives a round trip")
    }

    static var seeds: [[UInt8]] {
        var request = RequestMetadata()
        request.tenant = TenantID(bytes: [UInt8](1...16))
        (request.principal, request.delegationToken, request.idempotencyKey) = ("ann", "a.b.c", "key")
        (request.timeout, request.attempt, request.priority) = (.milliseconds(250), 1, 2)
        request.trace = TraceContext(traceparent: trace)
        var (first, second, third) = (ByteBuffer(), ByteBuffer(), ByteBuffer())
        request.write(into: &first)
        ResponseMetadata(
            RPCError(.resourceExhausted, reason: "FULL", message: "full", details: ["queue": "a"], retryAfter: .seconds(1))
        ).write(into: &second)
        Hello(service: "ledger", build: "1", methods: [1: "a/B", 2: "a/C"]).write(into: &third)
        third.moveReaderIndex(forwardBy: FrameHeader.size)
        return [first, second, third].map { Array($0.readableBytesView) } + [Array(trace.utf8)]
    }

    private static let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
}
