internal import NIOCore
internal import RPC

/// The bytes of a connection, cut as a network may cut them.
enum FrameBytes {
    private static let limits = FrameLimits(metadataBytesMax: 1 << 10, messageBytesMax: 8 << 10)
    /// A header and the longest frame that these limits let through: a hello lists a service's methods.
    private static let frameBytesMax = FrameHeader.size + (1 << 10) + (64 << 10)

    /// The first byte says into what pieces the rest is cut.
    static func run(_ bytes: [UInt8], _ peak: PeakMeter) throws(BrokenPromise) {
        guard let first = bytes.first else { return }
        let reads = pieces(of: bytes.dropFirst(), Int(first) + 1)
        var heldMax = 0
        var frames: [Frame] = []
        let grown = peak { (heldMax, frames) = decode(reads) }
        try require(heldMax <= frameBytesMax + 256, "an incomplete frame is held to its cap")
        // Not what a header announces, but what has arrived.
        try require(grown <= 4 * bytes.count + frames.count * 256 + 4096, "memory follows what has arrived: \(grown) of \(bytes.count)")
        var server = ServerConnectionState(streamsMax: 8)
        var client = ClientConnectionState()
        for frame in frames {
            try roundTrip(frame)
            _ = server.receive(frame)
            _ = client.receive(frame)
        }
    }

    private static func pieces(of bytes: ArraySlice<UInt8>, _ size: Int) -> [ByteBuffer] {
        stride(from: bytes.startIndex, to: bytes.endIndex, by: size).map { ByteBuffer(bytes: bytes[$0..<min(bytes.endIndex, $0 + size)]) }
    }

    private static func decode(_ reads: [ByteBuffer]) -> (heldMax: Int, frames: [Frame]) {
        var decoder = FrameDecoder(limits: limits)
        var frames: [Frame] = []
        var heldMax = 0
        do {
            for read in reads {
                decoder.append(read)
                while let frame = try decoder.next() { frames.append(frame) }
                heldMax = max(heldMax, decoder.bufferedBytes)
            }
        } catch {
            // Refused: the connection would end here.
        }
        return (heldMax, frames)
    }

    private static func roundTrip(_ frame: Frame) throws(BrokenPromise) {
        var written = ByteBuffer()
        let header = frame.header
        written.writeFrame(header.type, flags: header.flags, streamID: header.streamID, code: header.code, payload: frame.payload) { buffer in
            var metadata = frame.metadata
            buffer.writeBuffer(&metadata)
        }
        var again = FrameDecoder(limits: limits)
        again.append(written)
        try require((try? again.next()) == frame, "a frame is written as it was read")
    }

    static var seeds: [[UInt8]] {
        var connection = ByteBuffer()
        Hello(service: "ledger", build: "1", methods: [1: "a/B"]).write(into: &connection)
        for (index, type) in FrameType.allCases.enumerated() where type != .hello {
            let concerns = type != .ping && type != .pong
            connection.writeFrame(
                type, flags: FrameFlags(rawValue: UInt8(index % 8)), streamID: concerns ? 1 : 0, code: UInt32(index),
                payload: type == .request || type == .response || type == .data ? ByteBuffer(string: "payload") : ByteBuffer())
        }
        return [0, 15, 255].map { [$0] + connection.readableBytesView }
    }
}
