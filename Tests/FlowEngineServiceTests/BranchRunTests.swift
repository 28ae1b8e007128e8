import FlowEngineCore
import Foundation
import Identity
import JSON
import Postgres
import Receipts
import Synchronization
import TestKit
import Testing
import Trust
import Wire

@testable import FlowEngineService

private let manual = #"{"id":"start","type":"trigger","trigger":{"kind":"manual"},"next":"work"}"#
private let ends = #"{"id":"done","type":"end","outcome":"success"},{"id":"failed","type":"end","outcome":"failure"}"#

private func call(_ id: String, to next: String, with input: String = "{}") -> String {
    #"{"id":"\#(id)","type":"call","operation":"jira.issue.create","with":\#(input),"on":{"success":"\#(next)","error":"\#(next)"}}"#
}

/// Runs with several positions, and runs of runs, on a real database.
@Suite struct BranchRunTests {
    @Test func branchesAreCalledSideBySideAndJoined() async throws {
        try await RunningEngine.with { engine in
            let work =
                #"{"id":"work","type":"parallel","branches":[{"next":"a"},{"next":"b"},{"next":"c"}],"on":{"joined":"done","error":"failed"}}"#
            try await engine.publish("[\(manual),\(work),\(call("a", to: "work")),\(call("b", to: "work")),\(call("c", to: "work")),\(ends)]")
            let id = try await engine.start()
            try await engine.work()
            let run = try await engine.run(id)
            #expect(run.run?.state == "succeeded" && run.steps.map(\.seq) == [0, 1, 2, 3, 4, 5])
            #expect(engine.connectors.effects.withLock { $0.count } == 3)
            let join = try #require(run.steps.first { $0.node == "work" })
            #expect(join.port == "joined")
            #expect(try JSONValue(parsing: join.outputJSON).arrayValue?.count == 3)
            // Every receipt of policy and of a connector stands with the step that it is of.
            #expect(run.steps.filter { $0.type == "call" }.allSatisfy { $0.receipts.count == 3 })
            let closings = try await engine.receipts(.runClose)
            #expect(closings.count == 1 && closings[0].facts["steps"] == 6)
        }
    }

    @Test func anAnswerFreesOneBranchWhileTheOtherWaits() async throws {
        try await RunningEngine.with { engine in
            let work = #"{"id":"work","type":"parallel","branches":[{"next":"ask"},{"next":"nap"}],"on":{"joined":"done","error":"failed"}}"#
            let ask =
                #"{"id":"ask","type":"approve","role":"on-call","title":"Go?","inputs":{"x":1},"ttl":"1h","on":{"approved":"tell","rejected":"work","timeout":"work"}}"#
            let nap = #"{"id":"nap","type":"wait","event":"a.b","timeout":"2h","on":{"event":"work","timeout":"work"}}"#
            try await engine.publish("[\(manual),\(work),\(ask),\(nap),\(call("tell", to: "work")),\(ends)]")
            let id = try await engine.start()
            let why = try await engine.run(id).run?.whyWaiting ?? ""
            #expect(why.contains("on-call") && why.contains("the event a.b"))
            try await engine.decide(try await engine.openTask(), "approve", by: "omar@acme.example", ["on-call"])
            try await engine.work()
            #expect(try await engine.run(id).run?.state == "waiting" && engine.connectors.effects.withLock { $0.count } == 1)
            let event = FlowV1.DeliverEventRequest(kind: "a.b", payloadJSON: Array("{}".utf8), eventID: UUIDv7.make().bytes)
            #expect(try await engine.endpoint.deliverEvent(event, context: engine.context()).wokenRuns == [id.bytes])
            #expect(try await engine.run(id).run?.state == "succeeded")
        }
    }

    @Test func oneEventWakesEveryBranchThatWaitsForIt() async throws {
        try await RunningEngine.with { engine in
            let work = #"{"id":"work","type":"parallel","branches":[{"next":"one"},{"next":"two"}],"on":{"joined":"done","error":"failed"}}"#
            func nap(_ id: String) -> String {
                #"{"id":"\#(id)","type":"wait","event":"a.b","timeout":"2h","on":{"event":"work","timeout":"work"}}"#
            }
            try await engine.publish("[\(manual),\(work),\(nap("one")),\(nap("two")),\(ends)]")
            let id = try await engine.start()
            let event = FlowV1.DeliverEventRequest(kind: "a.b", payloadJSON: Array("{}".utf8), eventID: UUIDv7.make().bytes)
            _ = try await engine.endpoint.deliverEvent(event, context: engine.context())
            #expect(try await engine.run(id).run?.state == "succeeded")
            #expect(try await engine.sql("SELECT 1 FROM event_wait").isEmpty)
            #expect(try await engine.sql("SELECT 1 FROM timer").isEmpty)
        }
    }

