import Testing

@testable import RPC

@Suite struct ConcurrencyLimitTests {
    /// One window of calls that take so many times what is usual.
    func window(_ limit: inout ConcurrencyLimit, slowness: Double, running: Int) {
        for _ in 0..<ConcurrencyLimit.windowSamples { limit.ran(for: slowness * 1e6, usual: 1e6, running: running) }
    }

    @Test func aFixedLimitStays() {
        var limit = ConcurrencyLimit(.fixed(10))
        window(&limit, slowness: 50, running: 10)
        #expect(limit.value == 10 && limit.max == 10)
    }

    @Test func itShrinksWhileCallsAreSlowAndGrowsBackWhileItIsUsed() {
        var limit = ConcurrencyLimit(.adaptive(min: 4, initial: 100, max: 200))
        for _ in 0..<60 { window(&limit, slowness: 10, running: limit.value) }
        #expect(limit.value == 4)
        for _ in 0..<10 { window(&limit, slowness: 1, running: 0) }
        #expect(limit.value == 4, "unused, it has no reason to grow")
        for _ in 0..<400 { window(&limit, slowness: 1, running: limit.value) }
        #expect(limit.value == 200)
    }

    @Test func aLittleSlownessIsAsUsual() {
        var limit = ConcurrencyLimit(.adaptive(min: 4, initial: 50, max: 60))
        for _ in 0..<100 { window(&limit, slowness: 1.4, running: limit.value) }
        #expect(limit.value == 60)
    }
}
