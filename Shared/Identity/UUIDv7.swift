public import FoundationEssentials

/// Time-ordered identifiers (RFC 9562 §5.7), so that rows written together lie together.
public enum UUIDv7 {
    /// 48 bits of Unix milliseconds, then 74 random bits.
    public static func make(at time: Date, random: (UInt64, UInt64)) -> UUID {
        let milliseconds = UInt64(max(0, time.timeIntervalSince1970 * 1000))
        let high = (milliseconds << 16) | 0x7000 | (random.0 & 0x0FFF)
        let low = 0x8000_0000_0000_0000 | (random.1 & 0x3FFF_FFFF_FFFF_FFFF)
        return UUID(bigEndian: high, low)
    }

    public static func make() -> UUID {
        var generator = SystemRandomNumberGenerator()
        return make(at: Date(), random: (generator.next(), generator.next()))
    }
}

extension UUID {
    init(bigEndian high: UInt64, _ low: UInt64) {
        func byte(_ word: UInt64, _ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: word >> (56 - 8 * index)) }
        self.init(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4), byte(high, 5), byte(high, 6), byte(high, 7),
                byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3), byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
            ))
    }

    /// The 16 bytes in the order in which they are printed.
    public var bytes: [UInt8] { withUnsafeBytes(of: uuid) { Array($0) } }

    /// Nil unless there are exactly 16 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var value: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        // At once: byte by byte through a generic collection of another module, this was a tenth of what a call costs.
        withUnsafeMutableBytes(of: &value) { $0.copyBytes(from: bytes) }
        self.init(uuid: value)
    }

    /// RFC 9562's text form in lower case.
    public var lowercased: String { uuidString.lowercased() }
}
