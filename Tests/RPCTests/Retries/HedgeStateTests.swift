import Testing

@testable import RPC

@Suite struct HedgeStateTests {
    struct Rig {
        var state: HedgeState
        var throttle = RetryThrottle()

        init(attemptsMax: Int = 2) { state = HedgeState(policy: HedgePolicy(after: .milliseconds(10), attemptsMax: attemptsMax)) }

        mutating func waited() -> HedgeState.Step { state.waited(throttle: throttle) }
        mutating func ended(_ error: RPCError?) -> HedgeState.Step { state.ended(error, throttle: &throttle) }
    }

    let unavailable = RPCError.unavailable("TEST", "not there")

    @Test func theFirstAnswerCounts() {
        var rig = Rig()
        #expect(rig.waited() == .start(1))
        #expect(rig.ended(nil) == .finish)
        #expect(rig.state.attempts == 2)
    }

    @Test func noMoreTriesThanAskedFor() {
        var rig = Rig(attemptsMax: 3)
        #expect(rig.waited() == .start(1))
        #expect(rig.waited() == .start(2))
        #expect(rig.waited() == .wait)
        var single = Rig(attemptsMax: 1)
        #expect(single.waited() == .wait)
    }

    @Test func aFailureThatMayPassStartsTheNextAtOnce() {
        var rig = Rig()
        #expect(rig.ended(unavailable) == .start(1))
        #expect(rig.ended(unavailable) == .finish)
    }

    @Test func aFailureIsWaitedOutByTheOtherTry() {
        var rig = Rig()
        #expect(rig.waited() == .start(1))
        #expect(rig.ended(unavailable) == .wait)
        #expect(rig.ended(nil) == .finish)
    }

    @Test func aFailureOfTheRequestItselfIsFinal() {
        var rig = Rig()
        #expect(rig.waited() == .start(1))
        #expect(rig.ended(RPCError(.invalidArgument, reason: "X", message: "x")) == .finish)
        #expect(rig.throttle == RetryThrottle())
    }

    @Test func aServerThatAsksForTimeIsNotHedged() {
        var rig = Rig()
        let later = RPCError(.resourceExhausted, reason: "X", message: "x", retryAfter: .seconds(1))
        #expect(rig.ended(later) == .finish)
        #expect(rig.waited() == .wait)
    }

    @Test func theThrottleIsShared() {
        var rig = Rig()
        for _ in 0..<5 { rig.throttle.failed() }
        #expect(rig.waited() == .wait)
        #expect(rig.ended(unavailable) == .finish)
    }
}
