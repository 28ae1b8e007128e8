import FoundationEssentials
import Identity
import JSON
import Postgres
import RPC
import TestKit
import Testing
import Trust
import Wire

@testable import PolicyCore
@testable import PolicyService

@Suite struct DecisionLogTests {
    @Test func contextsAreSealedAndNoCopyOfTheDatabaseShowsThem() async throws {
        let world = try await World()
        try await world.put()
        var asked = world.question(5)
        asked.inputJSON = Array(#"{"amount":5,"note":"needle-in-the-input"}"#.utf8)
        asked.contextJSON = Array(#"{"place":"needle-in-the-context"}"#.utf8)
        let decision = try await world.decide(asked)
        let rows = try await world.database.superuser.withTransaction {
            try await $0.query("SELECT context, input FROM decision_content")
        }
        #expect(rows.count == 1)
        #expect(try rows[0].optionalBytes("context") == nil)
        #expect(try rows[0].optionalBytes("input") == nil)
        let plain = try await world.database.superuser.withTransaction {
            try await $0.query("SELECT position('needle'::bytea IN sealed) AS place FROM decision_content")
        }
        #expect(try plain[0].int("place") == 0)
        let read = try await world.endpoint.getDecision(.init(decisionID: decision.decisionID), context: world.call()).decision
        #expect(read == decision)
        #expect(read?.inputJSON == asked.inputJSON)
        #expect(read?.session == RunID(bytes: asked.runID)?.description)
        #expect(read?.engine == "cedar-4.5/2" && read?.mode == "enforce")
        #expect(read?.entitySliceDigest.count == 32 && read?.contextDigest.count == 32 && read?.inputIdentity.count == 32)
        await world.database.close()
    }

    @Test func withoutTheKeyContextsAreGoneAndDigestsStay() async throws {
        let world = try await World()
        try await world.put()
        let decision = try await world.decide(world.question(900))
        // What holds keys in memory must not read on.
        try await world.database.superuser.withTransaction { _ = try await $0.execute("DELETE FROM context_key") }
        let read = try #require(try await world.endpoint.getDecision(.init(decisionID: decision.decisionID), context: world.call()).decision)
        #expect(read.erased && read.inputJSON.isEmpty)
        #expect(read.enforcedIdentity == decision.enforcedIdentity && read.contextDigest == decision.contextDigest)
        #expect(read.satisfiedForbids == ["large"])
        // The month gets another key, and goes on.
        let later = try await world.decide(world.question(5))
        #expect(!later.erased)
        await world.database.close()
    }

    @Test func aDecisionOrAWholeMonthCanBeErasedAndLeavesAReceipt() async throws {
        let world = try await World()
        try await world.put()
        let (first, second) = (try await world.decide(world.question(5)), try await world.decide(world.question(6)))
        let admin = world.call(.gateway, principal: "dana")
        let one = try await world.governance.eraseContexts(.init(decisionID: first.decisionID), context: admin)
        #expect(one.decisions == 1 && one.keys == 0 && one.receiptID.count == 16)
        #expect(try await world.governance.eraseContexts(.init(beforeMicros: Date().micros), context: admin).keys == 0, "this month is not over")
        world.clock.advance(by: 40 * 86_400)
        let now = world.clock.now.micros
        #expect(try await world.governance.eraseContexts(.init(beforeMicros: now), context: admin).keys == 1)
        let read = try await world.endpoint.getDecision(.init(decisionID: second.decisionID), context: world.call()).decision
        #expect(read?.erased == true)
        await #expect { _ = try await world.governance.eraseContexts(.init(), context: admin) } throws: {
            ($0 as? RPCError)?.code == .invalidArgument
        }
        await world.database.close()
    }

    @Test func decisionsAskedForTogetherAreCommittedTogetherAndEachIsAnsweredForItself() async throws {
        let world = try await World()
        try await world.put()
        let shared = world.question(7)
        var spoiled = world.question(8)
        spoiled.contextJSON = Array(#"{"a":null}"#.utf8)
        let bad = spoiled
        let count = 60
        let results = await withTaskGroup(of: (Int, Result<PolicyV1.Decision, any Error>).self) { group in
            for index in 0..<count {
                group.addTask {
                    let request = index % 10 == 0 ? shared : index % 10 == 1 ? bad : world.question(index % 2 == 0 ? 5 : 900)
                    do { return (index, .success(try await world.decide(request))) } catch { return (index, .failure(error)) }
                }
            }
            return await group.reduce(into: [Int: Result<PolicyV1.Decision, any Error>]()) { $0[$1.0] = $1.1 }
        }
        var ids: Set<[UInt8]> = []
        for index in 0..<count {
            switch results[index] {
            case .success(let decision):
                #expect(index % 10 != 1)
                #expect(decision.verdict == (index % 10 == 0 || index % 2 == 0 ? .allow : .requireApproval), "\(index)")
                ids.insert(decision.decisionID)
            case .failure(let error):
                #expect(index % 10 == 1 && (error as? RPCError)?.code == .invalidArgument, "\(index): \(error)")
            case nil: Issue.record("\(index) was not answered")
            }
        }
        // Six asked for the same, six for nonsense.
        #expect(ids.count == count - 6 - 6 + 1)
        #expect(try await world.count("decision") == Int64(ids.count))
        #expect(try await world.count("outbox") == Int64(ids.count) + 2)
        let rows = try await world.database.superuser.withTransaction {
            try await $0.query("SELECT count(DISTINCT xmin::text) AS n FROM decision")
        }
        #expect(try rows[0].int("n") < Int64(ids.count), "some must have shared a transaction")
        await world.database.close()
    }

    @Test func oneApprovalOpensOneOfTwoThatComeAtOnce() async throws {
        let world = try await World()
        try await world.put()
        let grant = world.grant(for: try await world.decide(world.question(900)))
        let verdicts = try await withThrowingTaskGroup(of: PolicyV1.Verdict.self) { group in
            for _ in 0..<10 { group.addTask { try await world.decide(world.question(900, grants: [grant])).verdict } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(verdicts.filter { $0 == .allow }.count == 1)
        #expect(verdicts.filter { $0 == .requireApproval }.count == 9)
        await world.database.close()
    }

    @Test func aCallerThatGivesUpTakesNobodyAlong() async throws {
        let world = try await World()
        try await world.put()
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<30 {
                group.addTask {
                    let work = Task { try await world.decide(world.question(5)) }
                    if index % 3 == 0 { work.cancel() }
                    let result = await work.result
                    if index % 3 != 0 { #expect((try? result.get().verdict) == .allow, "\(index): \(result)") }
                }
            }
        }
        await world.database.close()
    }
}
