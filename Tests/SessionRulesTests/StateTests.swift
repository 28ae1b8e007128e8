import Cedar
import Testing

@testable import SessionRules

@Suite("Stored states")
struct StateTests {
    private static let policies = permit(
        #"formerly within 1h Action::"pay"::request{ input.user: "a", input.amount: 1 } && !(previous within 1h Action::"read"::request{})"#)

    private func filled() throws -> World {
        var world = try World(Self.policies)
        for second in 0..<40 {
            _ = try world.ask("pay", at: Double(second), user: second % 2 == 0 ? "a" : "b", as: second % 3 == 0 ? Text("r\(second)") : nil)
        }
        return world
    }

    @Test("Damaged states are refused or mean something that is stored in the same way; none is survived by chance")
    func damaged() throws {
        let world = try filled()
        let state = try world.monitor.encoded()
        var random = SplitMix(state: 5)
        var refused = 0
        for _ in 0..<4000 {
            var damaged = state
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { damaged.removeLast(Int.random(in: 0..<damaged.count, using: &random)) }
            do {
                let read = try SessionMonitor(rules: world.monitor.rules, state: damaged)
                let again = try read.encoded()
                #expect(try SessionMonitor(rules: world.monitor.rules, state: again).encoded() == again)
            } catch { refused += 1 }
        }
        #expect(refused > 1000)
    }

    @Test("A state of another version is refused")
    func version() throws {
        var state = try filled().monitor.encoded()
        state[3] = UInt8(ascii: "2")
        #expect(throws: SessionFault.unreadableState("it is of another version")) {
            try SessionMonitor(rules: SessionRuleSet(parsing: Self.policies), state: state)
        }
    }

    @Test("Other rules go on with what both mention")
    func otherRules() throws {
        let world = try filled()
        let other = try SessionRuleSet(
            parsing: permit(#"(count for (t: Timepoint). where (formerly within 1h (Action::"pay"::request{ input.user: "a" } && tp(t)))) >= 21"#))
        var resumed = try SessionMonitor(rules: other, state: world.monitor.encoded())
        let request = SessionRequest(
            principal: EntityUID(type: "User", id: "ann"), resource: EntityUID(type: "Shop", id: "s"), context: .empty)
        let answer = try resumed.ask(World.event("pay", user: "a"), request, at: 41_000_000)
        #expect(answer.rules.map(\.holds) == [true], "twenty before, and this one")
        let fields = try SessionRuleSet(parsing: permit(#"formerly within 1h Action::"pay"::request{ input.note: _ }"#))
        var without = try SessionMonitor(rules: fields, state: world.monitor.encoded())
        #expect(try without.ask(World.event("pay"), request, at: 41_000_000).rules.map(\.holds) == [false])
    }

    @Test("Limits of events, of steps and of the state are named")
    func limits() throws {
        var many = try World(Self.policies, limits: SessionLimits(events: 10))
        #expect(throws: SessionFault.tooManyEvents(limit: 10)) {
            for second in 0..<20 { _ = try many.ask("pay", at: Double(second)) }
        }
        let slow = permit(
            #"exists (x: String). (formerly within 1h Action::"pay"::request{ input.user: x } && exists (y: String). (formerly within 1h Action::"pay"::request{ input.user: y } && !(x == y) && formerly within 1h Action::"read"::request{ input.user: x }))"#
        )
        var steps = try World(slow, limits: SessionLimits(steps: 5000))
        #expect(throws: SessionFault.tooManySteps(limit: 5000)) {
            for second in 0..<200 { _ = try steps.ask("pay", at: Double(second), user: "u\(second)") }
        }
        var large = try World(Self.policies, limits: SessionLimits(stateSize: 50))
        for second in 0..<20 { _ = try large.ask("pay", at: Double(second)) }
        #expect(throws: SessionFault.stateTooLarge(limit: 50)) { try large.monitor.encoded() }
    }

    @Test("Sums beyond 64 bits are clamped, and come back when what overflowed expires")
    func overflow() throws {
        var world = try World(permit(#"sum_within(x, 10s, Action::"pay"::request{ input.amount: x }) == 9223372036854775807"#))
        #expect(try world.ask("pay", at: 0, amount: .max))
        #expect(try world.ask("pay", at: 1, amount: .max))
        #expect(try world.ask("pay", at: 2, amount: -.max))
        #expect(try !world.ask("pay", at: 11, amount: 5), "the two great ones are gone: 5 is left, less the greatest")
    }
}
