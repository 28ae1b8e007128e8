import FoundationEssentials
import Identity
import JSON
import Postgres
import RPC
import Receipts
import TestKit
import Testing
import Trust
import Wire

@testable import PolicyCore
@testable import PolicyService

@Suite struct ReplayEndpointTests {
    private static let stricter = World.policies.replacing("> 500", with: "> 100")

    private func admin(_ world: World) -> CallContext { world.call(.gateway, principal: "dana") }

    private func replay(_ world: World, _ policies: String, full: Bool = false) async throws -> PolicyGovernanceV1.ReplayResponse {
        try await world.governance.replay(
            .init(draft: .init(name: "draft", policies: policies), full: full), context: admin(world))
    }

    private func count(_ report: JSONValue, _ before: String, _ after: String) -> Int64 {
        report["matrix"]?.arrayValue?.first { $0["before"]?.stringValue == before && $0["after"]?.stringValue == after }?["count"]?.intValue ?? 0
    }

    @Test func aDraftIsAskedAboutTheLogAndTheReportIsSigned() async throws {
        let world = try await World()
        try await world.put()
        for amount in [50, 200, 300, 900] as [Int64] { _ = try await world.decide(world.question(amount)) }
        let answer = try await replay(world, Self.stricter)
        let report = try JSONValue(parsing: answer.reportJSON)
        #expect(count(report, "allow", "require-approval") == 2 && count(report, "allow", "allow") == 1)
        #expect(report["coverage"]?["decisions"] == 4 && report["coverage"]?["replayed"] == 4 && report["tightened"] == 2)
        let full = try JSONValue(parsing: try await replay(world, Self.stricter, full: true).reportJSON)
        #expect(full["matrix"] == report["matrix"])
        #expect(answer.reportDigest == SHA256Digest(hashing: answer.reportJSON).bytes)
        let statement = try JSONValue(parsing: Envelope(parsing: answer.envelope).payload)
        #expect(statement["predicate"]?["facts"]?["report"]?.stringValue == SHA256Digest(bytes: answer.reportDigest)?.hex)
        let broken = try await replay(world, "permit(")
        #expect(broken.reportJSON.isEmpty && !broken.problems.isEmpty)
        await world.database.close()
    }

    @Test func whatWasErasedOrChangedIsNotReplayedAndSaysWhy() async throws {
        let world = try await World()
        try await world.put()
        var decisions: [PolicyV1.Decision] = []
        for amount in [200, 201, 202] as [Int64] { decisions.append(try await world.decide(world.question(amount))) }
        _ = try await world.governance.eraseContexts(.init(decisionID: decisions[0].decisionID), context: admin(world))
        try await world.database.superuser.withTransaction {
            _ = try await $0.execute(
                "UPDATE decision SET context_digest = $2 WHERE decision_id = $1",
                [.uuid(UUID(bytes: decisions[1].decisionID) ?? UUID()), .bytes(Array(repeating: 0, count: 32))])
        }
        let report = try JSONValue(parsing: try await replay(world, Self.stricter).reportJSON)
        let coverage = try #require(report["coverage"])
        #expect(coverage["erased-context"] == 1 && coverage["missing-slice"] == 1 && coverage["replayed"] == 1)
        // A policy that goes is settled by the sets of then, erased or not.
        let removal = try JSONValue(parsing: try await replay(world, String(World.policies.split(separator: "\n")[0])).reportJSON)
        #expect(removal["coverage"]?["replayed"] == 3)
        await world.database.close()
    }