    @Test func everyElementIsDoneOnce() async throws {
        try await RunningEngine.with { engine in
            let work =
                #"{"id":"work","type":"each","items":"${trigger.orders}","as":"order","do":"make","concurrency":3,"on":{"done":"done","error":"failed"}}"#
            try await engine.publish("[\(manual),\(work),\(call("make", to: "work", with: #"{"summary":"${order}"}"#)),\(ends)]")
            engine.policy.outages.withLock { $0 = 2 }
            engine.connectors.lostAnswers.withLock { $0 = 3 }
            let id = try await engine.start("test", #"{"orders":["a","b","c","d","e","f","g"]}"#)
            try await engine.work()
            #expect(try await engine.run(id).run?.state == "succeeded")
            let made = engine.connectors.effects.withLock { $0.compactMap { $0.input["summary"]?.stringValue } }
            #expect(made.sorted() == ["a", "b", "c", "d", "e", "f", "g"])
        }
    }

    // MARK: Runs of runs

    private func nested(_ engine: RunningEngine, child: String) async throws -> RunID {
        try await engine.publish("[\(manual),\(child)]", name: "child")
        let version = try await engine.sql("SELECT encode(version_id, 'hex') AS v FROM flow WHERE name = 'child'")[0].text("v")
        let work =
            #"{"id":"work","type":"subflow","flow":"child","version":"\#(version)","with":{"x":"${trigger.x}"},"on":{"success":"done","error":"failed"}}"#
        try await engine.publish("[\(manual),\(work),\(ends)]")
        return try await engine.start("test", #"{"x":"from above"}"#)
    }

    private func children(_ engine: RunningEngine) async throws -> [(run: RunID, state: String)] {
        try await engine.sql("SELECT run_id, state FROM run WHERE flow = 'child'").map {
            (RunID(rawValue: try $0.uuid("run_id")), try $0.text("state"))
        }
    }

    @Test func aFlowRunsAnotherAndTakesItsResult() async throws {
        try await RunningEngine.with { engine in
            let id = try await nested(
                engine, child: call("work", to: "done", with: #"{"summary":"${trigger.x}"}"#) + #",{"id":"done","type":"end","outcome":"success"}"#)
            try await engine.work()
            #expect(try await children(engine).map(\.state) == ["succeeded"])
            #expect(try await engine.run(id).run?.state == "waiting")
            #expect(try await engine.endpoint.timeKeeper.fireDue() == 1)
            #expect(try await engine.run(id).run?.state == "succeeded")
            #expect(engine.connectors.effects.withLock { $0.map { $0.input["summary"] } } == ["from above"])
        }
    }

    @Test func cancellingTheParentStopsTheChild() async throws {
        try await RunningEngine.with { engine in
            let id = try await nested(
                engine, child: #"{"id":"work","type":"wait","for":"1d","on":{"elapsed":"done"}},{"id":"done","type":"end","outcome":"success"}"#)
            _ = try await engine.endpoint.cancelRun(FlowV1.CancelRunRequest(runID: id.bytes, reason: "not needed"), context: engine.context())
            #expect(try await engine.run(id).run?.state == "cancelled")
            #expect(try await engine.endpoint.timeKeeper.fireDue() >= 1)
            #expect(try await children(engine).map(\.state) == ["cancelled"])
            // It told its parent, which is over: nothing is left of either.
            while try await engine.endpoint.timeKeeper.fireDue() > 0 {}
            #expect(try await engine.sql("SELECT 1 FROM timer").isEmpty)
        }
    }

    @Test func aVersionThatIsNotThereLeavesByError() async throws {
        try await RunningEngine.with { engine in
            let version = String(repeating: "ab", count: 32)
            let work =
                #"{"id":"work","type":"subflow","flow":"child","version":"\#(version)","on":{"success":"done","error":"failed"}}"#
            try await engine.publish("[\(manual),\(work),\(ends)]")
            let run = try await engine.run(try await engine.start())
            #expect(run.run?.state == "failed" && run.steps[1].error.contains("has no published version"))
        }
    }
}
