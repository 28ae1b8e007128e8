import FoundationEssentials
import Identity
import Logging
import Postgres
import TestKit
import Testing
import Wire

@testable import PolicyService

@Suite(.serialized) struct SessionSweeperTests {
    private static let day = """
        @id("may") permit(principal in Role::"operator", action == Action::"pay", resource);
        @id("one-a-day") forbid(principal, action == Action::"pay", resource)
        when temporal { bind(n, count_within(1d, Action::"pay"::reserved{}), n > 1) };
        """

    private func sweeper(_ world: World) -> SessionSweeper {
        SessionSweeper(parts: world.parts, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func question(_ world: World, _ session: String) -> PolicyV1.DecideRequest {
        var question = world.question(1)
        question.session = session
        return question
    }

    @Test("A state goes when no rule can look at it any more, and no answer changes by that")
    func old() async throws {
        let world = try await World()
        try await world.put(Self.day)
        #expect(try await world.decide(question(world, "old")).verdict == .allow)
        // Within the longest window: it decides, and stays.
        world.clock.advance(by: 23 * 3600)
        #expect(try await sweeper(world).sweep(system: world.database.system) == 0)
        #expect(try await world.decide(question(world, "old")).verdict == .deny)
        // Past the window, and within the margin for clocks that are wrong: it decides nothing any more, and still stays.
        world.clock.advance(by: 47 * 3600)
        #expect(try await sweeper(world).sweep(system: world.database.system) == 0)
        #expect(try await world.decide(question(world, "young")).verdict == .allow)
        world.clock.advance(by: 2 * 3600)
        #expect(try await sweeper(world).sweep(system: world.database.system) == 1)
        #expect(try await world.count("session_state") == 1)
        #expect(try await world.decide(question(world, "old")).verdict == .allow)
        // The other session is as it was.
        #expect(try await world.decide(question(world, "young")).verdict == .deny)
    }

    @Test("A row that somebody decides by right now is left alone")
    func locked() async throws {
        let world = try await World()
        try await world.put(Self.day)
        _ = try await world.decide(question(world, "busy"))
        _ = try await world.decide(question(world, "idle"))
        world.clock.advance(by: 49 * 3600)
        let gone = try await world.parts.pool.withTenant(world.tenant) { tx in
            _ = try await world.parts.sessions.find("busy", tenant: world.tenant, in: tx)
            return try await sweeper(world).sweep(system: world.database.system)
        }
        #expect(gone == 1)
        #expect(try await world.count("session_state") == 1)
        #expect(try await sweeper(world).sweep(system: world.database.system) == 1)
    }

    @Test("Where the policies in force cannot be read, nothing is deleted")
    func unreadable() async throws {
        let world = try await World()
        try await world.put(Self.day)
        _ = try await world.decide(question(world, "run"))
        try await world.database.superuser.withTransaction {
            _ = try await $0.execute("UPDATE bundle SET policies = 'permit(principal, action, resource);'")
        }
        let twin = try world.twin()
        twin.clock.advance(by: 100 * 3600)
        #expect(try await sweeper(twin).sweep(system: world.database.system) == 0)
        #expect(try await world.count("session_state") == 1)
    }
}