    @Test func aDecisionIsExplainedByItsOwnBundleAndWhatWasErasedSaysSo() async throws {
        let world = try await World()
        try await world.put()
        let gated = try await world.decide(world.question(900))
        #expect(gated.verdict == .requireApproval)
        // What is in force now has no part in it.
        try await world.put("@id(\"none\") forbid(principal, action, resource);")
        let answer = try await world.governance.explainDecision(.init(decisionID: gated.decisionID), context: admin(world))
        #expect(answer.gap.isEmpty && answer.decision?.decisionID == gated.decisionID)
        let first = try #require(answer.policies.first)
        #expect(gated.determining == [first.policyID] && first.determining && first.outcome == "satisfied" && first.effect == "forbid")
        #expect(first.steps.contains { $0.line > 0 && $0.column > 0 && $0.outcome == "value" && $0.result == "true" })
        #expect(answer.changedTo == "allow" && !answer.changes.isEmpty)
        _ = try await world.governance.eraseContexts(.init(decisionID: gated.decisionID), context: admin(world))
        let erased = try await world.governance.explainDecision(.init(decisionID: gated.decisionID), context: admin(world))
        #expect(erased.policies.isEmpty && erased.gap.contains("erased") && erased.decision?.determining == gated.determining)
        await #expect {
            _ = try await world.governance.explainDecision(.init(decisionID: Array(repeating: 9, count: 16)), context: admin(world))
        } throws: {
            ($0 as? RPCError)?.reason == "DECISION_NOT_FOUND"
        }
        await world.database.close()
    }

    @Test func peoplesAnswersSpendAndIncidentsAreJoined() async throws {
        let world = try await World()
        try await world.put()
        let asked = world.question(900)
        let gated = try await world.decide(asked)
        var opened = world.question(900, grants: [world.grant(for: gated)])
        opened.runID = asked.runID
        let allowed = try await world.decide(opened)
        #expect(allowed.verdict == .allow)
        let flow = world.call(.flowEngine)
        for _ in 0..<2 {
            _ = try await world.governance.recordOutcome(
                .init(decisionID: allowed.decisionID, kind: "spent", amount: .init(micros: 31_200_000, currency: "USD")), context: flow)
        }
        _ = try await world.governance.recordOutcome(.init(decisionID: allowed.decisionID, kind: "incident"), context: flow)
        await #expect { _ = try await world.governance.recordOutcome(.init(decisionID: allowed.decisionID, kind: "x"), context: flow) } throws: {
            ($0 as? RPCError)?.code == .invalidArgument
        }
        for amount in [CommonV1.Money(micros: .max, currency: "USD"), .init(micros: -1, currency: "USD"), .init(micros: 1, currency: "us1")] {
            let request = PolicyGovernanceV1.RecordOutcomeRequest(decisionID: allowed.decisionID, kind: "spent", amount: amount)
            await #expect { _ = try await world.governance.recordOutcome(request, context: flow) } throws: {
                ($0 as? RPCError)?.details["field"]?.hasPrefix("amount.") == true
            }
        }
        let never = "@id(\"may\") permit(principal, action, resource); @id(\"never\") forbid(principal, action, resource);"
        let report = try JSONValue(parsing: try await replay(world, never).reportJSON)
        #expect(
            report["sentence"]?.stringValue
                == "2 of 2 decisions replayed: would have blocked 2, of which 2 were later approved by people, 31.20 USD of spend, 1 incidents caught"
        )
        await world.database.close()
    }

    @Test func anActivationThatWouldLoosenIsHeldUntilSomebodyAccepts() async throws {
        let world = try await World()
        try await world.put()
        _ = try await world.decide(world.question(900))
        _ = try await world.governance.putSettings(.init(settings: .init(replaySeconds: 3_600)), context: admin(world))
        let open = "@id(\"may\") permit(principal, action, resource);"
        let held = try await world.publish(open)
        #expect(held.activation?.state == .held)
        #expect(try JSONValue(parsing: held.activation?.reportJSON ?? [])["loosened"] == 1)
        #expect(try await world.decide(world.question(900)).verdict == .requireApproval)
        #expect(try await world.publish(Self.stricter).activation?.state == .active, "tightening passes")
        #expect(try await world.publish(open, acceptLoosening: true).activation?.state == .active)
        #expect(try await world.decide(world.question(900)).verdict == .allow)
        await world.database.close()
    }

    @Test func theShadowIsWrittenDownAndNeverEnforced() async throws {
        let world = try await World()
        try await world.put()
        let shadow = try await world.publish(Self.stricter, activate: false)
        _ = try await world.governance.setShadow(.init(digest: shadow.digest), context: admin(world))
        for amount in [50, 200, 900] as [Int64] {
            #expect(try await world.decide(world.question(amount)).verdict == (amount > 500 ? .requireApproval : .allow))
        }
        let seen = try await world.governance.getShadow(.init(), context: admin(world))
        #expect(seen.digest == shadow.digest)
        #expect(seen.matrix.map(\.count).reduce(0, +) == 3 && seen.failed == 0)
        #expect(seen.divergences.map(\.shadow) == [.requireApproval] && seen.divergences[0].enforced == .allow)
        // One that cannot decide is told, and keeps nothing from being decided.
        try await world.database.superuser.withTransaction {
            _ = try await $0.execute("UPDATE bundle SET policies = 'permit(' WHERE digest = $1", [.bytes(shadow.digest)])
        }
        let twin = try world.twin()
        #expect(try await twin.decide(world.question(50)).verdict == .allow)
        #expect(try await world.governance.getShadow(.init(), context: admin(world)).failed == 1)
        _ = try await world.governance.setShadow(.init(), context: admin(world))
        _ = try await world.decide(world.question(50))
        #expect(try await world.count("decision_shadow") == 4)
        await world.database.close()
    }

    @Test func simulationsAreKeptNowhere() async throws {
        let world = try await World()
        try await world.put()
        let answer = try await world.governance.simulate(
            .init(request: world.question(200), draft: .init(name: "d", policies: Self.stricter)), context: admin(world))
        #expect(answer.decision?.verdict == .requireApproval && answer.decision?.mode == "simulate" && answer.decision?.decisionID == [])
        #expect(try await world.governance.simulate(.init(request: world.question(200)), context: admin(world)).decision?.verdict == .allow)
        #expect(try await world.count("decision") == 0)
        await world.database.close()
    }

    @Test func whatTightensMayComeIntoForceByItselfAndWhatLoosensNever() async throws {
        let world = try await World()
        let idle = "\n@id(\"idle\") permit(principal, action == Action::\"fly\", resource);"
        _ = try await world.publish(World.policies + idle)
        for _ in 0..<25 {
            let asked = world.question(900)
            var opened = world.question(900, grants: [world.grant(for: try await world.decide(asked))])
            opened.runID = asked.runID
            #expect(try await world.decide(opened).verdict == .allow)
        }
        for _ in 0..<60 { _ = try await world.decide(world.question(5)) }
        let proposals = try await world.governance.listProposals(.init(), context: admin(world)).proposals
        #expect(proposals.map { "\($0.kind) \($0.policyID) \($0.tightens)" } == ["unused-permit idle true", "always-approved large false"])
        #expect(try JSONValue(parsing: proposals[0].reportJSON)["loosened"] == 0)
        #expect(try JSONValue(parsing: proposals[1].reportJSON)["loosened"] == 25)
        let guardrails = world.governance.guardrails
        #expect(try await guardrails.tighten(world.tenant).isEmpty, "the tenant has not said so")
        _ = try await world.governance.putSettings(.init(settings: .init(tightenAutomatically: true)), context: admin(world))
        #expect(try await guardrails.tighten(world.tenant).map(\.policy) == ["idle"])
        #expect(try await guardrails.tighten(world.tenant).isEmpty)
        let active = try await world.endpoint.getActiveBundle(.init(), context: admin(world)).bundle
        #expect(active?.policies.contains("idle") == false && active?.policies.contains("large") == true)
        #expect(try await world.decide(world.question(900)).verdict == .requireApproval)
        let history = try await world.governance.listActivations(.init(), context: admin(world)).activations
        #expect(history.map(\.kind) == ["tighten", "settings", "bundle"])
        await world.database.close()
    }
}
