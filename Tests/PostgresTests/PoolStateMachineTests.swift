import Testing

@testable import Postgres

@Suite struct PoolStateMachineTests {
    typealias Action = PoolStateMachine.Action
    let start = ContinuousClock.now

    func machine(connections: Int = 2, waiters: Int = 4, probeInterval: Duration = .seconds(30)) -> PoolStateMachine {
        PoolStateMachine(
            limits: .init(maximumConnections: connections, maximumWaiters: waiters, idleTimeout: .seconds(10), probeInterval: probeInterval))
    }

    func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    /// `#expect` takes no mutating call.
    func check(_ actions: [Action], _ expected: [Action], at location: SourceLocation = #_sourceLocation) {
        #expect(actions == expected, sourceLocation: location)
    }

    @Test func opensOnDemandUpToTheLimitAndServesInOrder() {
        var pool = machine()
        check(pool.acquire(1, deadline: at(5), now: start), [.open(connection: 1)])
        check(pool.acquire(2, deadline: at(5), now: start), [.open(connection: 2)])
        check(pool.acquire(3, deadline: at(5), now: start), [])
        check(pool.opened(2, expires: at(100), now: start), [.lease(connection: 2, waiter: 1)])
        check(pool.opened(1, expires: at(100), now: start), [.lease(connection: 1, waiter: 2)])
        check(pool.released(2, reusable: true, now: start), [.lease(connection: 2, waiter: 3)])
        check(pool.released(1, reusable: true, now: start), [])
        check(pool.acquire(4, deadline: at(5), now: start), [.lease(connection: 1, waiter: 4)])
    }

    @Test func refusesBeyondTheQueueAndAfterTheDeadline() {
        var pool = machine(connections: 1, waiters: 1)
        _ = pool.acquire(1, deadline: at(1), now: start)
        check(pool.acquire(2, deadline: at(1), now: start), [.fail(waiter: 2, .poolExhausted)])
        #expect(pool.nextDeadline == at(1))
        check(pool.timerFired(now: at(1)), [.fail(waiter: 1, .poolExhausted)])
    }

    @Test func backsOffAfterAFailureAndTellsTheReason() {
        var pool = machine()
        _ = pool.acquire(1, deadline: at(5), now: start)
        check(pool.lost(1, reason: .unavailable("refused"), jitter: 0.5, now: start), [])
        #expect(pool.nextDeadline == start + .milliseconds(25))
        check(pool.timerFired(now: at(0.01)), [])
        check(pool.timerFired(now: at(0.03)), [.open(connection: 2)])
        check(pool.lost(2, reason: .unavailable("refused"), jitter: 0.9, now: at(0.03)), [])
        check(pool.timerFired(now: at(5)), [.fail(waiter: 1, .unavailable("refused"))])
    }

    @Test func oneConnectionFeelsItsWayAfterAFailureAndTheOthersFollow() {
        var pool = machine()
        _ = pool.acquire(1, deadline: at(5), now: start)
        _ = pool.acquire(2, deadline: at(5), now: start)
        _ = pool.lost(1, reason: .unavailable("refused"), jitter: 0, now: start)
        _ = pool.lost(2, reason: .unavailable("refused"), jitter: 0, now: start)
        check(pool.timerFired(now: at(1)), [.open(connection: 3)])
        check(pool.opened(3, expires: at(100), now: at(1)), [.lease(connection: 3, waiter: 1), .open(connection: 4)])
    }

    @Test func aLostConnectionIsReplacedForThoseWhoWait() {
        var pool = machine(connections: 1)
        _ = pool.acquire(1, deadline: at(5), now: start)
        _ = pool.opened(1, expires: at(100), now: start)
        _ = pool.acquire(2, deadline: at(5), now: start)
        check(pool.lost(1, reason: .unavailable("gone"), jitter: 0, now: start), [.open(connection: 2)])
        check(pool.released(1, reusable: true, now: start), [])
    }

    @Test func closesWhatIsIdleTooLongOrTooOldOrUnfit() {
        var pool = machine()
        _ = pool.acquire(1, deadline: at(5), now: start)
        _ = pool.opened(1, expires: at(100), now: start)
        _ = pool.released(1, reusable: true, now: start)
        #expect(pool.nextDeadline == at(10))
        check(pool.timerFired(now: at(10)), [.close(connection: 1)])
        _ = pool.acquire(2, deadline: at(50), now: at(11))
        _ = pool.opened(2, expires: at(20), now: at(11))
        check(pool.released(2, reusable: true, now: at(21)), [.close(connection: 2)])
        _ = pool.acquire(3, deadline: at(50), now: at(22))
        _ = pool.opened(3, expires: at(99), now: at(22))
        check(pool.released(3, reusable: false, now: at(23)), [.close(connection: 3)])
        #expect(pool.isEmpty)
    }

