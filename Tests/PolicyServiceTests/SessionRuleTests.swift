import FoundationEssentials
import Identity
import JSON
import Postgres
import RPC
import TestKit
import Testing
import Wire

@testable import PolicyService

@Suite(.serialized) struct SessionRuleTests {
    /// At most one payment an hour, what is in flight included.
    private static let once = """
        @id("may") permit(principal in Role::"operator", action == Action::"pay", resource);
        @id("one-an-hour") forbid(principal, action == Action::"pay", resource)
        when temporal { bind(n, count_within(1h, Action::"pay"::reserved{}), n > 1) };
        """

    private func question(_ world: World, _ session: String, amount: Int64 = 1, id: [UInt8] = UUIDv7.make().bytes) -> PolicyV1.DecideRequest {
        var question = world.question(amount, id: id)
        question.session = session
        return question
    }

    @Test("Of two decisions at the same time, at a limit of one, exactly one passes: in one process and in two")
    func concurrent() async throws {
        let world = try await World()
        try await world.put(Self.once)
        let twin = try world.twin()
        for round in 0..<10 {
            let session = "run-\(round)"
            async let first = world.decide(question(world, session))
            async let second = (round.isMultiple(of: 2) ? world : twin).decide(question(world, session), tenant: world.tenant)
            let verdicts = try await [first.verdict, second.verdict]
            #expect(Set(verdicts) == [.allow, .deny], "round \(round)")
        }
    }

    @Test("A session is its own: what happens in another one does not count")
    func apart() async throws {
        let world = try await World()
        try await world.put(Self.once)
        #expect(try await world.decide(question(world, "a")).verdict == .allow)
        #expect(try await world.decide(question(world, "b")).verdict == .allow)
        let denied = try await world.decide(question(world, "a"))
        #expect(denied.verdict == .deny)
        #expect(denied.determining == ["one-an-hour"])
    }

    @Test("A service that starts anew keeps the counts, and time lets them go")
    func restarted() async throws {
        let world = try await World()
        try await world.put(Self.once)
        #expect(try await world.decide(question(world, "run")).verdict == .allow)
        let again = try world.twin()
        #expect(try await again.decide(question(world, "run"), tenant: world.tenant).verdict == .deny)
        again.clock.advance(by: 3601)
        #expect(try await again.decide(question(world, "run"), tenant: world.tenant).verdict == .allow)
    }

    @Test("The same request again is answered as before, and counts once")
    func idempotent() async throws {
        let world = try await World()
        try await world.put(Self.once)
        let asked = question(world, "run")
        let first = try await world.decide(asked)
        let second = try await world.decide(asked)
        #expect(first.decisionID == second.decisionID)
        #expect(try await world.count("session_state") == 1)
        let rows = try await world.database.superuser.withTransaction { try await $0.query("SELECT version FROM session_state") }
        #expect(try rows[0].int("version") == 1)
    }

    @Test("What was reserved and is given back counts no longer; what is settled does")
    func givenBack() async throws {
        let world = try await World()
        try await world.put(Self.once)
        let first = try await world.decide(question(world, "run"))
        #expect(try await world.decide(question(world, "run")).verdict == .deny)
        try await world.settle(first, .cancelled)
        let second = try await world.decide(question(world, "run"))
        #expect(second.verdict == .allow)
        try await world.settle(second, .succeeded)
        #expect(try await world.decide(question(world, "run")).verdict == .deny)
    }

    @Test("A state that cannot be read denies what depends on it, and nothing else")
    func unreadable() async throws {
        let world = try await World()
        try await world.put(Self.once + "\n@id(\"look\") permit(principal, action == Action::\"look\", resource);")
        _ = try await world.decide(question(world, "run"))
        try await world.database.superuser.withTransaction { _ = try await $0.execute("DELETE FROM context_key") }
        var look = question(world, "run")
        look.action = "look"
        #expect(try await world.decide(look).verdict == .allow)
        let denied = try await world.decide(question(world, "run"))
        #expect(denied.verdict == .deny)
        #expect(denied.erring == ["one-an-hour"])
    }

    @Test("A caller cannot say what the rules say")
    func forged() async throws {
        let world = try await World()
        try await world.put(Self.once)
        _ = try await world.decide(question(world, "run"))
        var forged = question(world, "run")
        forged.contextJSON = Array(#"{"session": {"r0": false}}"#.utf8)
        #expect(try await world.decide(forged).verdict == .deny)
    }

    @Test("A rule that cannot be meant is a problem of its bundle, at its place")
    func problems() async throws {
        let world = try await World()
        let answer = try await world.put("permit(principal, action, resource)\nwhen temporal { formerly within 30d Action::\"pay\"::request{} };")
        #expect(answer.problems.count == 1)
        #expect(answer.problems.first?.line == 2)
        #expect(answer.problems.first?.message.contains("longer than the longest one") == true)
        let broken = try await world.put(
            "permit(principal, action, resource)\nwhen temporal { formerly within 1h Action::\"pay\"::request{ input.a: x } };")
        #expect(broken.problems.first?.message.contains("bound by nothing") == true)
    }
}
