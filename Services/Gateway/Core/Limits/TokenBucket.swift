/// Requests of one session: a burst, refilled steadily.
public struct TokenBucket: Hashable, Sendable {
    public let capacity: Double
    public let perSecond: Double
    public private(set) var tokens: Double
    private var last: Double

    /// - Parameter now: Seconds of any clock that only moves forward.
    public init(capacity: Double, perSecond: Double, now: Double) {
        self.capacity = capacity
        self.perSecond = perSecond
        tokens = capacity
        last = now
    }

    /// Takes one; nil where it was there, else the seconds until there is one.
    public mutating func take(now: Double) -> Double? {
        tokens = min(capacity, tokens + max(0, now - last) * perSecond)
        last = max(last, now)
        guard tokens >= 1 else { return (1 - tokens) / perSecond }
        tokens -= 1
        return nil
    }
}
