import Cedar
import Testing

@testable import SessionRules

@Suite("Requests in flight")
struct InFlightTests {
    private static let atMostTwo = permit(#"bind(n, count_within(1h, Action::"pay"::reserved{}), n <= 2)"#)

    @Test("What is allowed and not finished counts, and so does the request itself")
    func counts() throws {
        var world = try World(Self.atMostTwo)
        #expect(try world.ask("pay", at: 0, as: "a"))
        #expect(try world.ask("pay", at: 1, as: "b"))
        #expect(try !world.ask("pay", at: 2, isAllowed: false, as: "c"))
        #expect(world.monitor.inFlight == ["a", "b"])
    }

    @Test("What was refused does not count against the next")
    func refused() throws {
        var world = try World(Self.atMostTwo)
        for second in 0..<5 { _ = try world.ask("pay", at: Double(second), isAllowed: false) }
        #expect(try world.ask("pay", at: 6))
    }

    @Test("What is settled stays counted, what is given back does not")
    func settleAndCancel() throws {
        var world = try World(Self.atMostTwo)
        _ = try world.ask("pay", at: 0, as: "a")
        _ = try world.ask("pay", at: 1, as: "b")
        try world.monitor.settle("a")
        #expect(try !world.ask("pay", at: 2, isAllowed: false))
        try world.monitor.cancel("b")
        #expect(try world.ask("pay", at: 3))
        #expect(throws: SessionFault.noReservation) { try world.monitor.cancel("a") }
        #expect(throws: SessionFault.noReservation) { try world.monitor.settle("b") }
    }

    @Test("A running total is that of what is reserved, with the request itself")
    func total() throws {
        var world = try World(
            permit(#"bind(total, sum_within(x, 1d, Action::"pay"::reserved{ input.user: context.input.user, input.amount: x }), total <= 50)"#))
        #expect(try world.ask("pay", at: 0, amount: 20, as: "a"))
        #expect(try world.ask("pay", at: 1, amount: 30, as: "b"))
        #expect(try !world.ask("pay", at: 2, amount: 1, isAllowed: false))
        #expect(try world.ask("pay", at: 2, user: "b", amount: 50))
        try world.monitor.cancel("a")
        #expect(try world.ask("pay", at: 3, amount: 20))
    }

    @Test("Approve before action: another person's approval within the hour")
    func approval() throws {
        var world = try World(permit(#"formerly within 1h Action::"approve"::response{ input.user: context.input.user }"#))
        #expect(try !world.ask("pay", at: 0))
        try world.note("approve", "response", at: 10)
        #expect(try world.ask("pay", at: 3610))
        #expect(try !world.ask("pay", at: 3611))
        #expect(try !world.ask("pay", at: 20 + 3600, user: "b"))
    }

    @Test("Reservations outlive a restart")
    func resumed() throws {
        var world = try World(Self.atMostTwo)
        _ = try world.ask("pay", at: 0, as: "a")
        _ = try world.ask("pay", at: 1, as: "b")
        world.monitor = try SessionMonitor(rules: world.monitor.rules, state: world.monitor.encoded())
        #expect(try !world.ask("pay", at: 2, isAllowed: false))
        try world.monitor.cancel("a")
        #expect(try world.ask("pay", at: 3))
    }
}
