import FaultTransport
import NIOCore
import RPC
import Testing

/// What a connection holds of a peer whose bytes are damaged is bounded, whatever lengths the damage makes up.
@Suite struct GarbledFramesTests {
    private static let readBytesMax = 64 << 10

    private func conversation(_ random: inout SplitMix) -> ByteBuffer {
        var bytes = ByteBuffer()
        Hello(service: "test", build: "test").write(into: &bytes)
        for stream in UInt32(1)...200 {
            let payload = ByteBuffer(repeating: UInt8.random(in: 0...255, using: &random), count: Int.random(in: 0...3000, using: &random))
            bytes.writeFrame(.request, streamID: stream, code: 1, payload: payload) { RequestMetadata().write(into: &$0) }
            if Bool.random(using: &random) { bytes.writeFrame(.ping, streamID: 0, payload: ByteBuffer(integer: UInt64(stream))) }
        }
        return bytes
    }

    @Test(arguments: 0..<200) func whatIsHeldIsBounded(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var sent = conversation(&random)
        var lane = FaultLane(
            plan: FaultPlan(seed: seed, rates: FaultRates([.drop: 30, .duplicate: 30, .corrupt: 200, .split: 100])), unit: .bytes)
        var decoder = FrameDecoder(limits: .standard)
        var state = ServerConnectionState(streamsMax: 64)
        let heldMax = FrameLimits.standard.messageBytesMax + FrameLimits.standard.metadataBytesMax + FrameHeader.size + Self.readBytesMax
        var refusals = 0
        while refusals == 0, let part = sent.readSlice(length: min(sent.readableBytes, Int.random(in: 1...2000, using: &random))),
            part.readableBytes > 0
        {
            _ = lane.take(part)
            while refusals == 0, case .pass(let bytes)? = lane.next() {
                decoder.append(bytes)
                do throws(FrameError) {
                    while let frame = try decoder.next() { if case .fail = state.receive(frame) { refusals += 1 } }
                } catch { refusals += 1 }
                #expect(decoder.bufferedBytes <= heldMax, "seed \(seed)")
            }
        }
    }
}
