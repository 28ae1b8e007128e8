import Identity
import Synchronization
import TestKit
import Testing

@testable import Redis

@Suite struct RedisScriptTests {
    private let echo = RedisScript("return {KEYS[1], ARGV[1]}")

    @Test func aScriptRunsByDigestAndComesBackAfterTheServerForgotIt() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        let redis = server.makeClient()
        func run() async throws -> [String?]? {
            try await redis.run(echo, keys: ["{t}:x:k"], ["v"]).arrayValue?.map(\.stringValue)
        }
        #expect(try await run() == ["{t}:x:k", "v"])
        #expect(try await run() == ["{t}:x:k", "v"])
        try await redis.command(["SCRIPT", "FLUSH"])
        #expect(try await run() == ["{t}:x:k", "v"])
        try await redis.command(["FLUSHALL"])
        #expect(try await run() == ["{t}:x:k", "v"])
        // After the fallback the server has it again: the digest alone is enough.
        let digest = try #require(redis.digests.withLock { $0[echo] })
        #expect(try await redis.command(["SCRIPT", "EXISTS", digest]) == .array([.int(1)]))
        try await server.crashAndRestart()
        while (try? await run()) == nil { await Task.yield() }
        #expect(try await redis.command(["SCRIPT", "EXISTS", digest]) == .array([.int(1)]))
    }

    @Test func anErrorOfTheScriptIsNotTakenForAMissingOne() async throws {
        let redis = try await PrivateRedis.shared.makeClient()
        let bad = RedisScript("return redis.call('HGET', KEYS[1])")
        for _ in 0..<2 { await #expect(throws: RedisError.self) { try await redis.run(bad, keys: ["k"], []) } }
    }
}

/// What the script must do, in Swift: millionths of a token, microseconds.
private struct BucketModel {
    var stored: (tokens: Int64, at: Int64)?

    mutating func take(_ limit: SharedTokenBucket.Limit, cost: Int, now: Int64) -> SharedTokenBucket.Verdict {
        let capacity = Int64(limit.capacity) * 1_000_000, rate = Int64(limit.perSecond), cost = Int64(cost) * 1_000_000
        func up(_ value: Int64, _ by: Int64) -> Int64 { (value + by - 1) / by }
        var (tokens, at) = stored ?? (capacity, now)
        if now > at {
            tokens += min(now - at, up(capacity, rate)) * rate
            at = now
        }
        tokens = min(tokens, capacity)
        let isAllowed = tokens >= cost
        if isAllowed { tokens -= cost }
        stored = (tokens, at)
        return SharedTokenBucket.Verdict(
            isAllowed: isAllowed, remaining: Int(tokens / 1_000_000), retryAfterMs: isAllowed ? 0 : up(cost - tokens, rate * 1_000),
            fullAfterMs: up(capacity - tokens, rate * 1_000), nowMicros: now)
    }
}

@Suite struct SharedTokenBucketTests {
    private func random(_ state: inout UInt64, _ range: ClosedRange<Int>) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return range.lowerBound + Int(state >> 33) % (range.upperBound - range.lowerBound + 1)
    }

    /// On a clock that the test says, which leaps, stands still and steps back.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func theScriptAgreesWithTheModel(seed: UInt64) async throws {
        let bucket = SharedTokenBucket(
            redis: try await PrivateRedis.shared.makeClient(), script: SharedTokenBucket.script(clock: "{ARGV[4], ARGV[5]}"))
        var state = seed
        let limit = SharedTokenBucket.Limit(
            capacity: random(&state, 1...[5, 200, 1_000_000][Int(seed % 3)]), perSecond: random(&state, 1...[3, 500, 1_000_000][Int(seed % 2)]))
        var model = BucketModel()
        let key = RedisKey.name(tenant: .make(), "gateway", "rate")
        var now: Int64 = 1_790_000_000_000_000
        for _ in 0..<200 {
            switch random(&state, 0...5) {
            case 0: now += Int64(random(&state, 1...3_000_000))
            case 1: now -= Int64(random(&state, 1...1_000_000))
            case 2: break
            default: now += Int64(random(&state, 1...5_000))
            }
            let cost = random(&state, 1...min(limit.capacity, 1 + limit.capacity / 3))
            let verdict = try await bucket.take(key, limit, cost: cost, now: (now / 1_000_000, now % 1_000_000))
            #expect(verdict == model.take(limit, cost: cost, now: now), "seed \(seed)")
        }
    }

    /// On the server's own clock, which it tells.
    @Test func theServersTimeDecides() async throws {
        let bucket = SharedTokenBucket(redis: try await PrivateRedis.shared.makeClient())
        let limit = SharedTokenBucket.Limit(capacity: 5, perSecond: 3_000)
        let key = RedisKey.name(tenant: .make(), "gateway", "rate")
        var model = BucketModel()
        for _ in 0..<300 {
            let verdict = try await bucket.take(key, limit)
            #expect(verdict == model.take(limit, cost: 1, now: verdict.nowMicros))
        }
    }

    @Test func manyAtOnceShareOneBucket() async throws {
        let server = try await PrivateRedis.shared
        let limit = SharedTokenBucket.Limit(capacity: 20, perSecond: 1)
        let key = RedisKey.name(tenant: .make(), "gateway", "rate")
        let clients = (0..<4).map { _ in server.makeClient() }
        let allowed = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                group.addTask {
                    // Clients that stand for processes, on one moment of the clock.
                    let bucket = SharedTokenBucket(redis: clients[number % 4], script: SharedTokenBucket.script(clock: "{ARGV[4], ARGV[5]}"))
                    return try await bucket.take(key, limit, now: (1_790_000_000, 0)).isAllowed
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(allowed == 20)
    }
}
