import Identity
import NIOCore
import Testing

@testable import RPC

@Suite struct FrameCodecTests {
    func bytes(_ write: (inout ByteBuffer) -> Void) -> [UInt8] {
        var buffer = ByteBuffer()
        write(&buffer)
        return Array(buffer.readableBytesView)
    }

    func error(_ header: [UInt8], limits: FrameLimits = .standard) -> FrameError? {
        do throws(FrameError) {
            _ = try FrameHeader.peek(ByteBuffer(bytes: header), limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test func goldenFrame() {
        let frame = bytes {
            $0.writeFrame(.request, streamID: 7, code: 3, payload: ByteBuffer(bytes: [9, 8])) { $0.writeField(5, bytes: [1]) }
        }
        #expect(frame == [0, 0, 0, 6, 2, 0, 0, 4, 0, 0, 0, 7, 0, 0, 0, 3, 5, 0, 1, 1, 9, 8])
    }

    @Test func headersAreJudgedBeforeAnythingElseArrives() {
        let limits = FrameLimits(metadataBytesMax: 10, messageBytesMax: 100)
        func header(_ length: UInt32, _ type: UInt8, _ flags: UInt8 = 0, _ metadata: UInt16 = 0, stream: UInt32 = 1) -> [UInt8] {
            bytes { $0.writeMultipleIntegers(length, type, flags, metadata, stream, UInt32(0)) }
        }
        #expect(error(header(100, 2), limits: limits) == nil)
        #expect(error(header(110, 2, 0, 10), limits: limits) == nil)
        #expect(error(header(101, 2), limits: limits) == .tooLong(101))
        #expect(error(header(.max, 2), limits: limits) == .tooLong(Int(UInt32.max)))
        #expect(error(header(50, 2, 0, 11), limits: limits) == .metadataTooLong(11))
        #expect(error(header(5, 2, 0, 6), limits: limits) == .metadataBeyondFrame)
        #expect(error(header(0, 0)) == .unknownType(0))
        #expect(error(header(0, 11)) == .unknownType(11))
        #expect(error(header(0, 2, 8)) == .unknownFlags(8))
        #expect(error(header(0, 2, stream: 0)) == .wrongStream(.request, 0))
        #expect(error(header(0, 8, stream: 1)) == .wrongStream(.ping, 1))
        #expect(error(header(9, 8, stream: 0)) == .tooLong(9))
        #expect(error(header(1, 6)) == .tooLong(1))
        // TLS, HTTP and text that end up on this port are refused by their first bytes.
        #expect(error(Array("GET / HTTP/1.1\r\n".utf8)) != nil)
        #expect(error([0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3, 0, 0, 0, 0, 0]) != nil)
    }

    @Test func fifteenBytesAreNotAHeader() throws {
        let header = try FrameHeader.peek(ByteBuffer(repeating: 0, count: 15), limits: .standard)
        #expect(header == nil)
    }

    /// However a stream of frames is cut, the same frames come out.
    @Test func framesSurviveAnyFragmentation() throws {
        let seed = UInt64.random(in: 0...(.max))
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            var stream = ByteBuffer()
            var expected: [Frame] = []
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let frame = Self.randomFrame(&generator)
                expected.append(frame)
                stream.writeFrame(
                    frame.header.type, flags: frame.header.flags, streamID: frame.header.streamID, code: frame.header.code,
                    payload: frame.payload
                ) { buffer in
                    var metadata = frame.metadata
                    buffer.writeBuffer(&metadata)
                }
            }
            var decoder = FrameDecoder(limits: .standard)
            var decoded: [Frame] = []
            while stream.readableBytes > 0 {
                let count = min(stream.readableBytes, Int.random(in: 1...200, using: &generator))
                let slice = stream.readSlice(length: count)
                decoder.append(try #require(slice))
                while let frame = try decoder.next() { decoded.append(frame) }
            }
            #expect(decoded == expected, "seed \(seed)")
            #expect(decoder.bufferedBytes == 0)
        }
    }

    /// Random bytes end in an error or in waiting for more, never in holding more than one frame's limit.
    @Test func randomBytesNeverHarm() {
        let seed = UInt64.random(in: 0...(.max))
        var generator = SeededGenerator(seed: seed)
        let limits = FrameLimits(metadataBytesMax: 64, messageBytesMax: 256)
        for _ in 0..<5_000 {
            var decoder = FrameDecoder(limits: limits)
            // A plausible beginning, so that more than the first check is reached.
            let head: [UInt8] = [0, 0, 0, .random(in: 0...255, using: &generator), .random(in: 0...11, using: &generator), 0, 0]
            decoder.append(ByteBuffer(bytes: head + (0..<600).map { _ in UInt8.random(in: 0...255, using: &generator) }))
            do throws(FrameError) {
                while let frame = try decoder.next() {
                    #expect(frame.metadata.readableBytes <= 64 && frame.payload.readableBytes <= 64 << 10, "seed \(seed)")
                    _ = try? RequestMetadata(reading: frame.metadata)
                    _ = try? ResponseMetadata(reading: frame.metadata)
                    _ = try? Hello(reading: frame.payload)
                }
            } catch {}
        }
    }

    static func randomFrame(_ generator: inout SeededGenerator) -> Frame {
        let type: FrameType = [.request, .response, .data, .ping].randomElement(using: &generator)!
        let isPing = type == .ping
        let metadata = ByteBuffer(repeating: 1, count: isPing ? 0 : Int.random(in: 0...40, using: &generator))
        let payload = ByteBuffer(repeating: 2, count: isPing ? 8 : Int.random(in: 0...300, using: &generator))
        let header = FrameHeader(
            length: UInt32(metadata.readableBytes + payload.readableBytes), type: type, metadataLength: UInt16(metadata.readableBytes),
            streamID: isPing ? 0 : UInt32.random(in: 1...(.max), using: &generator), code: .random(in: 0...(.max), using: &generator))
        return Frame(header: header, metadata: metadata, payload: payload)
    }
}
