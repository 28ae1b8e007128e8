import GatewayCore
import Testing

@Suite struct CounterHealthTests {
    @Test func afterAFailureOneRequestTriesAgain() {
        var health = CounterHealth()
        #expect(health.mayAsk(nowMillis: 0) == true)
        #expect(health.failed(nowMillis: 100) == true)
        #expect(!health.isGood)
        #expect(health.mayAsk(nowMillis: 100 + CounterHealth.pauseMillis - 1) == false)
        #expect(health.mayAsk(nowMillis: 100 + CounterHealth.pauseMillis) == true)
        #expect(health.mayAsk(nowMillis: 100 + CounterHealth.pauseMillis) == false)
        // Told once, and not with each try.
        #expect(health.failed(nowMillis: 2_000) == false)
        #expect(health.mayAsk(nowMillis: 2_500) == false)
        #expect(health.mayAsk(nowMillis: 3_000) == true)
        #expect(health.answered() == true)
        #expect(health.isGood)
        #expect(health.answered() == false)
        #expect(health.mayAsk(nowMillis: 3_000) == true)
        #expect(health.mayAsk(nowMillis: 3_000) == true)
    }

    /// Requests that were under way when it failed fail as well: each puts off the next try, none of them tells.
    @Test func manyFailuresAtOnceAreOne() {
        var health = CounterHealth()
        var told: [Bool] = []
        for moment in 0..<5 { told.append(health.failed(nowMillis: Int64(moment))) }
        #expect(told == [true, false, false, false, false])
        #expect(health.mayAsk(nowMillis: CounterHealth.pauseMillis) == false)
        #expect(health.mayAsk(nowMillis: CounterHealth.pauseMillis + 4) == true)
    }
}
