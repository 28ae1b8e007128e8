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

private let nodes = #"""
    [{"id":"start","type":"trigger","trigger":{"kind":"manual"},"next":"note"},
     {"id":"note","type":"assign","set":{"total":"${trigger.n}"},"next":"nap"},
     {"id":"nap","type":"wait","for":"1d","on":{"elapsed":"make"}},
     {"id":"make","type":"call","operation":"jira.issue.create","with":{"summary":"${string(vars.total)}"},"on":{"success":"done","error":"failed"}},
     {"id":"done","type":"end","outcome":"success","output":{"total":"${vars.total}"}},{"id":"failed","type":"end","outcome":"failure"}]
    """#

/// What people do to runs by hand, each with its reason and its receipt.
@Suite struct RunControlTests {
    private static func with(_ body: (RunningEngine, RunControlEndpoint, RunID) async throws -> Void) async throws {
        try await RunningEngine.with { engine in
            try await engine.publish(nodes)
            let id = try await engine.start("test", #"{"n":7}"#)
            try await engine.work()
            try await body(engine, RunControlEndpoint(engine: engine.endpoint), id)
        }
    }

    @Test func aPausedRunGoesOnWhereItWas() async throws {
        try await Self.with { engine, control, id in
            let pause = FlowControlV1.PauseRunRequest(runID: id.bytes, reason: "the vendor is down")
            #expect(try await control.pauseRun(pause, context: engine.context()).state == "waiting")
            #expect(try await engine.run(id).run?.whyWaiting == "paused by dana@acme.example: the vendor is down")
            // The time of its wait passes meanwhile.
            engine.clock.advance(by: .seconds(90_000))
            #expect(try await engine.endpoint.timeKeeper.fireDue() == 1)
            try await engine.work()
            #expect(engine.connectors.effects.withLock { $0.isEmpty })
            await #expect(throws: RPCError.self) { try await control.pauseRun(pause, context: engine.context()) }
            _ = try await control.resumeRun(FlowControlV1.ResumeRunRequest(runID: id.bytes, reason: "it is back"), context: engine.context())
            try await engine.work()
            #expect(try await engine.run(id).run?.state == "succeeded")
            let receipts = try await engine.receipts(.runControl)
            #expect(receipts.map(\.outcome) == ["pause", "resume"] && receipts.allSatisfy { $0.run == id })
            // The end of the run commits to them.
            let set = try #require(try await engine.receipts(.runClose).first.flatMap { ClaimedRunSet(facts: $0.facts) })
            let steps = try await engine.receipts(.stepRun).count
            // Of the call: the decision's and the connector's.
            #expect(set.count == steps + 2 + 2)
        }
    }

    @Test func aStepIsSkippedAndAVariableSet() async throws {
        try await Self.with { engine, control, id in
            let set = FlowControlV1.SetVariableRequest(runID: id.bytes, name: "total", valueJSON: Array("9".utf8), reason: "a typing mistake")
            _ = try await control.setVariable(set, context: engine.context())
            let skip = FlowControlV1.SkipStepRequest(runID: id.bytes, seq: 2, port: "elapsed", reason: "no need to wait")
            _ = try await control.skipStep(skip, context: engine.context())
            try await engine.work()
            let run = try await engine.run(id)
            #expect(run.run?.state == "succeeded" && run.steps[2].state == "skipped")
            #expect(run.steps[2].error == "dana@acme.example: no need to wait")
            #expect(engine.connectors.effects.withLock { $0.map { $0.input["summary"] } } == ["9"])
            #expect(try await engine.receipts(.runControl).map(\.outcome) == ["set-variable", "skip"])
        }
    }

    @Test func aForkBeginsWithAStepOfTheOther() async throws {
        try await Self.with { engine, control, id in
            engine.clock.advance(by: .seconds(90_000))
            _ = try await engine.endpoint.timeKeeper.fireDue()
            try await engine.work()
            let fork = FlowControlV1.ForkRunRequest(runID: id.bytes, seq: 3, reason: "the ticket was deleted")
            let run = try #require(RunID(bytes: try await control.forkRun(fork, context: engine.context()).runID))
            try await engine.work()
            let forked = try await engine.run(run)
            #expect(forked.run?.state == "succeeded" && forked.steps.map(\.node) == ["start", "make", "done"])
            #expect(engine.connectors.effects.withLock { $0.map { $0.input["summary"] } } == ["7", "7"])
            let start = try #require(try await engine.receipts(.stepRun).first { $0.run == run })
            let controls = try await engine.sent(LedgerV1.Methods.append, as: LedgerV1.AppendRequest.self).map { try Envelope(parsing: $0.envelope) }
                .filter { try ReceiptStatement(payload: $0.payload).kind == .runControl }
            #expect(controls.count == 1 && start.causes == controls.map { $0.digest })
        }
    }

    @Test(arguments: ["", String(repeating: "x", count: 1001)])
    func aReasonIsAlwaysWanted(reason: String) async throws {
        try await Self.with { engine, control, id in
            let refusal = await #expect(throws: RPCError.self) {
                try await control.pauseRun(FlowControlV1.PauseRunRequest(runID: id.bytes, reason: reason), context: engine.context())
            }
            #expect(refusal?.details["field"] == "/reason" || refusal?.message.contains("reason") == true)
        }
    }

    @Test func whatWouldChangeNothingIsRefused() async throws {
        try await Self.with { engine, control, id in
            func reason(_ body: () async throws -> Void) async -> String? {
                do {
                    try await body()
                    return nil
                } catch { return (error as? RPCError)?.reason }
            }
            let context = engine.context()
            let skip = FlowControlV1.SkipStepRequest(runID: id.bytes, seq: 1, port: "next", reason: "x")
            #expect(await reason { _ = try await control.skipStep(skip, context: context) } == "STEP_NOT_CURRENT")
            let port = FlowControlV1.SkipStepRequest(runID: id.bytes, seq: 2, port: "success", reason: "x")
            #expect(await reason { _ = try await control.skipStep(port, context: context) } == "PORT_UNKNOWN")
            let resume = FlowControlV1.ResumeRunRequest(runID: id.bytes, reason: "x")
            #expect(await reason { _ = try await control.resumeRun(resume, context: context) } == "RUN_NOT_PAUSED")
            let fork = FlowControlV1.ForkRunRequest(runID: id.bytes, seq: 9, reason: "x")
            #expect(await reason { _ = try await control.forkRun(fork, context: context) } == "STEP_INVALID")
            for input in ["null", "[]", "3"] {
                let fork = FlowControlV1.ForkRunRequest(runID: id.bytes, seq: 2, inputJSON: Array(input.utf8), reason: "x")
                #expect(await reason { _ = try await control.forkRun(fork, context: context) } == "INVALID_FIELD")
            }
            let other = engine.context(tenant: .make())
            let pause = FlowControlV1.PauseRunRequest(runID: id.bytes, reason: "x")
            #expect(await reason { _ = try await control.pauseRun(pause, context: other) } == "RUN_NOT_FOUND")
            let receipts = try await engine.receipts(.runControl)
            #expect(receipts.isEmpty)
        }
    }

    /// Nobody gets past an approval or a guard by hand, whoever started the run.
    @Test func consentIsNeitherSkippedNorCarriedOver() async throws {
        let nodes = #"""
            [{"id":"start","type":"trigger","trigger":{"kind":"manual"},"next":"ask"},
             {"id":"ask","type":"approve","role":"manager","title":"Go?","inputs":{"n":"${trigger.n}"},"ttl":"1d",
              "on":{"approved":"form","rejected":"done","timeout":"done"}},
             {"id":"form","type":"task","role":"clerk","title":"Fill in","ttl":"1d","on":{"completed":"nap","timeout":"done"}},
             {"id":"nap","type":"wait","for":"1d","on":{"elapsed":"done"}},{"id":"done","type":"end","outcome":"success"}]
            """#
        try await RunningEngine.with { engine in
            try await engine.publish(nodes, name: "consent")
            let id = try await engine.start("consent", #"{"n":7}"#)
            let control = RunControlEndpoint(engine: engine.endpoint)
            func refused(_ body: () async throws -> Void) async -> String? {
                do {
                    try await body()
                    return nil
                } catch { return (error as? RPCError)?.reason }
            }
            func skip(_ seq: UInt32, _ port: String, _ roles: [String]) async -> String? {
                let request = FlowControlV1.SkipStepRequest(runID: id.bytes, seq: seq, port: port, reason: "x")
                return await refused { _ = try await control.skipStep(request, context: engine.context("dana@acme.example", roles)) }
            }
            for roles in [["operator"], ["manager"], ["admin", "manager", "operator"]] {
                #expect(await skip(1, "approved", roles) == "SKIP_NOT_ALLOWED")
            }
            try await engine.decide(try await engine.openTask(), "approve", by: "omar@acme.example", ["manager"])
            #expect(await skip(2, "completed", ["operator"]) == "SKIP_NOT_ALLOWED")
            #expect(await skip(2, "completed", ["clerk"]) == nil)
            // A new run would go on with an approval that was never given to it.
            for input in ["", #"{"n":8}"#] {
                let fork = FlowControlV1.ForkRunRequest(runID: id.bytes, seq: 2, inputJSON: Array(input.utf8), reason: "x")
                #expect(await refused { _ = try await control.forkRun(fork, context: engine.context()) } == "STEP_INVALID")
            }
            let fork = FlowControlV1.ForkRunRequest(runID: id.bytes, seq: 1, inputJSON: Array(#"{"n":8}"#.utf8), reason: "x")
            #expect(await refused { _ = try await control.forkRun(fork, context: engine.context()) } == nil)
            #expect(try await engine.openTask().role == "manager")
        }
    }

    @Test func manyRunsAreCountedFirstAndChangedInPortions() async throws {
        try await Self.with { engine, control, _ in
            for n in 0..<4 { _ = try await engine.start("test", #"{"n":\#(n)}"#) }
            try await engine.work()
            var request = FlowControlV1.ControlRunsRequest(action: .pause, flow: "test", reason: "maintenance", dryRun: true)
            let counted = try await control.controlRuns(request, context: engine.context())
            #expect(counted.matching == 5 && counted.changed == 0)
            #expect(try await engine.receipts(.runControl).isEmpty)
            request.dryRun = false
            request.limit = 3
            #expect(try await control.controlRuns(request, context: engine.context()).changed == 3)
            let rest = try await control.controlRuns(request, context: engine.context())
            #expect(rest.matching == 2 && rest.changed == 2)
            let cancel = FlowControlV1.ControlRunsRequest(action: .resume, reason: "done")
            #expect(try await control.controlRuns(cancel, context: engine.context()).changed == 5)
            let other = try await control.controlRuns(cancel, context: engine.context(tenant: .make()))
            #expect(other.matching == 0)
        }
    }
}
