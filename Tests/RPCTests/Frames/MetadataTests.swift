import Identity
import NIOCore
import Testing

@testable import RPC

@Suite struct MetadataTests {
    func encoded(_ write: (inout ByteBuffer) -> Void) -> ByteBuffer {
        var buffer = ByteBuffer()
        write(&buffer)
        return buffer
    }

    func request(_ bytes: [UInt8]) throws(FrameError) -> RequestMetadata { try RequestMetadata(reading: ByteBuffer(bytes: bytes)) }

    @Test func aRequestsMetadataComesBack() throws {
        var metadata = RequestMetadata()
        #expect(try RequestMetadata(reading: encoded(metadata.write)) == metadata)
        metadata.tenant = .acme
        metadata.principal = "dana@acme.example"
        metadata.delegationToken = "a.b.c"
        metadata.timeout = .microseconds(1_234_567)
        metadata.trace = .make()
        metadata.idempotencyKey = "ключ"
        metadata.attempt = 2
        metadata.priority = 1
        let bytes = encoded(metadata.write)
        #expect(try RequestMetadata(reading: bytes) == metadata)
        #expect(bytes.readableBytes <= metadata.encodedSizeMax)
    }

    @Test func whatCannotBeTrustedIsRefused() {
        #expect(throws: FrameError.malformedMetadata) { try request([2, 0, 3, 0x61, 0, 0x62]) }
        #expect(throws: FrameError.malformedMetadata) { try request([2, 0, 1, 0xFF]) }
        #expect(throws: FrameError.malformedMetadata) { try request([1, 0, 15] + [UInt8](repeating: 1, count: 15)) }
        #expect(throws: FrameError.malformedMetadata) { try request([4, 0, 4, 0, 0, 0, 1]) }
        #expect(throws: FrameError.malformedMetadata) { try request([2, 0, 9, 0x61]) }
        #expect(throws: FrameError.malformedMetadata) { try request([2, 0]) }
        #expect(throws: FrameError.malformedMetadata) { try request([5, 0, 26] + [UInt8](repeating: 0, count: 26)) }
        // Two tenants: which one would count?
        let tenant = [1, 0, 16] + TenantID.acme.bytes
        #expect(throws: FrameError.malformedMetadata) { try request(tenant + tenant) }
    }

    @Test func aPriorityComesBackAndSilenceIsNormal() {
        for priority in PriorityClass.allCases { #expect(PriorityClass(wire: priority.wire) == priority) }
        #expect(PriorityClass(wire: RequestMetadata().priority) == .normal)
    }

    @Test func aKeyOfANewerPeerIsSkipped() throws {
        #expect(try request([200, 0, 2, 1, 2, 7, 0, 1, 5]).attempt == 5)
    }

    @Test func anErrorsMetadataComesBackAndIsCutToFit() throws {
        let error = RPCError(
            .aborted, reason: "R", message: String(repeating: "ü", count: 2000),
            details: Dictionary(uniqueKeysWithValues: (0..<50).map { ("k\($0)", String(repeating: "v", count: 900)) }),
            retryAfter: .seconds(3))
        let bytes = encoded(ResponseMetadata(error).write)
        #expect(bytes.readableBytes < FrameLimits.standard.metadataBytesMax)
        let read = try ResponseMetadata(reading: bytes)
        #expect(read.message == String(repeating: "ü", count: 512) && read.reason == "R" && read.retryAfter == .seconds(3))
        #expect(!read.details.isEmpty)
        // A NUL in a message would have the whole answer refused.
        let nul = RPCError(.aborted, reason: "R", message: "a\0b")
        #expect(try ResponseMetadata(reading: encoded(ResponseMetadata(nul).write)).message == "ab")
    }

    @Test func aHelloComesBack() throws {
        let hello = Hello(service: "ledger", build: "1", streamsMax: 9, methods: [1: "a.B/C", 300: "a.B/D"])
        var decoder = FrameDecoder(limits: .standard)
        decoder.append(encoded(hello.write))
        let frame = try #require(try decoder.next())
        #expect(try Hello(reading: frame.payload) == hello)
        var newer = hello
        (newer.versionMin, newer.versionMax) = (2, 3)
        decoder.append(encoded(newer.write))
        let other = try #require(try decoder.next())
        #expect(throws: FrameError.incompatibleVersion) { try Hello(reading: other.payload) }
        #expect(throws: FrameError.malformedHello) { try Hello(reading: ByteBuffer()) }
    }

    @Test func traceContextIsTheStandards() throws {
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let trace = try #require(TraceContext(traceparent: text))
        #expect(trace.traceparent == text && trace.isSampled)
        let child = trace.child()
        #expect(child.traceID == trace.traceID && child.spanID != trace.spanID)
        for wrong in [
            "", "00", "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x", "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
        ] { #expect(TraceContext(traceparent: wrong) == nil, "\(wrong)") }
    }
}
