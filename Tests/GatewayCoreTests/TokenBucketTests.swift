import GatewayCore
import Testing

@Suite struct TokenBucketTests {
    private let limit = RateLimit(capacity: 3, perSecond: 2)

    @Test func aBucketEmptiesAndRefills() {
        var bucket = TokenBucket(limit, nowMillis: 0)
        #expect((0..<3).map { _ in bucket.take(limit, nowMillis: 0).isAllowed } == [true, true, true])
        let refused = bucket.take(limit, nowMillis: 0)
        #expect(!refused.isAllowed)
        #expect(refused.remaining == 0)
        #expect(refused.retryAfterSeconds == 1)
        #expect(refused.resetSeconds == 2)
        #expect(!bucket.take(limit, nowMillis: 499).isAllowed)
        #expect(bucket.take(limit, nowMillis: 500).isAllowed)
    }

    @Test func aClockThatStepsBackGivesNothing() {
        var bucket = TokenBucket(limit, nowMillis: 10_000)
        for _ in 0..<3 { _ = bucket.take(limit, nowMillis: 10_000) }
        #expect(!bucket.take(limit, nowMillis: 0).isAllowed)
        #expect(!bucket.take(limit, nowMillis: 10_000).isAllowed)
    }

    @Test func restNeverExceedsTheCapacity() {
        var bucket = TokenBucket(limit, nowMillis: 0)
        #expect(bucket.take(limit, nowMillis: .max).remaining == 2)
    }

    @Test func eachHasItsOwnBucketAndTheirNumberHasABound() {
        var table = BucketTable(limit)
        for _ in 0..<3 { _ = table.take("a", nowMillis: 0) }
        #expect(!table.take("a", nowMillis: 0).isAllowed)
        #expect(table.take("b", nowMillis: 0).isAllowed)
        for index in 0..<3 * BucketTable.entriesMax {
            _ = table.take("visitor \(index)", nowMillis: Int64(index))
            #expect(table.count <= BucketTable.entriesMax)
        }
    }

    @Test func makingRoomForgetsNobodyWhoIsAtTheLimit() {
        var table = BucketTable(limit)
        for index in 0..<BucketTable.entriesMax - 1 { _ = table.take("visitor \(index)", nowMillis: 0) }
        for _ in 0..<4 { _ = table.take("greedy", nowMillis: 1_000) }
        _ = table.take("one more", nowMillis: 1_000)
        #expect(!table.take("greedy", nowMillis: 1_000).isAllowed)
    }
}
