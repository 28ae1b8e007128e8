import FlowEngineCore
import Foundation
import Identity
import JSON
import Postgres
import RPC
import Receipts
import TestKit
import Testing
import Trust
import Wire

@testable import FlowEngineService

/// Approvals that several people decide.
@Suite struct VoteTests {
    private static let flow = #"""
        [{"id":"start","type":"trigger","trigger":{"kind":"manual"},"next":"ask"},
         {"id":"ask","type":"approve","role":"manager","quorum":2,"then":[{"role":"security","persons":["sam@acme.example"]}],
          "title":"Open the port","inputs":{"port":22},"ttl":"4h","on":{"approved":"done","rejected":"no","timeout":"no"}},
         {"id":"done","type":"end","outcome":"success"},{"id":"no","type":"end","outcome":"rejected"}]
        """#

    private func reason(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch { return (error as? RPCError)?.reason ?? "\(error)" }
    }

    private func asked(_ engine: RunningEngine) async throws -> (run: RunID, task: FlowV1.Task) {
        try await engine.publish(Self.flow)
        let run = try await engine.start()
        try await engine.work()
        return (run, try await engine.openTask())
    }

    @Test func twoManagersAndThenSecurityApprove() async throws {
        try await RunningEngine.with { engine in
            let (run, task) = try await asked(engine)
            #expect(task.role == "manager" && task.reason.hasSuffix("0 of 2 by manager, then 0 of 1 by security among sam@acme.example"))
            #expect(await reason { try await engine.decide(task, "approve", by: "dana@acme.example", ["manager"]) } == "SELF_APPROVAL")
            #expect(await reason { try await engine.decide(task, "approve", by: "sam@acme.example", ["security"]) } == "ROLE_REQUIRED")
            #expect(try await engine.decide(task, "approve", by: "mia@acme.example", ["manager"]).state == "open")
            #expect(await reason { try await engine.decide(task, "approve", by: "Mia@acme.example", ["manager"]) } == "VOTED_ALREADY")
            let half = try await engine.decide(task, "approve", by: "max@acme.example", ["manager"])
            #expect(half.state == "open" && half.role == "security")
            #expect(half.reason.contains("2 of 2 by manager (mia@acme.example, max@acme.example), then 0 of 1 by security"))
            #expect(try await engine.openTask().reason == half.reason)
            #expect(await reason { try await engine.decide(task, "approve", by: "sid@acme.example", ["security"]) } == "NOT_NAMED")
            #expect(await reason { try await engine.decide(task, "approve", by: "max@acme.example", ["security"]) } == "VOTED_ALREADY")
            #expect(try await engine.decide(task, "approve", by: "sam@acme.example", ["security"]).state == "approved")
            try await engine.work()
            #expect(try await engine.run(run).run?.state == "succeeded")
            #expect(try await engine.receipts(.approval).map(\.outcome) == ["voted-for", "voted-for", "voted-for", "approved"])
            let told = try await engine.sent(CopilotV1.Methods.putItem, as: CopilotV1.PutItemRequest.self).compactMap(\.item)
            #expect(told.map(\.role) == ["manager", "manager", "security", "security"])
            #expect(told.map(\.state) == ["open", "open", "open", "closed"])
            #expect(zip(told, told.dropFirst()).allSatisfy { $0.revision < $1.revision })
            let news = try await engine.sql("SELECT kind FROM activity WHERE kind LIKE 'task.%' ORDER BY cursor").map { try $0.text("kind") }
            #expect(news == ["task.opened", "task.voted", "task.voted", "task.closed"])
        }
    }

    @Test func oneRejectionRejects() async throws {
        try await RunningEngine.with { engine in
            let (run, task) = try await asked(engine)
            try await engine.decide(task, "approve", by: "mia@acme.example", ["manager"])
            #expect(try await engine.decide(task, "reject", by: "max@acme.example", ["manager"]).state == "rejected")
            try await engine.work()
            #expect(try await engine.run(run).run?.outcome.hasPrefix("rejected") == true)
            #expect(await reason { try await engine.decide(task, "approve", by: "moe@acme.example", ["manager"]) } == "TASK_CLOSED")
        }
    }

    /// Six managers answer at once: the run moves once, and each vote that was taken has its row and its receipt.
    @Test func votesAtOnceNeverCountTwice() async throws {
        try await RunningEngine.with { engine in
            let (_, task) = try await asked(engine)
            let taken = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<6 {
                    group.addTask {
                        (try? await engine.decide(task, "approve", by: "m\(number % 3)@acme.example", ["manager"])) != nil
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(taken == 2)
            let rows = try await engine.sql("SELECT DISTINCT voted_by FROM task_vote")
            #expect(rows.count == 2)
            #expect(try await engine.receipts(.approval).count == 2)
            #expect(try await engine.openTask().role == "security")
        }
    }

    /// What was signed before the subject changed counts for nothing, and the page says so.
    @Test func aVoteOnAnotherSubjectIsVoid() async throws {
        try await RunningEngine.with { engine in
            let (_, task) = try await asked(engine)
            try await engine.decide(task, "approve", by: "mia@acme.example", ["manager"])
            try await engine.sql("UPDATE task_vote SET subject_digest = $1", [.bytes(SHA256Digest(hashing: [1]).bytes)])
            let seen = try await engine.openTask()
            #expect(seen.reason.contains("0 of 2 by manager") && seen.reason.hasSuffix("1 earlier votes are void, since the subject changed"))
            #expect(try await engine.decide(task, "approve", by: "mia@acme.example", ["manager"]).role == "manager")
            #expect(try await engine.decide(task, "approve", by: "max@acme.example", ["manager"]).role == "security")
        }
    }
}
