import Cedar
import Testing

@testable import SessionRules

@Suite("Windows, order and clocks")
struct WindowTests {
    @Test("A window includes its edge and ends behind it")
    func edge() throws {
        var world = try World(permit(#"formerly within 1h Action::"login"::request{}"#))
        try world.note("login", at: 0)
        #expect(try world.ask("pay", at: 3600))
        #expect(try !world.ask("pay", at: 3600.000001))
    }

    @Test("A window inside of a window reaches as far as both")
    func nested() throws {
        var world = try World(permit(#"formerly within 10s (Action::"read"::request{} && formerly within 10s Action::"login"::request{})"#))
        try world.note("login", at: 0)
        try world.note("read", at: 10)
        #expect(try world.ask("pay", at: 20))
        #expect(try !world.ask("pay", at: 20.5))
    }

    @Test("Events of the same moment keep their order")
    func equalTimes() throws {
        var world = try World(permit(#"(!Action::"logout"::request{} since within 1h Action::"login"::request{})"#))
        try world.note("logout", at: 5)
        try world.note("login", at: 5)
        #expect(try world.ask("pay", at: 5))
        try world.note("logout", at: 5)
        #expect(try !world.ask("pay", at: 5))
    }

    @Test("A clock that goes back moves no event out of a window, and none into the future")
    func backwards() throws {
        var world = try World(permit(#"(count for (t: Timepoint). where (formerly within 10s (Action::"pay"::request{} && tp(t)))) <= 2"#))
        #expect(try world.ask("pay", at: 100))
        #expect(try world.ask("pay", at: 50))
        #expect(try !world.ask("pay", at: 40), "both before are counted, though the clock says that they are to come")
        #expect(try !world.ask("pay", at: 110), "all are of the time 100")
        #expect(try world.ask("pay", at: 110.5))
    }

    @Test("`previous` is the event before, and only within its window")
    func previous() throws {
        var world = try World(permit(#"previous within 5s Action::"login"::request{}"#))
        #expect(try !world.ask("pay", at: 0), "there is none before the first")
        try world.note("login", at: 10)
        #expect(try world.ask("pay", at: 15))
        #expect(try !world.ask("pay", at: 15), "now the payment is the one before")
        try world.note("login", at: 20)
        #expect(try !world.ask("pay", at: 25.1))
    }

    @Test("Times at the ends of the range overflow nowhere")
    func extremes() throws {
        var world = try World(permit(#"formerly within 1h Action::"login"::request{} && !(previous within 1h Action::"pay"::request{})"#))
        try world.monitor.observe(World.event("login"), at: .min)
        #expect(try !world.ask("pay", at: 9e12))
        try world.monitor.observe(World.event("login"), at: .max)
        #expect(try world.ask("pay", at: 0), "the latest time counts")
    }

    @Test("What no rule looks back to is forgotten")
    func pruned() throws {
        var world = try World(permit(#"formerly within 10s Action::"pay"::request{ input.user: "b" }"#))
        for second in 0..<5000 { _ = try world.ask("pay", at: Double(second), user: "u\(second % 7)") }
        #expect(world.monitor.count < 100)
        #expect(try world.monitor.encoded().count < 1000)
    }
}
