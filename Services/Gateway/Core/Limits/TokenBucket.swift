/// How many requests somebody may make: `capacity` at once, and `perSecond` on and on.
public struct RateLimit: Sendable, Hashable {
    public let capacity: Int
    public let perSecond: Int

    public init(capacity: Int, perSecond: Int) {
        precondition(capacity > 0 && perSecond > 0, "a limit lets something through")
        self.capacity = capacity
        self.perSecond = perSecond
    }
}

/// What a bucket answered, as the `RateLimit-*` headers say it.
public struct RateVerdict: Sendable, Hashable {
    public let isAllowed: Bool
    public let limit: Int
    public let remaining: Int
    /// Until the bucket is full again.
    public let resetSeconds: Int
    /// Until one more request fits; 0 where this one did.
    public let retryAfterSeconds: Int

    /// As a counter elsewhere answered.
    public init(_ limit: RateLimit, isAllowed: Bool, remaining: Int, fullAfterMillis: Int64, retryAfterMillis: Int64) {
        self.isAllowed = isAllowed
        self.limit = limit.capacity
        self.remaining = remaining
        resetSeconds = Int((fullAfterMillis + 999) / 1_000)
        retryAfterSeconds = isAllowed ? 0 : max(1, Int((retryAfterMillis + 999) / 1_000))
    }

    init(_ limit: RateLimit, isAllowed: Bool, millitokens: Int64) {
        let rate = Int64(limit.perSecond) * 1_000
        self.isAllowed = isAllowed
        self.limit = limit.capacity
        remaining = Int(max(0, millitokens) / 1_000)
        resetSeconds = Int((Int64(limit.capacity) * 1_000 - millitokens + rate - 1) / rate)
        retryAfterSeconds = isAllowed ? 0 : max(1, Int((1_000 - millitokens + rate - 1) / rate))
    }
}

/// A bucket of tokens in thousandths, so that time may be any whole number of milliseconds.
public struct TokenBucket: Hashable, Sendable {
    private static let longestGapMillis: Int64 = 3_600_000

    private var millitokens: Int64
    private var millis: Int64

    public init(_ limit: RateLimit, nowMillis: Int64) {
        millitokens = Int64(limit.capacity) * 1_000
        millis = nowMillis
    }

    public mutating func take(_ limit: RateLimit, nowMillis: Int64) -> RateVerdict {
        // A clock that steps back gives nothing.
        let elapsed = min(max(0, nowMillis - millis), Self.longestGapMillis)
        millitokens = min(Int64(limit.capacity) * 1_000, millitokens + elapsed * Int64(limit.perSecond))
        millis = max(millis, nowMillis)
        let isAllowed = millitokens >= 1_000
        if isAllowed { millitokens -= 1_000 }
        return RateVerdict(limit, isAllowed: isAllowed, millitokens: millitokens)
    }

    /// One that is full says nothing that a new one would not.
    public func isFull(_ limit: RateLimit, nowMillis: Int64) -> Bool {
        millitokens + min(max(0, nowMillis - millis), Self.longestGapMillis) * Int64(limit.perSecond) >= Int64(limit.capacity) * 1_000
    }
}
