import Testing

@testable import RPC

@Suite struct BalancerTests {
    /// A balancer with the randomness it is handed.
    struct Rig {
        var balancer: Balancer
        var random: SeededGenerator

        init(_ balancer: Balancer = Balancer(), seed: UInt64 = 7) {
            self.balancer = balancer
            random = SeededGenerator(seed: seed)
        }

        mutating func update(_ addresses: [RPCClient.Address]) -> Balancer.Change { balancer.update(addresses, using: &random) }

        mutating func pick(_ now: ContinuousClock.Instant, avoiding: EndpointID? = nil, load: (EndpointID) -> Int = { _ in 0 }) -> Balancer.Pick {
            balancer.pick(now: now, avoiding: avoiding, using: &random, load: load)
        }
    }

    let now = ContinuousClock.now

    static func address(_ number: Int) -> RPCClient.Address { .init(host: "10.0.0.\(number)", port: 1) }

    /// Servers 0..<count, all connected.
    func connected(_ count: Int) -> Rig {
        var rig = Rig()
        for id in rig.update((0..<count).map(Self.address)).added.keys {
            rig.balancer.connecting(id)
            rig.balancer.connected(id)
        }
        return rig
    }

    func id(_ number: Int) -> EndpointID { EndpointID(number: number) }

    @Test func withoutServersThereIsNoChoice() {
        var rig = Rig()
        #expect(rig.pick(now) == .empty)
        let change = rig.update([Self.address(0)])
        #expect(change.added == [id(0): Self.address(0)] && change.removed.isEmpty)
        #expect(rig.balancer.due(now: now) == [id(0)])
        #expect(rig.pick(now) == .wait)
        rig.balancer.connecting(id(0))
        #expect(rig.balancer.due(now: now).isEmpty)
        #expect(rig.pick(now) == .wait)
        rig.balancer.failedToConnect(id(0), restsUntil: now + .seconds(1))
        #expect(rig.pick(now) == .unreachable)
        #expect(rig.balancer.due(now: now).isEmpty && rig.balancer.due(now: now + .seconds(1)) == [id(0)])
        rig.balancer.connected(id(0))
        #expect(rig.pick(now) == .endpoint(id(0)))
        rig.balancer.left(id(0))
        #expect(rig.balancer.due(now: now) == [id(0)])
    }

    @Test func theOneWithFewerCallsOfTwo() {
        var rig = connected(2)
        for _ in 0..<50 {
            #expect(rig.pick(now) { $0 == id(0) ? 5 : 4 } == .endpoint(id(1)))
        }
    }

    /// Calls that all last equally long: two choices keep the fullest server within a call or two of the emptiest.
    @Test func loadIsEven() {
        var rig = connected(8)
        var load = [Int](repeating: 0, count: 8)
        for _ in 0..<8000 {
            guard case .endpoint(let id) = rig.pick(now, load: { load[$0.number] }) else {
                Issue.record("no server")
                return
            }
            load[id.number] += 1
        }
        #expect(load.max()! - load.min()! <= 6, "\(load)")
    }

    @Test func twoChoicesReachEveryServer() {
        var rig = connected(3)
        var seen: Set<EndpointID> = []
        for _ in 0..<100 { if case .endpoint(let id) = rig.pick(now) { seen.insert(id) } }
        #expect(seen.count == 3)
    }

    @Test func aSecondTryGoesElsewhereWhereItCan() {
        var two = connected(2)
        for _ in 0..<20 {
            #expect(two.pick(now, avoiding: id(0)) { $0 == id(1) ? 99 : 0 } == .endpoint(id(1)))
        }
        var one = connected(1)
        #expect(one.pick(now, avoiding: id(0)) == .endpoint(id(0)))
    }

    @Test func thoseThatAreNotReadyDoNotMatter() {
        var rig = connected(4)
        rig.balancer.left(id(0))
        rig.balancer.connecting(id(1))
        rig.balancer.failedToConnect(id(2), restsUntil: now + .seconds(9))
        for _ in 0..<20 { #expect(rig.pick(now) == .endpoint(id(3))) }
        #expect(rig.balancer.due(now: now) == [id(0)])
    }

    @Test func addressesComeAndGo() {
        var rig = connected(2)
        let change = rig.update([Self.address(1), Self.address(2)])
        #expect(change.removed == [id(0)] && change.added == [id(2): Self.address(2)])
        #expect(rig.balancer.health(id(0)) == nil && rig.balancer.health(id(1)) == .ready && rig.balancer.health(id(2)) == .idle)
        // What is told of one that is gone is not heard.
        rig.balancer.connected(id(0))
        rig.balancer.ended(id(0), failed: true, now: now)
        #expect(rig.pick(now) == .endpoint(id(1)))
    }

    @Test func ofTooManyEachClientTakesOthers() {
        let all = (0..<100).map(Self.address)
        var chosen: Set<Set<RPCClient.Address>> = []
        for seed in UInt64(1)...5 {
            var rig = Rig(Balancer(endpointsMax: 4), seed: seed)
            let change = rig.update(all)
            #expect(change.added.count == 4)
            // Those that were chosen stay.
            #expect(rig.update(all) == Balancer.Change())
            chosen.insert(Set(change.added.values))
        }
        #expect(chosen.count > 1)
    }

    @Test func anEjectedServerIsLeftOutAndReturns() {
        var rig = connected(2)
        for _ in 0..<5 { rig.balancer.ended(id(0), failed: true, now: now) }
        #expect(rig.balancer.isEjected(id(0)))
        for _ in 0..<20 { #expect(rig.pick(now) { $0 == id(1) ? 9 : 0 } == .endpoint(id(1))) }
        // While the other is not there, the doubtful one is better than none.
        rig.balancer.left(id(1))
        #expect(rig.pick(now) == .endpoint(id(0)))
        rig.balancer.connected(id(1))
        let after = now + .seconds(30)
        #expect(rig.pick(after) { $0 == id(1) ? 9 : 0 } == .endpoint(id(0)))
    }
}
