internal import Wire
internal import WireProbe
internal import WireRuntime

/// Encoded messages: pre-scan, then unpack. What was taken is equal after it was written and taken again.
enum MessageBytes {
    /// A sixty-fourth of the standard limits, so that inputs of a fuzzer's size reach them.
    private static let limits = WireLimits(bytesMax: 64 << 10, depthMax: 100, elementsMax: 1024, arenaBytesMax: 384 << 10)

    private static let types: [any WireMessage.Type] =
        [
            ProbeV1.Everything.self, ProbeV1.Nest.self, ConstructsV1.Packed.self, ConstructsV1.Unpacked.self, ConstructsV1.Choices.self,
            ConstructsV1.Maps.self, ConstructsV1.Odd.self, ConstructsV1.Deep.self,
        ] + WireCatalog.messages

    /// The first byte says which message the rest should be.
    static func run(_ bytes: [UInt8], _ peak: PeakMeter) throws(BrokenPromise) {
        guard let first = bytes.first else { return }
        let type = types[Int(first) % types.count]
        try run(type, Array(bytes.dropFirst()), peak)
    }

    private static func run<Message: WireMessage>(_ type: Message.Type, _ bytes: [UInt8], _ peak: PeakMeter) throws(BrokenPromise) {
        // Made before the measurement begins: it stays.
        _ = type.schema
        var decoded: Message?
        let grown = peak { decoded = try? type.init(decodingBytes: bytes, limits: limits) }
        try require(grown <= 2 * limits.arenaBytesMax, "decoding \(bytes.count) bytes took \(grown)")
        guard let decoded else { return }
        let encoded = decoded.encodedBytes()
        guard let again = try? type.init(decodingBytes: encoded) else { throw BrokenPromise(description: "what was encoded can be decoded") }
        // By bytes, since NaN equals nothing.
        try require(again.encodedBytes() == encoded, "a message survives a round trip")
    }

    static var seeds: [[UInt8]] {
        let everything = ProbeV1.Everything(
            inner: .init(name: "ä", data: [0, 255]), inners: [.init(name: "one"), .init()], labels: ["b": "2", "a": "1"],
            choice: .text("picked"), kind: .oddOne, kinds: [.unspecified, .oddOne], names: ["", "日本"], counts: [0, 300], ratio: -1.5,
            blobs: [[], [1, 2]], ok: true, zig: -3, wide: .max, narrow: 0.25, flags: [true, false], ratios: [0, .infinity])
        let packed = ConstructsV1.Packed(int32s: [1, -1], sint64s: [.min], fixed32s: [7], doubles: [0.5], bools: [true], shades: [.far])
        let maps = ConstructsV1.Maps(byString: ["a": [1]], byInt32: [-1: 2], byFixed64: [1: true], byBool: [true: .init()])
        let deep = ConstructsV1.Deep(middles: [.init(leaves: [.init(notes: ["fine"]), .init()])])
        let own = [(0, everything.encodedBytes()), (2, packed.encodedBytes()), (5, maps.encodedBytes()), (7, deep.encodedBytes())]
        // One field of each number, as text and as a number, for those that have no sample here.
        let shapes = types.indices.flatMap { [(Int, [UInt8])]([($0, [0x0A, 1, 0x61, 0x12, 1, 0x62, 0x1A, 0]), ($0, [0x08, 1, 0x10, 2, 0x18, 3])]) }
        return (own + shapes).map { [UInt8($0)] + $1 }
    }
}
