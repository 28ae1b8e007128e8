/// The buckets of everybody who asked lately, at most ``entriesMax``.
public struct BucketTable: Sendable {
    public static let entriesMax = 10_000

    private let limit: RateLimit
    private var buckets: [String: TokenBucket] = [:]

    public init(_ limit: RateLimit) { self.limit = limit }

    public var count: Int { buckets.count }

    public mutating func take(_ key: String, nowMillis: Int64) -> RateVerdict {
        if buckets[key] == nil, buckets.count >= Self.entriesMax { makeRoom(nowMillis: nowMillis) }
        return buckets[key, default: TokenBucket(limit, nowMillis: nowMillis)].take(limit, nowMillis: nowMillis)
    }

    /// Forgets those that are full again. Where nobody is, all: better a burst too many than memory without a bound.
    private mutating func makeRoom(nowMillis: Int64) {
        buckets = buckets.filter { !$0.value.isFull(limit, nowMillis: nowMillis) }
        if buckets.count >= Self.entriesMax { buckets.removeAll() }
    }
}