    @Test func aCallerThatGivesUpIsToldOnceAndItsConnectionGoesToTheNext() {
        var pool = machine(connections: 1)
        _ = pool.acquire(1, deadline: at(5), now: start)
        _ = pool.acquire(2, deadline: at(5), now: start)
        check(pool.abandon(1), [.fail(waiter: 1, .cancelled)])
        check(pool.abandon(1), [])
        check(pool.opened(1, expires: at(100), now: start), [.lease(connection: 1, waiter: 2)])
        check(pool.abandon(2), [])
    }

    @Test func closingRefusesTheWaitingAndLetsTheLeasedFinish() {
        var pool = machine(connections: 2)
        _ = pool.acquire(1, deadline: at(5), now: start)
        _ = pool.opened(1, expires: at(100), now: start)
        _ = pool.acquire(2, deadline: at(5), now: start)
        check(pool.close(), [.fail(waiter: 2, .unavailable("the pool is closed"))])
        check(pool.acquire(3, deadline: at(5), now: start), [.fail(waiter: 3, .unavailable("the pool is closed"))])
        check(pool.opened(2, expires: at(100), now: start), [.close(connection: 2)])
        check(pool.released(1, reusable: true, now: start), [.close(connection: 1)])
        #expect(pool.isEmpty)
    }

    /// Whatever happens in whatever order: no connection serves two callers, and never more are open than allowed.
    @Test(arguments: 0..<50) func randomHistoriesKeepTheInvariants(seed: UInt64) {
        var random = SplitMix(state: seed)
        var pool = machine(connections: 3, waiters: 5, probeInterval: .seconds(1))
        var leases: [Int: Int] = [:]
        var shares: [Int: Int] = [:]
        var probing: Set<Int> = []
        var opening: Set<Int> = []
        var answered: Set<Int> = []
        var nextWaiter = 0
        var now = start
        func apply(_ actions: [Action]) {
            for action in actions {
                switch action {
                case .open(let id): #expect(opening.insert(id).inserted, "seed \(seed)")
                case .lease(let id, let waiter):
                    #expect(leases[id] == nil && shares[id] == nil, "seed \(seed)")
                    #expect(answered.insert(waiter).inserted, "seed \(seed)")
                    leases[id] = waiter
                case .join(let id, let waiter):
                    #expect(leases[id] == nil, "seed \(seed)")
                    #expect(answered.insert(waiter).inserted, "seed \(seed)")
                    shares[id, default: 0] += 1
                case .probe(let id): #expect(leases[id] == nil && shares[id] == nil && probing.insert(id).inserted, "seed \(seed)")
                case .fail(let waiter, _): #expect(answered.insert(waiter).inserted, "seed \(seed)")
                case .close(let id): #expect(leases[id] == nil && shares[id] == nil, "seed \(seed)")
                }
            }
        }
        for _ in 0..<400 {
            now += .milliseconds(Int(random.next() % 200))
            switch random.next() % 8 {
            case 0, 1:
                nextWaiter += 1
                apply(pool.acquire(nextWaiter, deadline: now + .seconds(1), now: now))
            case 2:
                if let id = opening.sorted().first { opening.remove(id); apply(pool.opened(id, expires: now + .seconds(5), now: now)) }
            case 3:
                if let id = opening.sorted().last { opening.remove(id); apply(pool.lost(id, reason: .timeout, jitter: 0.5, now: now)) }
            case 4:
                if let id = leases.keys.sorted().first { leases[id] = nil; apply(pool.released(id, reusable: random.next() % 3 > 0, now: now)) }
            case 5:
                nextWaiter += 1
                apply(pool.acquire(nextWaiter, use: .shared, deadline: now + .seconds(1), now: now))
            case 6:
                if let (id, count) = shares.min(by: { $0.key < $1.key }) {
                    shares[id] = count == 1 ? nil : count - 1
                    apply(pool.left(id, reusable: random.next() % 5 > 0, now: now))
                }
            default:
                if let id = probing.popFirst() { apply(pool.probed(id, now: now)) }
                apply(pool.timerFired(now: now))
            }
            #expect(pool.open <= 3, "seed \(seed)")
        }
        apply(pool.timerFired(now: now + .seconds(60)))
        #expect(answered.count == nextWaiter, "seed \(seed)")
    }

