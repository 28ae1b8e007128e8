/// How fast the queue drains, and from that when a refused caller should ask again.
struct DrainRate {
    static let retryMin = Duration.milliseconds(10)
    static let retryMax = Duration.seconds(5)
    /// Of the newest interval in the average.
    private static let gain = 1.0 / 32

    private var last: ContinuousClock.Instant?
    private var interval = Duration.milliseconds(1)
    /// SplitMix64: jitter needs to be spread, not secret.
    private var seed: UInt64

    init(seed: UInt64) { self.seed = seed }

    mutating func drained(now: ContinuousClock.Instant) {
        if let last { interval = interval * (1 - Self.gain) + (now - last) * Self.gain }
        last = now
    }

    /// Between fillings of the queue there is nothing to measure.
    mutating func paused() { last = nil }

    /// When so many that wait will be through, give or take half: callers refused together should not come back together.
    mutating func retryAfter(waiting: Int) -> Duration {
        let expected = min(Self.retryMax, max(Self.retryMin, interval * max(1, waiting)))
        return expected * (0.5 + random())
    }

    private mutating func random() -> Double {
        seed &+= 0x9E37_79B9_7F4A_7C15
        var word = seed
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((word ^ (word >> 31)) >> 11) / Double(UInt64(1) << 53)
    }
}
