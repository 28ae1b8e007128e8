import FlowEngineCore
import Foundation
import Identity
import JSON
import RPC
import Receipts
import Synchronization
import TestKit
import Testing
import Trust
import Wire

@testable import FlowEngineService

@Suite struct PeopleTests {
    private let gate = ["flow.publish": FakePolicy.Rule(verdict: .requireApproval, role: "change-approver")]

    private func reason(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch { return (error as? RPCError)?.reason ?? "\(error)" }
    }

    @Test func aPublishNeedsASecondPerson() async throws {
        try await RunningEngine.with(gate) { engine in
            let document = try RunningEngine.playbook("change-and-approval")
            let asked = try await engine.publish(document, by: "chris@acme.example")
            #expect(asked.state == "awaiting-approval" && asked.receiptID.isEmpty)
            #expect(try await engine.publish(document, by: "chris@acme.example").taskID == asked.taskID, "asked twice is asked once")
            #expect(await reason { _ = try await engine.start("change-and-approval") } == "FLOW_NOT_FOUND")
            let task = try await engine.openTask()
            #expect(
                await reason { try await engine.decide(task, "approve", by: "chris@acme.example", ["operator", "change-approver"]) }
                    == "SELF_APPROVAL")
            #expect(await reason { try await engine.decide(task, "approve", by: "dana@acme.example", ["admin", "operator"]) } == "ROLE_REQUIRED")
            var changed = task
            changed.subjectDigest = SHA256Digest(hashing: [1]).bytes
            #expect(await reason { try await engine.decide(changed, "approve", by: "cleo@acme.example", ["change-approver"]) } == "SUBJECT_CHANGED")
            #expect(engine.refusals.all == ["task.refused", "task.refused"])
            #expect(try await engine.decide(task, "approve", by: "cleo@acme.example", ["change-approver"]).state == "approved")
            #expect(await reason { try await engine.decide(task, "approve", by: "cleo@acme.example", ["change-approver"]) } == "TASK_CLOSED")
            let flows = try await engine.endpoint.listFlows(FlowV1.ListFlowsRequest(), context: engine.context()).flows
            #expect(flows.map(\.state) == ["published"] && flows[0].versionID == asked.versionID)
            let publish = try #require(try await engine.receipts(.workflowPublish).first)
            #expect(publish.subject[0].digest.bytes == asked.versionID && publish.causes.count == 2)
        }
    }

    /// Whoever did not get the answer asks again with the same key, and gets it; the decision is made and signed once.
    @Test(arguments: ["run", "publish"])
    func aDecisionThatIsSentAgainGetsItsFirstAnswer(of what: String) async throws {
        let rules: [String: FakePolicy.Rule] = what == "run" ? ["jira.issue.create": .init(verdict: .requireApproval, role: "change-approver")] : gate
        try await RunningEngine.with(rules) { engine in
            if what == "run" {
                try await engine.publish(
                    #"""
                    [{"id":"start","type":"trigger","trigger":{"kind":"manual"},"next":"work"},
                     {"id":"work","type":"call","operation":"jira.issue.create","with":{"summary":"x"},"on":{"success":"done","error":"done"}},
                     {"id":"done","type":"end","outcome":"success"}]
                    """#)
                _ = try await engine.start()
                try await engine.work()
            } else {
                try await engine.publish(RunningEngine.playbook("change-and-approval"), by: "chris@acme.example")
            }
            let task = try await engine.openTask()
            let request = FlowV1.DecideTaskRequest(taskID: task.taskID, decision: "approve", subjectDigest: task.subjectDigest)
            var context = engine.context("cleo@acme.example", ["change-approver"])
            context.idempotencyKey = "decision"
            let first = try await engine.endpoint.decideTask(request, context: context)
            #expect(first.task?.state == "approved" && !first.receiptID.isEmpty)
            #expect(try await engine.endpoint.decideTask(request, context: context) == first)
            #expect(try await engine.receipts(.approval).count == 1)
            // Another key is another decision, and it comes too late.
            context.idempotencyKey = "another"
            let late = context
            #expect(await reason { _ = try await engine.endpoint.decideTask(request, context: late) } == "TASK_CLOSED")
        }
    }

    @Test func aRejectedPublishStaysUnpublishedAndCanBeAskedForAgain() async throws {
        try await RunningEngine.with(gate) { engine in
            let document = try RunningEngine.playbook("change-and-approval")
            try await engine.publish(document)
            try await engine.decide(try await engine.openTask(), "reject", by: "cleo@acme.example", ["change-approver"])
            #expect(try await engine.endpoint.listFlows(FlowV1.ListFlowsRequest(), context: engine.context()).flows.isEmpty)
            #expect(try await engine.publish(document).state == "awaiting-approval")
        }
    }

    @Test func aPublishThatNobodyApprovesInTimeIsRefused() async throws {
        try await RunningEngine.with(gate) { engine in
            try await engine.publish(RunningEngine.playbook("change-and-approval"))
            let task = try await engine.openTask()
            engine.clock.advance(by: .seconds(3601))
            #expect(await reason { try await engine.decide(task, "approve", by: "cleo@acme.example", ["change-approver"]) } == "TASK_CLOSED")
            #expect(try await engine.endpoint.timeKeeper.fireDue() == 1)
            #expect(try await engine.endpoint.getTask(FlowV1.GetTaskRequest(taskID: task.taskID), context: engine.context()).task?.state == "expired")
            #expect(try await engine.publish(RunningEngine.playbook("change-and-approval")).taskID != task.taskID)
        }
    }

    @Test func aChangeIsApprovedByNeitherStarterNorRequester() async throws {
        try await RunningEngine.with { engine in
            #expect(try await engine.publish(RunningEngine.playbook("change-and-approval")).state == "published")
            let input = #"{"title":"t","target":"api","setting":"limit","value":"5","requested_by":"chris@acme.example"}"#
            #expect(await reason { _ = try await engine.start("change-and-approval", #"{"title":"t"}"#) } == "INPUT_INVALID")
            let id = try await engine.start("change-and-approval", input)
            try await engine.work()
            let task = try await engine.openTask()
            for person in ["dana@acme.example", "chris@acme.example", "CHRIS@acme.example"] {
                #expect(await reason { try await engine.decide(task, "approve", by: person, ["change-approver"]) } == "SELF_APPROVAL")
            }
            try await engine.decide(task, "approve", by: "cleo@acme.example", ["change-approver"])
            try await engine.work()
            #expect(try await engine.run(id).run?.state == "succeeded")
            #expect(
                engine.connectors.effects.withLock { $0.map(\.operation) } == [
                    "jira.issue.create", "changes.change.apply", "changes.change.verify", "jira.issue.transition",
                ])
        }
    }

    @Test func twoAnswersAtOnceAreOne() async throws {
        try await RunningEngine.with { engine in
            try await engine.publish(RunningEngine.playbook("change-and-approval"))
            _ = try await engine.start(
                "change-and-approval", #"{"title":"t","target":"api","setting":"limit","value":"5","requested_by":"chris@acme.example"}"#)
            let task = try await engine.openTask()
            let answers = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<6 {
                    group.addTask {
                        (try? await engine.decide(task, number % 2 == 0 ? "approve" : "reject", by: "p\(number)@acme.example", ["change-approver"]))
                            != nil
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(answers == 1)
            #expect(try await engine.receipts(.approval).count == 1)
        }
    }

    @Test func aDenialBlocksThePublishAndTheCall() async throws {
        try await RunningEngine.with(["flow.publish": .init(verdict: .deny)]) { engine in
            let answer = try await engine.publish(RunningEngine.playbook("cost-anomaly"))
            #expect(answer.state == "refused" && answer.reason == "rule of flow.publish")
        }
        try await RunningEngine.with(["finops.throttle.apply": .init(verdict: .deny)]) { engine in
            try await engine.publish(RunningEngine.playbook("cost-anomaly"))
            let payload = #"{"anomaly_id":"a","service":"model-api","meter":"tokens","observed_micros":9,"expected_micros":3,"ratio_milli":3000}"#
            let event = FlowV1.DeliverEventRequest(kind: "finops.anomaly.opened", payloadJSON: Array(payload.utf8), eventID: UUIDv7.make().bytes)
            let id = try #require(RunID(bytes: try await engine.endpoint.deliverEvent(event, context: engine.context()).startedRuns[0]))
            try await engine.work()
            let run = try await engine.run(id)
            #expect(run.run?.state == "cancelled" && run.run?.outcome.hasPrefix("rejected") == true)
            #expect(engine.connectors.effects.withLock { $0.map(\.operation) } == ["slack.chat.postMessage"])
        }
    }
}
