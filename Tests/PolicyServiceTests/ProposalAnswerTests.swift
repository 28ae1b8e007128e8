import FoundationEssentials
import Identity
import JSON
import Postgres
import RPC
import Synchronization
import TestKit
import Testing
import Wire

@testable import PolicyService

/// What people say to what the log suggests, and what they see while a replay runs.
@Suite(.serialized) struct ProposalAnswerTests {
    private func admin(_ world: World) -> CallContext { world.call(.gateway, principal: "dana") }

    private static let idle = "\n@id(\"idle\") permit(principal, action == Action::\"fly\", resource);"

    private func used(_ world: World) async throws {
        _ = try await world.publish(World.policies + Self.idle)
        for _ in 0..<110 { _ = try await world.decide(world.question(5)) }
    }

    @Test("A proposal that was dismissed, with a reason and a receipt, is neither suggested nor applied again")
    func dismissed() async throws {
        let world = try await World()
        try await used(world)
        let proposals = try await world.governance.listProposals(.init(), context: admin(world))
        #expect(proposals.proposals.map(\.policyID) == ["idle"] && proposals.dismissed.isEmpty)
        let id = proposals.proposals[0].proposalID
        let receipts = try await world.count("outbox")
        let first = try await world.governance.dismissProposal(.init(proposalID: id, reason: "we fly in spring"), context: admin(world))
        let again = try await world.governance.dismissProposal(.init(proposalID: id, reason: "as I said"), context: admin(world))
        #expect(first.receiptID == again.receiptID && first.receiptID.count == 16)
        #expect(try await world.count("outbox") == receipts + 1)

        let left = try await world.governance.listProposals(.init(), context: admin(world))
        #expect(left.proposals.isEmpty && left.dismissed.map(\.reason) == ["we fly in spring"] && left.dismissed[0].dismissedBy == "dana")
        #expect(left.dismissed[0].proposalID == id && left.dismissed[0].receiptID == first.receiptID)
        _ = try await world.governance.putSettings(.init(settings: .init(tightenAutomatically: true)), context: admin(world))
        #expect(try await world.governance.guardrails.tighten(world.tenant).isEmpty)

        // A permit that says something else is another proposal.
        _ = try await world.publish(World.policies + Self.idle.replacing("fly", with: "swim"))
        for _ in 0..<110 { _ = try await world.decide(world.question(5)) }
        #expect(try await world.governance.listProposals(.init(), context: admin(world)).proposals.map(\.policyID) == ["idle"])
    }

    @Test("Only what is suggested can be dismissed, and somebody must say why")
    func refused() async throws {
        let world = try await World()
        try await used(world)
        await #expect {
            try await world.governance.dismissProposal(.init(proposalID: Array(repeating: 1, count: 32), reason: "no"), context: admin(world))
        } throws: { ($0 as? RPCError)?.reason == "PROPOSAL_NOT_FOUND" }
        let id = try await world.governance.listProposals(.init(), context: admin(world)).proposals[0].proposalID
        await #expect { try await world.governance.dismissProposal(.init(proposalID: id), context: admin(world)) } throws: {
            ($0 as? RPCError)?.code == .invalidArgument
        }
        #expect(try await world.count("proposal_dismissal") == 0)
    }

    @Test("A replay says under its id how far it is, and nothing once it has ended")
    func progress() async throws {
        let world = try await World()
        try await used(world)
        let id = UUIDv7.make()
        @Sendable func progress() async throws -> PolicyGovernanceV1.GetReplayProgressResponse {
            try await world.governance.getReplayProgress(.init(replayID: id.bytes), context: admin(world))
        }
        #expect(try await progress().running == false)
        let seen = Mutex<[PostgresProgressStore.Progress]>([])
        let bundle = try await world.parts.pool.withTenant(world.tenant) { tx in
            try await world.parts.bundle(world.parts.bundles.pointers(tenant: world.tenant, in: tx).active, tenant: world.tenant, in: tx)
        }
        var runner = ReplayRunner(parts: world.parts, progress: id)
        runner.pageSize = 25
        runner.turned = { _ in
            let now = try await progress()
            seen.withLock { $0.append(.init(done: Int64(now.done), total: now.running ? Int64(now.total) : -1)) }
        }
        let until = world.parts.now()
        _ = try await runner.replay(bundle, since: until.addingTimeInterval(-3600), until: until, tenant: world.tenant)
        let pages = seen.withLock(\.self)
        #expect(pages.map(\.done) == [0, 25, 50, 75, 100] && pages.allSatisfy { $0.total == 110 })
        #expect(try await progress().running == false)
        #expect(try await world.count("replay_progress") == 0)
    }

    @Test("A simulation asks the session rules, and notes nothing")
    func simulated() async throws {
        let world = try await World()
        try await world.put(
            """
            @id("may") permit(principal in Role::"operator", action == Action::"pay", resource);
            @id("once") forbid(principal, action == Action::"pay", resource)
            when temporal { bind(n, count_within(1h, Action::"pay"::reserved{}), n > 1) };
            """)
        var asked = world.question(5)
        asked.session = "run"
        func simulated() async throws -> PolicyV1.Verdict? {
            var other = asked
            other.requestID = UUIDv7.make().bytes
            return try await world.governance.simulate(.init(request: other), context: admin(world)).decision?.verdict
        }
        #expect(try await simulated() == .allow)
        #expect(try await simulated() == .allow)
        #expect(try await world.count("session_state") == 0)
        _ = try await world.decide(asked)
        #expect(try await simulated() == .deny)
        #expect(try await world.count("decision") == 1)
    }

    @Test("Two different people open a gate of two: one, or one twice, is not enough")
    func quorum() async throws {
        let world = try await World()
        try await world.put(
            """
            @id("may") permit(principal, action == Action::"flow.publish", resource);
            @id("two") @gate("approval") @approvers("finance") @quorum("2") forbid(principal, action == Action::"flow.publish", resource)
            unless { context.grants.approval.contains(Role::"finance") };
            """)
        var asked = world.question(5)
        asked.action = "flow.publish"
        func decide(_ approvers: [String], of first: PolicyV1.Decision?) async throws -> PolicyV1.Decision {
            var request = asked
            request.requestID = UUIDv7.make().bytes
            request.grants =
                first.map { decision in
                    approvers.map { name in
                        var grant = world.grant(for: decision)
                        grant.approver = name
                        return grant
                    }
                } ?? []
            return try await world.decide(request)
        }
        let first = try await decide([], of: nil)
        #expect(first.verdict == .requireApproval && first.gates.map(\.quorum) == [2] && first.gates[0].approvedBy.isEmpty)
        #expect(try JSONValue(parsing: first.obligationsJSON)[0]?["quorum"] == 2)
        let one = try await decide(["chris"], of: first)
        #expect(one.verdict == .requireApproval && one.gates[0].approvedBy == ["chris"])
        #expect(try await decide(["chris", "Chris"], of: first).verdict == .requireApproval)
        // The requester is none of the two.
        #expect(try await decide(["chris", "dana"], of: first).verdict == .requireApproval)
        let two = try await decide(["chris", "fay"], of: first)
        #expect(two.verdict == .allow)
        // No receipt names who approved.
        let payloads = try await world.database.superuser.withTransaction { try await $0.query("SELECT payload FROM outbox") }
        for row in payloads { #expect(!String(decoding: try row.bytes("payload"), as: UTF8.self).contains("approved_by")) }
    }
}
