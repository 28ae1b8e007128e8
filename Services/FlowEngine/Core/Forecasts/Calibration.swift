/// Where the durations of ended runs stood in the forecasts that were made without them. A forecast that is right finds them everywhere equally
/// often; one that is too sure finds them at its ends. What is measured here corrects the levels of the next intervals.
public struct Calibration: Hashable, Sendable {
    private static let bins = 400
    /// Fewer say nothing about the ends.
    private static let enough: UInt64 = 100
    /// From there on the past fades.
    private static let most: UInt64 = 20_000

    private var counts: [UInt32]
    public private(set) var count: UInt64 = 0
    /// Runs that were inside the intervals which were told at the time.
    public private(set) var covered80: UInt64 = 0
    public private(set) var covered95: UInt64 = 0

    public init() { counts = Array(repeating: 0, count: Self.bins) }

    /// - Parameter level: The share of the forecast below what came.
    public mutating func record(level: Double) {
        if contains(level, 0.80) { covered80 += 1 }
        if contains(level, 0.95) { covered95 += 1 }
        counts[min(max(Int(level * Double(Self.bins)), 0), Self.bins - 1)] += 1
        count += 1
        guard count > Self.most else { return }
        counts = counts.map { $0 / 2 }
        (covered80, covered95) = (covered80 / 2, covered95 / 2)
        count = counts.reduce(0) { $0 + UInt64($1) }
    }

    private func contains(_ level: Double, _ share: Double) -> Bool {
        let bounds = levels(of: share)
        return level >= bounds.low && level <= bounds.high
    }

    /// The levels of a forecast between which the next run will be with probability `share`.
    public func levels(of share: Double) -> (low: Double, high: Double) {
        (level(at: (1 - share) / 2), level(at: (1 + share) / 2))
    }

    /// The level below which this share of runs stays.
    public func level(at share: Double) -> Double {
        guard count >= Self.enough else { return share }
        let wanted = share * Double(count)
        var below = 0.0
        for (bin, number) in counts.enumerated() where number > 0 {
            if below + Double(number) >= wanted { return (Double(bin) + (wanted - below) / Double(number)) / Double(Self.bins) }
            below += Double(number)
        }
        return 1
    }

    // MARK: Bytes

    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        for number in counts.map(UInt64.init) + [count, covered80, covered95] {
            withUnsafeBytes(of: UInt32(clamping: number).bigEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    public init?(encoded bytes: [UInt8]) {
        guard bytes.count == 4 * (Self.bins + 3) else { return nil }
        let numbers = stride(from: 0, to: bytes.count, by: 4).map { bytes[$0..<($0 + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } }
        counts = Array(numbers.prefix(Self.bins))
        count = UInt64(numbers[Self.bins])
        guard count == counts.reduce(0, { $0 + UInt64($1) }) else { return nil }
        (covered80, covered95) = (UInt64(numbers[Self.bins + 1]), UInt64(numbers[Self.bins + 2]))
    }
}
