import FoundationEssentials
import Identity
import JSON
import Postgres
import RPC
import TestKit
import Testing
import Wire

@testable import PolicyService

@Suite struct PolicyEndpointTests {
    @Test func withoutABundleEverythingIsDeniedAndSaysSo() async throws {
        let world = try await World()
        let decision = try await world.decide(world.question(5))
        #expect(decision.verdict == .deny)
        #expect(decision.reason == "no policy permits it")
        await #expect { _ = try await world.endpoint.getActiveBundle(.init(), context: world.call(.gateway)) } throws: {
            ($0 as? RPCError)?.code == .notFound
        }
        await world.database.close()
    }

    @Test func aDecisionIsLoggedWithBothSetsAndReceiptedInOneTransaction() async throws {
        let world = try await World()
        try await world.put()
        let asked = world.question(900)
        let decision = try await world.decide(asked)
        #expect(decision.verdict == .requireApproval)
        #expect(decision.satisfiedPermits == ["may"])
        #expect(decision.satisfiedForbids == ["large"])
        #expect(decision.gates == [PolicyV1.Gate(policyID: "large", gate: "approval", role: "finance", ttlSeconds: 14_400, quorum: 1)])
        #expect(String(decoding: decision.obligationsJSON, as: UTF8.self) == #"[{"id":"approval","role":"finance","quorum":1,"ttl_seconds":14400}]"#)
        #expect(decision.enforcedIdentity.count == 32 && decision.receiptDigest.count == 32 && decision.bundleDigest.count == 32)
        let stored = try await world.endpoint.getDecision(.init(decisionID: decision.decisionID), context: world.call())
        #expect(stored.decision?.receiptID == decision.receiptID)
        #expect(stored.decision?.inputJSON == asked.inputJSON)
        #expect(stored.decision == decision)
        // One each for the publish, the activation and the decision.
        #expect(try await world.count("outbox") == 3)
        await world.database.close()
    }

    @Test func theSameRequestGetsTheFirstAnswerAndAnotherUnderItsIDIsRefused() async throws {
        let world = try await World()
        try await world.put()
        let asked = world.question(5)
        let first = try await world.decide(asked)
        try await world.put("forbid(principal, action, resource);")
        #expect(try await world.decide(asked) == first)
        var other = asked
        other.inputJSON = Array(#"{"amount":6}"#.utf8)
        await #expect { _ = try await world.decide(other) } throws: { ($0 as? RPCError)?.reason == "REQUEST_ID_REUSED" }
        #expect(try await world.decide(world.question(5)).verdict == .deny)
        await world.database.close()
    }

    @Test func askedTwiceAtOnceOneDecisionStands() async throws {
        let world = try await World()
        try await world.put()
        let asked = world.question(5)
        let answers = try await withThrowingTaskGroup(of: PolicyV1.Decision.self) { group in
            for _ in 0..<8 { group.addTask { try await world.decide(asked) } }
            return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1.decisionID) }
        }
        #expect(answers.count == 1)
        #expect(try await world.count("decision") == 1)
        #expect(try await world.count("outbox") == 3)
        await world.database.close()
    }

    @Test func anApprovalOpensItsGateOnceAndForItsInputAlone() async throws {
        let world = try await World()
        try await world.put()
        let gated = try await world.decide(world.question(900))
        let grant = world.grant(for: gated)
        #expect(try await world.decide(world.question(901, grants: [grant])).verdict == .requireApproval)
        let opened = world.question(900, grants: [grant])
        #expect(try await world.decide(opened).verdict == .allow)
        #expect(try await world.decide(opened).verdict == .allow)
        #expect(try await world.decide(world.question(900, grants: [grant])).verdict == .requireApproval)
        await world.database.close()
    }

    @Test func nobodyApprovesTheirOwnAndNobodyAsksForAnother() async throws {
        let world = try await World()
        try await world.put()
        var own = world.grant(for: try await world.decide(world.question(900)))
        own.approver = "DANA"
        #expect(try await world.decide(world.question(900, grants: [own])).verdict == .requireApproval)
        await #expect {
            _ = try await world.endpoint.decide(world.question(5), context: world.call(.gateway, principal: "omar", token: "t"))
        } throws: {
            ($0 as? RPCError)?.reason == "PRINCIPAL_MISMATCH"
        }
        await #expect {
            _ = try await world.endpoint.decide(world.question(900, grants: [own]), context: world.call(.gateway, principal: "dana", token: "t"))
        } throws: { ($0 as? RPCError)?.reason == "GRANTS_NOT_ACCEPTED" }
        await world.database.close()
    }

    @Test func aBundleWithErrorsIsRefusedWithTheirPlacesAndStoredNowhere() async throws {
        let world = try await World()
        let answer = try await world.put("permit(principal, action, resource)\nwhen { principal.age = 3 };\npermit(principal, action);")
        #expect(answer.problems.map { "\($0.line):\($0.column)" } == ["2:22", "3:25"])
        #expect(answer.digest.isEmpty)
        #expect(try await world.count("bundle") == 0)
        await world.database.close()
    }

    @Test func aStoredBundleIsNotInForceUntilActivated() async throws {
        let world = try await World()
        let first = try await world.put(activate: false)
        #expect(try await world.decide(world.question(5)).verdict == .deny)
        let second = try await world.put()
        #expect(first.digest == second.digest)
        let active = try await world.endpoint.getActiveBundle(.init(), context: world.call(.gateway)).bundle
        #expect(active?.policies == World.policies)
        #expect(active?.author == "dana")
        #expect(try await world.decide(world.question(5)).verdict == .allow)
        await world.database.close()
    }

    @Test func decisionsArePagedFilteredAndSeenByTheirTenantOnly() async throws {
        let world = try await World()
        try await world.put()
        for amount in [1, 900, 2, 3, 900] as [Int64] { _ = try await world.decide(world.question(amount)) }
        var seen: [PolicyV1.Decision] = []
        var cursor: [UInt8] = []
        repeat {
            let page = try await world.endpoint.listDecisions(.init(page: .init(cursor: cursor, limit: 2)), context: world.call(.gateway))
            seen += page.decisions
            cursor = page.nextCursor
        } while !cursor.isEmpty
        #expect(seen.count == 5)
        #expect(Set(seen.map(\.decisionID)).count == 5)
        let gated = try await world.endpoint.listDecisions(.init(verdict: .requireApproval), context: world.call(.gateway))
        #expect(gated.decisions.count == 2)
        let ofRun = try await world.endpoint.listDecisions(.init(runID: seen[0].runID), context: world.call(.gateway))
        #expect(ofRun.decisions.map(\.decisionID) == [seen[0].decisionID])
        let stranger = world.call(.gateway, tenant: .make())
        #expect(try await world.endpoint.listDecisions(.init(), context: stranger).decisions.isEmpty)
        await #expect { _ = try await world.endpoint.getDecision(.init(decisionID: seen[0].decisionID), context: stranger) } throws: {
            ($0 as? RPCError)?.code == .notFound
        }
        await world.database.close()
    }

    @Test func noTableShowsAnotherTenantsRows() async throws {
        let world = try await World()
        try await world.put()
        let gated = try await world.decide(world.question(900))
        _ = try await world.decide(world.question(900, grants: [world.grant(for: gated)]))
        for table in ["bundle", "active_bundle", "activation", "decision", "decision_content", "context_key", "grant_use"] {
            #expect(try await world.count(table) > 0, "\(table)")
            let rows = try await world.database.app.withTenant(.make()) { try await $0.query("SELECT count(*) AS n FROM \(table)") }
            #expect(try rows[0].int("n") == 0, "\(table)")
        }
        await world.database.close()
    }

    @Test(arguments: BadInput.allCases) func badInputNamesItsField(_ bad: BadInput) async throws {
        let world = try await World()
        var request = world.question(5)
        let field = bad.spoil(&request)
        await #expect { _ = try await world.decide(request) } throws: { error in
            (error as? RPCError)?.code == .invalidArgument && (error as? RPCError)?.details["field"] == field
        }
        #expect(try await world.count("decision") == 0)
        await world.database.close()
    }

    enum BadInput: CaseIterable {
        case reservedType, controlCharacter, noAction, noResource, brokenInput, contextNoObject, integerBeyondCanonical, badRun, badCause,
            nullInContext

        /// Returns the field that the refusal must name.
        func spoil(_ request: inout PolicyV1.DecideRequest) -> String {
            switch self {
            case .reservedType: request.principal?.type = "if"; return "principal.type"
            case .controlCharacter: request.principal?.id = "a\u{0}b"; return "principal.id"
            case .noAction: request.action = ""; return "action"
            case .noResource: request.resource = nil; return "resource"
            case .brokenInput: request.inputJSON = Array("{".utf8); return "input_json"
            case .contextNoObject: request.contextJSON = Array("[]".utf8); return "context_json"
            case .integerBeyondCanonical: request.inputJSON = Array(#"{"n":9007199254740993}"#.utf8); return "input_json"
            case .badRun: request.runID = [1]; return "run_id"
            case .badCause: request.causes = [[1]]; return "causes"
            case .nullInContext: request.contextJSON = Array(#"{"a":null}"#.utf8); return "context_json"
            }
        }
    }
}
