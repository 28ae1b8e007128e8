import Testing
import WireProbe

@testable import WireRuntime

/// What protobuf-c itself would take, or die of.
@Suite struct WireScanTests {
    func problem(_ bytes: [UInt8], limits: WireLimits = .standard) -> WireError.Problem? {
        do throws(WireError) {
            _ = try ProbeV1.Everything(decodingBytes: bytes, limits: limits)
            return nil
        } catch {
            return error.problem
        }
    }

    @Test func aNULInAStringIsRefused() {
        #expect(problem([0x22, 7] + Array("acme\0zz".utf8)) == .nul)
        #expect(problem([0x22, 17] + Array("sixteen byte pad".utf8) + [0]) == .nul)
        // In bytes it is data.
        #expect(problem([0x3A, 1, 0]) == nil)
    }

    @Test func theFieldIsNamed() {
        do throws(WireError) {
            _ = try ProbeV1.Everything(decodingBytes: [0x0A, 3, 0x0A, 1, 0])
            Issue.record("taken")
        } catch {
            #expect(error.field == "provable.probe.v1.Everything.inner.name")
            #expect(error.problem == .nul)
        }
    }

    @Test(arguments: [
        [0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80],
        [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0xC3], [0xFF], [0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x80],
    ])
    func invalidUTF8IsRefused(_ text: [UInt8]) {
        #expect(problem([0x22, UInt8(text.count)] + text) == .invalidUTF8)
        // Wherever strings stand: in a list, in a map's key and in its value.
        #expect(problem([0x52, UInt8(text.count)] + text) == .invalidUTF8)
        let entry = [UInt8(text.count)] + text
        #expect(problem([0x1A, UInt8(entry.count + 1), 0x0A] + entry) == .invalidUTF8)
        #expect(problem([0x1A, UInt8(entry.count + 1), 0x12] + entry) == .invalidUTF8)
    }

