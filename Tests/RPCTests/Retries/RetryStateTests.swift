import Testing

@testable import RPC

@Suite struct RetryStateTests {
    /// The tries of calls that share a throttle.
    struct Rig {
        var state: RetryState
        var throttle = RetryThrottle()

        init(mayRunTwice: Bool = true) { state = RetryState(policy: RetryPolicy(), mayRunTwice: mayRunTwice) }

        mutating func failed(
            _ error: RPCError, now: ContinuousClock.Instant, deadline: ContinuousClock.Instant, random: Double = 0
        ) -> RetryState.Verdict {
            state.failed(error, now: now, deadline: deadline, throttle: &throttle, random: random)
        }
    }

    let now = ContinuousClock.now
    var later: ContinuousClock.Instant { now + .seconds(60) }
    let unavailable = RPCError.unavailable("TEST", "not there")

    func exhausted(_ after: Duration?) -> RPCError {
        RPCError(.resourceExhausted, reason: "OVERLOADED", message: "too much", retryAfter: after)
    }

    @Test func anIdempotentCallIsTriedThreeTimesInAll() {
        var rig = Rig(mayRunTwice: true)
        #expect(rig.failed(unavailable, now: now, deadline: later, random: 1) == .again(after: .milliseconds(25)))
        #expect(rig.failed(unavailable, now: now, deadline: later, random: 0.5) == .again(after: .milliseconds(25)))
        #expect(rig.state.attempts == 3)
        #expect(rig.failed(unavailable, now: now, deadline: later, random: 0) == .stop)
        #expect(rig.state.attempts == 3)
    }

    @Test func aCallThatMayNotRunTwiceIsNotTriedAgain() {
        var rig = Rig(mayRunTwice: false)
        #expect(rig.failed(unavailable, now: now, deadline: later, random: 0) == .stop)
    }

    @Test(arguments: StatusCode.allCases)
    func onlyTheCodesThatSaySoAreTriedAgain(_ code: StatusCode) {
        var rig = Rig(mayRunTwice: true)
        let plain = RPCError(code, reason: "TEST", message: "x")
        #expect((rig.failed(plain, now: now, deadline: later, random: 0) != .stop) == (code == .unavailable))
        let asked = RPCError(code, reason: "TEST", message: "x", retryAfter: .milliseconds(3))
        let expected: RetryState.Verdict = code == .unavailable || code == .resourceExhausted ? .again(after: .milliseconds(3)) : .stop
        #expect(rig.failed(asked, now: now, deadline: later, random: 0) == expected)
    }

    @Test func whatTheServerAsksForIsHeeded() {
        var rig = Rig(mayRunTwice: true)
        #expect(rig.failed(exhausted(.seconds(2)), now: now, deadline: later, random: 0) == .again(after: .seconds(2)))
        var refused = Rig()
        #expect(refused.failed(exhausted(.seconds(-1)), now: now, deadline: later, random: 0) == .stop)
        var late = Rig()
        #expect(late.failed(exhausted(.seconds(60)), now: now, deadline: later, random: 0) == .stop)
    }

    @Test func neverPastTheDeadline() {
        var rig = Rig(mayRunTwice: true)
        let close = now + .milliseconds(25)
        #expect(rig.failed(unavailable, now: now, deadline: close, random: 1) == .stop)
        #expect(rig.failed(unavailable, now: now, deadline: close, random: 0.1) != .stop)
    }

    @Test func aClosedClientIsNotAskedAgain() {
        var rig = Rig(mayRunTwice: true)
        #expect(rig.failed(.clientClosed, now: now, deadline: later, random: 0) == .stop)
        #expect(rig.throttle == RetryThrottle())
    }

    /// Ten tokens: five failures leave half of them, and then a failure is final until successes have given some back.
    @Test func theThrottleStopsAChannelThatMostlyFails() {
        var throttle = RetryThrottle()
        var verdicts: [Bool] = []
        for _ in 0..<7 {
            var state = RetryState(policy: RetryPolicy(), mayRunTwice: true)
            verdicts.append(state.failed(unavailable, now: now, deadline: later, throttle: &throttle, random: 0) != .stop)
        }
        #expect(verdicts == [true, true, true, true, false, false, false])
        #expect(throttle.tokens == 3000)
        for _ in 0..<20 { throttle.succeeded() }
        #expect(!throttle.allowsRetry)
        throttle.succeeded()
        #expect(throttle.allowsRetry)
        for _ in 0..<1000 { throttle.succeeded() }
        #expect(throttle.tokens == 10_000)
        for _ in 0..<100 { throttle.failed() }
        #expect(throttle.tokens == 0)
    }

    @Test func whatNeverRanIsSentElsewhereOnce() {
        for loss in [Resending.Loss.unwritten, .unserved] {
            #expect(Resending.permits(loss, wasResent: false, isWhole: true))
            #expect(!Resending.permits(loss, wasResent: true, isWhole: true))
            #expect(!Resending.permits(loss, wasResent: false, isWhole: false))
        }
        #expect(!Resending.permits(.unanswered, wasResent: false, isWhole: true))
    }

    /// However a server fails: at most three tries, none of which could begin after the deadline, and none without a token.
    @Test(arguments: [UInt64](1...50)) func bounds(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var throttle = RetryThrottle()
        for _ in 0..<40 {
            var state = RetryState(policy: RetryPolicy(), mayRunTwice: Bool.random(using: &random))
            var time = now
            let deadline = now + .milliseconds(Int.random(in: 1...3000, using: &random))
            for attempt in 1...10 {
                let error = RPCError(
                    StatusCode.allCases.randomElement(using: &random)!, reason: "TEST", message: "x",
                    retryAfter: Bool.random(using: &random) ? .milliseconds(Int.random(in: -10...1000, using: &random)) : nil)
                let verdict = state.failed(error, now: time, deadline: deadline, throttle: &throttle, random: .random(in: 0...1, using: &random))
                guard case .again(let pause) = verdict else { break }
                #expect(attempt < 3 && pause >= .zero && time + pause < deadline && throttle.allowsRetry, "seed \(seed)")
                time += pause
            }
            if Bool.random(using: &random) { throttle.succeeded() }
        }
    }
}
