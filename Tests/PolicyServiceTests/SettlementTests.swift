import FoundationEssentials
import Identity
import JSON
import Postgres
import RPC
import TestKit
import Testing
import Wire

@testable import PolicyCore
@testable import PolicyService

/// What allowed actions came to: for session rules, and for replays.
@Suite(.serialized) struct SettlementTests {
    private static let once = """
        @id("may") permit(principal in Role::"operator", action == Action::"pay", resource);
        @id("one-an-hour") forbid(principal, action == Action::"pay", resource)
        when temporal { bind(n, count_within(1h, Action::"pay"::reserved{}), n > 1) };
        """
    /// Nothing after a payment that failed; a second one only where the first was answered.
    private static let answers = """
        @id("may") permit(principal in Role::"operator", action == Action::"pay", resource);
        @id("no-error") forbid(principal, action == Action::"pay", resource)
        when temporal { formerly within 1h Action::"pay"::error{} };
        @id("receipt") forbid(principal, action == Action::"pay", resource) when { context.input.amount > 100 }
        unless temporal { formerly within 1h Action::"pay"::response{ output.ok: true } };
        """

    private func question(_ world: World, amount: Int64 = 1, session: String = "run") -> PolicyV1.DecideRequest {
        var question = world.question(amount)
        question.session = session
        return question
    }

    @Test("What failed or was abandoned counts no longer; what succeeded does, and so does what may have run")
    func counts() async throws {
        for (outcome, next) in [
            (PolicyV1.SettledOutcome.succeeded, PolicyV1.Verdict.deny), (.failed, .allow), (.cancelled, .allow), (.mayHaveRun, .deny),
        ] {
            let world = try await World()
            try await world.put(Self.once)
            let first = try await world.decide(question(world))
            #expect(try await world.settle(first, outcome) == true)
            #expect(try await world.decide(question(world)).verdict == next, "\(outcome)")
        }
    }

    @Test("It is said once; what may have run is cleared up once")
    func exactlyOnce() async throws {
        let world = try await World()
        try await world.put(Self.once)
        let first = try await world.decide(question(world))
        #expect(try await world.settle(first, .mayHaveRun) == true)
        #expect(try await world.settle(first, .mayHaveRun) == false)
        #expect(try await world.settle(first, .failed) == true)
        #expect(try await world.settle(first, .failed) == false)
        let second = try await world.decide(question(world))
        #expect(second.verdict == .allow)
        #expect(try await world.settle(second, .succeeded) == true)
        await #expect { try await world.settle(second, .failed) } throws: { ($0 as? RPCError)?.reason == "SETTLED_OTHERWISE" }
        // The other word did nothing: the count stands.
        #expect(try await world.decide(question(world)).verdict == .deny)
        #expect(try await world.count("decision_settlement") == 2)
    }

    @Test("Of two that settle at the same time, one is the first")
    func concurrent() async throws {
        let world = try await World()
        let twin = try world.twin()
        try await world.put(Self.once)
        for round in 0..<10 {
            let decision = try await world.decide(question(world, session: "run-\(round)"))
            async let one = world.settle(decision, .failed)
            async let other = twin.settle(decision, .failed)
            let fresh = try await [one, other]
            #expect(fresh.count { $0 } == 1, "round \(round)")
        }
        #expect(try await world.count("decision_outcome") == 10)
    }

    @Test("Rules see responses with what came back, and errors")
    func events() async throws {
        let world = try await World()
        try await world.put(Self.answers)
        #expect(try await world.decide(question(world, amount: 500)).verdict == .deny)
        let small = try await world.decide(question(world))
        #expect(try await world.settle(small, .succeeded, output: ["ok": false]) == true)
        #expect(try await world.decide(question(world, amount: 500)).verdict == .deny)
        let again = try await world.decide(question(world))
        #expect(try await world.settle(again, .succeeded, output: ["ok": true]) == true)
        let large = try await world.decide(question(world, amount: 500))
        #expect(large.verdict == .allow)
        #expect(try await world.settle(large, .failed, output: ["class": "timeout"]) == true)
        let denied = try await world.decide(question(world))
        #expect(denied.verdict == .deny && denied.determining == ["no-error"])
    }

    @Test("A replay joins what came of the decisions that would be others")
    func replay() async throws {
        let world = try await World()
        try await world.put(#"@id("may") permit(principal in Role::"operator", action == Action::"pay", resource);"#)
        let outcomes: [PolicyV1.SettledOutcome] = [.succeeded, .succeeded, .failed, .mayHaveRun]
        for (index, outcome) in outcomes.enumerated() {
            let decision = try await world.decide(question(world, session: "run-\(index)"))
            let cost = outcome == .succeeded ? CommonV1.Money(micros: 1_500_000, currency: "USD") : nil
            #expect(try await world.settle(decision, outcome, cost: cost) == true)
        }
        let draft = PolicyGovernanceV1.BundleContent(name: "none", policies: #"@id("may") forbid(principal, action, resource);"#)
        let answer = try await world.governance.replay(.init(draft: draft), context: world.call(.gateway, principal: "dana"))
        let report = try JSONValue(parsing: answer.reportJSON)
        #expect(
            report["sentence"]?.stringValue
                == "4 of 4 decisions replayed: would have blocked 4, of which 2 were carried out, 1 failed, 1 may have run, 3.00 USD of spend")
        #expect(report["matrix"]?[0]?["outcomes"]?["may-have-run"] == 1 && report["matrix"]?[0]?["spent_micros"]?["USD"] == 3_000_000)
    }

    @Test("Nothing comes of what was not allowed, or of no decision, and an outcome must be known")
    func refused() async throws {
        let world = try await World()
        try await world.put()
        let denied = try await world.decide(question(world, amount: 900))
        #expect(denied.verdict == .requireApproval)
        await #expect { try await world.settle(denied, .succeeded) } throws: { ($0 as? RPCError)?.reason == "NOT_ALLOWED" }
        let allowed = try await world.decide(question(world))
        await #expect { try await world.settle(allowed, .unspecified) } throws: { ($0 as? RPCError)?.code == .invalidArgument }
        await #expect {
            try await world.settle(allowed, .succeeded, cost: CommonV1.Money(micros: -1, currency: "USD"))
        } throws: { ($0 as? RPCError)?.code == .invalidArgument }
        var unknown = allowed
        unknown.decisionID = UUIDv7.make().bytes
        await #expect { try await world.settle(unknown, .succeeded) } throws: { ($0 as? RPCError)?.code == .notFound }
        #expect(try await world.count("decision_settlement") == 0)
    }

    @Test("An action whose contexts were erased meanwhile is settled all the same")
    func erased() async throws {
        let world = try await World()
        try await world.put(Self.once)
        let first = try await world.decide(question(world))
        _ = try await world.governance.eraseContexts(.init(decisionID: first.decisionID), context: world.call(.gateway, principal: "dana"))
        #expect(try await world.settle(first, .failed) == true)
        #expect(try await world.decide(question(world)).verdict == .allow)
    }
}