    @Test func theCheckAgreesWithTheStandardLibrary() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 1...20, using: &generator)).map { _ in
                Bool.random(using: &generator) ? UInt8.random(in: 1...255, using: &generator) : UInt8.random(in: 0x80...0xF4, using: &generator)
            }
            let expected: UTF8Check = String(validating: bytes, as: UTF8.self) == nil ? .invalid : .clean
            #expect(bytes.withUnsafeBytes { UTF8Check($0) } == expected, "\(bytes)")
        }
    }

    /// Words of eight bytes are judged at once, and the last one of a text stands over the one before it.
    @Test(arguments: 1...40)
    func oneBadByteIsFoundWhereverItStands(_ length: Int) {
        let plain = [UInt8](repeating: 0x61, count: length)
        #expect(plain.withUnsafeBytes { UTF8Check($0) } == .clean)
        for place in plain.indices {
            var bytes = plain
            bytes[place] = 0
            #expect(bytes.withUnsafeBytes { UTF8Check($0) } == .nul)
            bytes[place] = 0x80
            #expect(bytes.withUnsafeBytes { UTF8Check($0) } == .invalid)
            guard place + 1 < length else { continue }
            (bytes[place], bytes[place + 1]) = (0xC3, 0xA4)
            #expect(bytes.withUnsafeBytes { UTF8Check($0) } == .clean)
        }
    }

    @Test func aMessageNestedTooDeepIsRefusedBeforeItIsUnpacked() {
        let limits = WireLimits(bytesMax: 1 << 20, depthMax: 2, elementsMax: 100, arenaBytesMax: 1 << 20)
        let nest = ProbeV1.Nest(level: .init(inner: .init(name: "x"))).encodedBytes()
        #expect(throws: WireError(.tooDeep, at: "provable.probe.v1.Nest.level.inner")) {
            try ProbeV1.Nest(decodingBytes: nest, limits: limits)
        }
        #expect(throws: Never.self) { try ProbeV1.Nest(decodingBytes: nest) }
    }

    /// 34 KB of this nested ten thousand deep killed a process that gave it to protobuf-c. Here no message contains itself,
    /// so what nests deeper than the schema is an unknown field or bytes, which nobody descends into.
    @Test func aDepthBombDoesNothing() {
        var bomb: [UInt8] = []
        for _ in 0..<10_000 { bomb = [0x0A] + Self.varint(bomb.count) + bomb }
        // As a string it is not text; as an unknown field nobody looks inside.
        #expect(problem(bomb) == .invalidUTF8)
        #expect(problem([0xA2, 0x06] + Self.varint(bomb.count) + bomb) == nil)
        #expect(throws: WireError.self) { try ProbeV1.Nest(decodingBytes: bomb) }
    }

    @Test func tooManyElementsAreRefused() {
        let limits = WireLimits(bytesMax: 1 << 20, depthMax: 100, elementsMax: 10, arenaBytesMax: 1 << 20)
        let empty: [UInt8] = [0x12, 0]
        #expect(problem(Array(repeating: empty, count: 10).flatMap(\.self), limits: limits) == nil)
        #expect(problem(Array(repeating: empty, count: 11).flatMap(\.self), limits: limits) == .tooManyElements)
        // Packed numbers count one by one, whatever their width.
        #expect(problem([0x5A, 10] + [UInt8](repeating: 1, count: 10), limits: limits) == .tooManyElements)
        #expect(problem([0xD2, 1, 88] + [UInt8](repeating: 1, count: 88), limits: limits) == .tooManyElements)
        #expect(problem([0xCA, 1, 9] + [UInt8](repeating: 1, count: 9), limits: limits) == nil)
    }

    @Test func memoryIsBounded() {
        // Two bytes each on the wire, a struct each in memory.
        let swelling = Array(repeating: [0x12, 0] as [UInt8], count: 50_000).flatMap(\.self)
        var limits = WireLimits.standard
        #expect(problem(swelling, limits: limits) == nil)
        limits.arenaBytesMax = 1 << 20
        #expect(problem(swelling, limits: limits) == .memory)
    }

    @Test func sizeIsBounded() {
        let limits = WireLimits(bytesMax: 3, depthMax: 100, elementsMax: 100, arenaBytesMax: 1 << 20)
        #expect(problem([0x70, 1], limits: limits) == nil)
        #expect(problem([0x70, 1, 0x70, 1], limits: limits) == .tooLarge)
    }

    @Test(arguments: [
        ([0x70] as [UInt8], WireError.Problem.truncated), ([0x22, 5, 0x61], .truncated), ([0x81, 1, 1, 2], .truncated), ([0x80], .truncated),
        ([0x00, 1], .malformed), ([0x73], .wireType), ([0x74], .wireType), ([0x0E], .wireType), ([0x72, 1, 1], .wireType), ([0x20, 1], .wireType),
        ([0x70] + [UInt8](repeating: 0x80, count: 10) + [1], .malformed), ([0xD2, 1, 3, 1, 2, 3], .malformed),
        ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], .truncated), ([0xF0, 0x80, 0x80, 0x80, 0x80, 0x00, 1], .malformed),
        ([0xF3, 0x07], .malformed),
    ])
    func brokenBytesAreRefused(_ bytes: [UInt8], _ expected: WireError.Problem) {
        #expect(problem(bytes) == expected)
    }

    /// Whatever passes the pre-scan, protobuf-c unpacks; whatever it unpacks can be written again.
    @Test func mutatedMessagesNeverCrashAndWhatIsTakenIsStable() {
        let seed = UInt64.random(in: 0...(.max))
        var generator = SeededGenerator(seed: seed)
        let original = WireMessageTests.full.encodedBytes()
        for _ in 0..<20_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.removeSubrange(index..<min(bytes.count, index + 3))
                default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: index)
                }
            }
            guard let taken = try? ProbeV1.Everything(decodingBytes: bytes) else { continue }
            let again = taken.encodedBytes()
            #expect((try? ProbeV1.Everything(decodingBytes: again).encodedBytes()) == again, "seed \(seed): \(bytes)")
        }
    }

    static func varint(_ value: Int) -> [UInt8] {
        var value = value
        var bytes: [UInt8] = []
        while value >= 0x80 {
            bytes.append(UInt8(value & 0x7F | 0x80))
            value >>= 7
        }
        return bytes + [UInt8(value)]
    }
}

/// SplitMix64: the same seed gives the same run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