    @Test func sharedUsesSpreadFirstAndThenFillPipelines() {
        var pool = PoolStateMachine(
            limits: .init(maximumConnections: 2, maximumWaiters: 4, idleTimeout: .seconds(10), spread: 1, fullPipeline: 2, maximumPipeline: 3))
        _ = pool.acquire(1, use: .shared, deadline: at(5), now: start)
        _ = pool.acquire(2, use: .shared, deadline: at(5), now: start)
        check(
            pool.opened(1, expires: at(100), now: start), [.join(connection: 1, waiter: 1), .join(connection: 1, waiter: 2)])
        check(pool.opened(2, expires: at(100), now: start), [])
        check(pool.acquire(3, use: .shared, deadline: at(5), now: start), [.join(connection: 2, waiter: 3)])
        for waiter in 4...6 { #expect(pool.acquire(waiter, use: .shared, deadline: at(5), now: start).count == 1) }
        check(pool.acquire(7, use: .shared, deadline: at(5), now: start), [])
        check(pool.left(1, reusable: true, now: start), [.join(connection: 1, waiter: 7)])
    }

    @Test func slowTransactionsDoNotShareAConnectionWhileAnotherIsFree() {
        var pool = PoolStateMachine(
            limits: .init(maximumConnections: 2, maximumWaiters: 4, idleTimeout: .seconds(10), spread: 1, fullPipeline: 4, stall: .seconds(60)))
        for waiter in 1...2 { _ = pool.acquire(waiter, deadline: at(5), now: start) }
        for connection in 1...2 { _ = pool.opened(connection, expires: at(100), now: start) }
        for connection in 1...2 { _ = pool.released(connection, reusable: true, now: start) }
        check(pool.acquire(3, use: .shared, deadline: at(5), now: start), [.join(connection: 2, waiter: 3)])
        check(pool.acquire(4, use: .shared, deadline: at(5), now: start), [.join(connection: 2, waiter: 4)])
        check(pool.left(2, reusable: true, now: at(1)), [])
        check(pool.acquire(5, use: .shared, deadline: at(5), now: at(1)), [.join(connection: 1, waiter: 5)])
    }

    @Test func whoWantsAConnectionAloneIsNotStarvedByThoseWhoShare() {
        var pool = machine(connections: 1)
        _ = pool.acquire(1, use: .shared, deadline: at(5), now: start)
        _ = pool.opened(1, expires: at(100), now: start)
        check(pool.acquire(2, use: .exclusive, deadline: at(5), now: start), [])
        check(pool.acquire(3, use: .shared, deadline: at(5), now: start), [])
        check(pool.left(1, reusable: true, now: start), [.lease(connection: 1, waiter: 2)])
        check(pool.released(1, reusable: true, now: start), [.join(connection: 1, waiter: 3)])
    }

    @Test func aStalledOrSealedConnectionGetsNobodyMore() {
        var pool = machine(connections: 1)
        _ = pool.acquire(1, use: .shared, deadline: at(5), now: start)
        _ = pool.opened(1, expires: at(100), now: start)
        check(pool.acquire(2, use: .shared, deadline: at(5), now: at(1)), [])
        check(pool.left(1, reusable: true, now: at(1)), [.join(connection: 1, waiter: 2)])
        pool.seal(1)
        check(pool.acquire(3, use: .shared, deadline: at(5), now: at(1)), [])
        check(pool.left(1, reusable: false, now: at(1)), [.close(connection: 1), .open(connection: 2)])
    }

    @Test func anIdleConnectionIsProbedAndCountsWaits() {
        var pool = PoolStateMachine(
            limits: .init(maximumConnections: 1, maximumWaiters: 4, idleTimeout: .seconds(100), probeInterval: .seconds(30)))
        _ = pool.acquire(1, deadline: at(5), now: start)
        _ = pool.opened(1, expires: at(1000), now: at(2))
        check(pool.released(1, reusable: true, now: at(2)), [])
        #expect(pool.nextDeadline == at(32))
        check(pool.timerFired(now: at(32)), [.probe(connection: 1)])
        check(pool.acquire(2, deadline: at(40), now: at(32)), [])
        check(pool.probed(1, now: at(33)), [.lease(connection: 1, waiter: 2)])
        #expect(pool.waits.count == 2)
        #expect(abs(pool.waits.sumSeconds - 3) < 1e-9)
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
