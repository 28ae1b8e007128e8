import FlowEngineCore
import Foundation
import Identity
import JSON
import Postgres
import RPC
import Receipts
import Synchronization
import TestKit
import Testing
import Trust
import Wire

@testable import FlowEngineService

private let webhook =
    #"{"issue":{"title":"Payments down","html_url":"https://github.example/1","body":null,"labels":[]},"repository":{"name":"payments","full_name":"acme/payments","owner":{"login":"acme"}}}"#
private let call =
    #"{"id":"work","type":"call","operation":"jira.issue.create","with":{"summary":"x"},"retry":{"attempts":3,"backoff":"1s"},"on":{"success":"done","error":"failed"}}"#
private let ends = #"{"id":"done","type":"end","outcome":"success"},{"id":"failed","type":"end","outcome":"failure"}"#
private let manual = #"{"id":"start","type":"trigger","trigger":{"kind":"manual"},"next":"work"}"#

@Suite struct RunTests {
    @Test func anIncidentFromEventToClose() async throws {
        try await RunningEngine.with(["github.repository.restrict": .init(verdict: .requireApproval, role: "on-call")]) { engine in
            #expect(try await engine.publish(RunningEngine.playbook("incident-response")).state == "published")
            let event = FlowV1.DeliverEventRequest(kind: "github.issues.opened", payloadJSON: Array(webhook.utf8), eventID: UUIDv7.make().bytes)
            let first = try await engine.endpoint.deliverEvent(event, context: engine.context())
            let again = try await engine.endpoint.deliverEvent(event, context: engine.context())
            #expect(first.startedRuns.count == 1 && again.startedRuns == first.startedRuns)
            let id = try #require(RunID(bytes: first.startedRuns[0]))
            try await engine.work()
            let waiting = try await engine.run(id)
            #expect(waiting.run?.state == "waiting" && waiting.run?.currentNode == "contain" && waiting.run?.whyWaiting.contains("on-call") == true)
            let task = try await engine.openTask()
            #expect(SHA256Digest(hashing: task.subjectJSON).bytes == task.subjectDigest)
            try await engine.decide(task, "approve", by: "omar@acme.example", ["on-call"])
            try await engine.work()
            let done = try await engine.run(id)
            #expect(done.run?.state == "succeeded", "\(done.run?.outcome ?? "")")
            #expect(done.steps.map(\.seq) == Array(0..<UInt32(done.steps.count)) && done.steps.allSatisfy { $0.state == "succeeded" })
            #expect(
                engine.connectors.effects.withLock { $0.map(\.operation) } == [
                    "jira.issue.create", "slack.chat.postMessage", "github.repository.restrict", "jira.issue.transition", "slack.chat.postMessage",
                ])
            #expect(done.steps.first { $0.node == "contain" }?.cost?.micros == 1200)

            // One receipt per step, one of the approval, and a closing one that commits to them and to those of policy and connectors.
            let steps = try await engine.receipts(.stepRun)
            #expect(steps.count == done.steps.count && steps.allSatisfy { $0.run == id })
            let approval = try #require(try await engine.receipts(.approval).first)
            #expect(approval.subject[0].digest.bytes == task.subjectDigest && approval.outcome == "approved")
            let closings = try await engine.receipts(.runClose)
            let set = try #require(closings.first.flatMap { ClaimedRunSet(facts: $0.facts) })
            #expect(closings.count == 1 && set.count == steps.count + 1 + 5 + 6)
            #expect(done.steps.filter { $0.type == "call" }.allSatisfy { $0.receipts.count >= 3 }, "decision, call and step")
            let contain = try #require(steps.first { $0.step == "contain" })
            #expect(contain.causes.count == 4, "two decisions, the approval and the connector's receipt")

            // Metered once each.
            let usage = try await engine.sent(FinOpsV1.Methods.recordUsage, as: FinOpsV1.RecordUsageRequest.self).flatMap(\.events)
            #expect(Set(usage.map(\.eventID)).count == usage.count && usage.count == done.steps.count + 1)
            let items = try await engine.sent(CopilotV1.Methods.putItem, as: CopilotV1.PutItemRequest.self).compactMap(\.item)
            #expect(items.map(\.state) == ["open", "closed"] && items[0].role == "on-call")
            let news = try await engine.endpoint.listActivity(FlowV1.ListActivityRequest(), context: engine.context()).events
            #expect(news.map(\.cursor) == Array(1...UInt64(news.count)) && news.last?.kind == "run.closed")
        }
    }

    @Test func lostAnswersAndRestartsDoubleNothing() async throws {
        try await RunningEngine.with { engine in
            try await engine.publish("[\(manual),\(call),\(ends)]")
            engine.policy.outages.withLock { $0 = 2 }
            engine.connectors.lostAnswers.withLock { $0 = 3 }
            let id = try await engine.start()
            // A worker that takes the run and dies: its lease is in the way until its successor starts.
            let dead = try await engine.endpoint.worker.claims.take(atMost: 1)
            #expect(dead.count == 1)
            let next = engine.restarted()
            try await engine.work(next)
            #expect(try await engine.run(id).run?.state == "running")
            try await next.worker.claims.recover()
            try await engine.work(next)
            #expect(try await engine.run(id).run?.state == "succeeded")
            #expect(engine.connectors.effects.withLock { $0.count } == 1 && engine.connectors.calls.withLock { $0 } == 4)
            // The dead one wakes up: its fence is old.
            await engine.endpoint.worker.drive(dead[0])
            #expect(try await engine.receipts(.runClose).count == 1)
        }
    }

    @Test func aRetryWaitsItsTurn() async throws {
        try await RunningEngine.with { engine in
            try await engine.publish("[\(manual),\(call),\(ends)]")
            engine.connectors.failing.withLock { $0 = ["jira.issue.create"] }
            let id = try await engine.start()
            try await engine.work()
            #expect(try await engine.run(id).run?.whyWaiting.contains("slow down") == true)
            #expect(try await engine.endpoint.timeKeeper.fireDue() == 0)
            engine.clock.advance(by: .seconds(2))
            #expect(try await engine.endpoint.timeKeeper.fireDue() == 1)
            try await engine.work()
            #expect(try await engine.run(id).run?.state == "succeeded")
            #expect(engine.connectors.effects.withLock { $0.count } == 1)
            #expect(try await engine.run(id).steps.first { $0.node == "work" }?.attempt == 2)
        }
    }

    @Test func aKeyStartsOneRun() async throws {
        try await RunningEngine.with { engine in
            try await engine.publish("[\(manual),\(call),\(ends)]")
            let runs = try await withThrowingTaskGroup(of: RunID.self) { group in
                for _ in 0..<8 { group.addTask { try await engine.start(key: "k") } }
                return try await group.reduce(into: Set<RunID>()) { $0.insert($1) }
            }
            #expect(runs.count == 1)
        }
    }

    /// It is looked for from the run's start on, which is stored in the run's state and the arrival in a column: at these times, which lie
    /// between two microseconds, the one was once rounded up and the other down.
    @Test(arguments: [785_150_849.1739244, 785_433_645.6836624, 785_069_855.4235746])
    func anEventThatIsFasterThanItsWaitIsKept(at seconds: TimeInterval) async throws {
        try await RunningEngine.with(at: Date(timeIntervalSinceReferenceDate: seconds)) { engine in
            let wait =
                #"{"id":"listen","type":"wait","event":"a.b","match":"event.x == trigger.x","timeout":"1h","on":{"event":"done","timeout":"failed"}}"#
            let before = call.replacingOccurrences(of: #""success":"done""#, with: #""success":"listen""#)
            try await engine.publish("[\(manual),\(before),\(wait),\(ends)]")
            let early = try await engine.start("test", #"{"x":1}"#)
            let late = try await engine.start("test", #"{"x":2}"#)
            func deliver(_ x: Int) async throws -> FlowV1.DeliverEventResponse {
                let event = FlowV1.DeliverEventRequest(kind: "a.b", payloadJSON: Array("{\"x\":\(x)}".utf8), eventID: UUIDv7.make().bytes)
                return try await engine.endpoint.deliverEvent(event, context: engine.context())
            }
            #expect(try await deliver(1).wokenRuns.isEmpty)
            try await engine.work()
            #expect(try await engine.run(early).run?.state == "succeeded")
            #expect(try await engine.run(late).run?.state == "waiting")
            #expect(try await deliver(3).wokenRuns.isEmpty)
            #expect(try await deliver(2).wokenRuns == [late.bytes])
            #expect(try await engine.run(late).run?.state == "succeeded")
            #expect(try await engine.sql("SELECT run_id FROM event_wait UNION ALL SELECT run_id FROM timer").isEmpty)
        }
    }

    /// Deliveries, workers and answers of one tenant at the same time: none waits for another for ever.
    @Test func nothingDeadlocks() async throws {
        try await RunningEngine.with { engine in
            let wait = #"{"id":"work","type":"wait","event":"a.b","timeout":"1h","on":{"event":"after","timeout":"failed"}}"#
            let after = call.replacingOccurrences(of: #""id":"work""#, with: #""id":"after""#)
            try await engine.publish("[\(manual),\(wait),\(after),\(ends)]")
            try await engine.publish(
                "[\(manual.replacingOccurrences(of: #"{"kind":"manual"}"#, with: #"{"kind":"event","event":"a.b"}"#)),\(call),\(ends)]", name: "other"
            )
            for _ in 0..<10 { _ = try await engine.start() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        let event = FlowV1.DeliverEventRequest(kind: "a.b", payloadJSON: Array("{}".utf8), eventID: UUIDv7.make().bytes)
                        _ = try await engine.endpoint.deliverEvent(event, context: engine.context())
                    }
                    group.addTask {
                        for claim in try await engine.endpoint.worker.claims.take(atMost: 4) { await engine.endpoint.worker.drive(claim) }
                    }
                }
                try await group.waitForAll()
            }
            try await engine.work()
            #expect(try await engine.sql("SELECT run_id FROM run WHERE state = 'succeeded'").count == 16)
        }
    }

    @Test func waitsApprovalsAndRunsEndByTheClock() async throws {
        try await RunningEngine.with(["jira.issue.create": .init(verdict: .requireApproval, role: "on-call")]) { engine in
            try await engine.publish("[\(manual),\(call),\(ends)]")
            let id = try await engine.start()
            try await engine.work()
            engine.clock.advance(by: .seconds(3601))
            #expect(try await engine.endpoint.timeKeeper.fireDue() == 1)
            let run = try await engine.run(id)
            #expect(run.run?.state == "failed" && run.steps[1].state == "timed-out")
            #expect(try await engine.endpoint.listTasks(FlowV1.ListTasksRequest(), context: engine.context()).tasks.map(\.state) == ["expired"])
            let items = try await engine.sent(CopilotV1.Methods.putItem, as: CopilotV1.PutItemRequest.self).compactMap(\.item)
            #expect(items.map(\.kind) == ["approval", "approval", "failed-run"])
        }
    }

    @Test func aScheduleStartsOnceAndSkipsWhatItMissed() async throws {
        try await RunningEngine.with { engine in
            try await engine.publish(
                "[\(manual.replacingOccurrences(of: #"{"kind":"manual"}"#, with: #"{"kind":"schedule","every":"1h"}"#)),\(call),\(ends)]")
            engine.clock.advance(by: .seconds(3 * 3600 + 60))
            #expect(try await engine.endpoint.timeKeeper.fireDue() == 1)
            #expect(try await engine.endpoint.timeKeeper.fireDue() == 0)
            #expect(try await engine.sql("SELECT 1 FROM run").count == 1)
        }
    }

    @Test func cancellingNeedsAReasonAndLeavesAReceipt() async throws {
        try await RunningEngine.with(["jira.issue.create": .init(verdict: .requireApproval, role: "on-call")]) { engine in
            try await engine.publish("[\(manual),\(call),\(ends)]")
            let id = try await engine.start()
            try await engine.work()
            await #expect(throws: RPCError.self) {
                try await engine.endpoint.cancelRun(FlowV1.CancelRunRequest(runID: id.bytes), context: engine.context())
            }
            let answer = try await engine.endpoint.cancelRun(FlowV1.CancelRunRequest(runID: id.bytes, reason: "wrong one"), context: engine.context())
            #expect(answer.state == "cancelled")
            #expect(try await engine.receipts(.runClose).map(\.outcome) == ["cancelled"])
        }
    }

    @Test func theLoopDrivesRunsByItself() async throws {
        try await RunningEngine.with { engine in
            try await engine.publish("[\(manual),\(call),\(ends)]")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await engine.endpoint.work() }
                var runs: [RunID] = []
                for _ in 0..<50 { runs.append(try await engine.start()) }
                let limit = ContinuousClock.now + .seconds(20)
                while try await engine.sql("SELECT 1 FROM run WHERE state = 'succeeded'").count < runs.count, ContinuousClock.now < limit {
                    try await Task.sleep(for: .milliseconds(20))
                }
                group.cancelAll()
            }
            #expect(try await engine.sql("SELECT 1 FROM run WHERE state = 'succeeded'").count == 50)
            #expect(engine.connectors.effects.withLock { $0.count } == 50 && engine.connectors.calls.withLock { $0 } == 50)
        }
    }
}
