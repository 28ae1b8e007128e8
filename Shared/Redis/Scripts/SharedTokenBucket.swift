/// A rate limit that all instances of a service share: `capacity` tokens at once, and `perSecond` on and on.
public struct SharedTokenBucket: Sendable {
    public struct Limit: Sendable, Hashable {
        public static let maximum = 1_000_000
        public let capacity: Int
        public let perSecond: Int

        public init(capacity: Int, perSecond: Int) {
            precondition((1...Self.maximum).contains(capacity) && (1...Self.maximum).contains(perSecond), "a limit is from 1 to a million")
            self.capacity = capacity
            self.perSecond = perSecond
        }
    }

    public struct Verdict: Sendable, Hashable {
        public let isAllowed: Bool
        /// Whole tokens that are left.
        public let remaining: Int
        /// Until the cost fits; 0 where it did.
        public let retryAfterMs: Int64
        /// Until the bucket is full again.
        public let fullAfterMs: Int64
        /// The server's clock, in microseconds, by which it was decided.
        public let nowMicros: Int64
    }

    private let redis: RedisClient
    private let script: RedisScript

    public init(redis: RedisClient) { self.init(redis: redis, script: Self.script(clock: "redis.call('TIME')")) }

    init(redis: RedisClient, script: RedisScript) {
        self.redis = redis
        self.script = script
    }

    /// - Parameter cost: From 1 to the capacity.
    public func take(_ key: String, _ limit: Limit, cost: Int = 1, now: (Int64, Int64)? = nil) async throws(RedisError) -> Verdict {
        precondition((1...limit.capacity).contains(cost), "a cost beyond the capacity never fits")
        let clock = now.map { [String($0.0), String($0.1)] } ?? []
        let reply = try await redis.run(script, keys: [key], [String(limit.capacity), String(limit.perSecond), String(cost)] + clock)
        guard let values = reply.arrayValue?.compactMap(\.intValue), values.count == 5 else {
            throw .protocolViolation("the token bucket did not answer with five numbers")
        }
        return Verdict(
            isAllowed: values[0] == 1, remaining: Int(values[1]), retryAfterMs: values[2], fullAfterMs: values[3], nowMicros: values[4])
    }

    /// In millionths of a token and microseconds, all whole and below 2^53, so that Lua's doubles are exact. Numbers are stored with `%.0f`:
    /// by itself Lua keeps 14 digits. A clock that steps back gives nothing. A full bucket says nothing, and expires.
    static func script(clock: String) -> RedisScript {
        RedisScript(
            """
            local time = \(clock)
            local now = time[1] * 1000000 + time[2]
            local capacity, rate, cost = ARGV[1] * 1000000, tonumber(ARGV[2]), ARGV[3] * 1000000
            local stored = redis.call('HMGET', KEYS[1], 't', 'a')
            local tokens, at = tonumber(stored[1]) or capacity, tonumber(stored[2]) or now
            if now > at then
                local elapsed = math.min(now - at, math.ceil(capacity / rate))
                tokens = tokens + elapsed * rate
                at = now
            end
            tokens = math.min(tokens, capacity)
            local allowed, retry = 0, 0
            if tokens >= cost then
                tokens = tokens - cost
                allowed = 1
            else
                retry = math.ceil((cost - tokens) / rate / 1000)
            end
            local full = math.ceil((capacity - tokens) / rate / 1000)
            redis.call('HSET', KEYS[1], 't', string.format('%.0f', tokens), 'a', string.format('%.0f', at))
            redis.call('PEXPIRE', KEYS[1], full + 1000)
            return {allowed, math.floor(tokens / 1000000), retry, full, now}
            """)
    }
}
