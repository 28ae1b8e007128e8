import FlowEngineCore
import Foundation
import Identity
import Postgres
import RPC
import Receipts
import ServiceKit
import Synchronization
import TestKit
import Testing
import Wire

@testable import FlowEngineService

private let nodes = """
    [{"id":"start","type":"trigger","trigger":{"kind":"manual"},"next":"work"},
     {"id":"work","type":"call","operation":"jira.issue.create","with":{"summary":"x"},"on":{"success":"pause","error":"done"}},
     {"id":"pause","type":"wait","for":"1h","on":{"elapsed":"done"}},
     {"id":"done","type":"end","outcome":"success"}]
    """

/// Who goes on with a run has no caller: what it does belongs to the trace of what made the run ready.
@Suite struct TraceTests {
    @Test func aRunStaysInTheTraceOfItsStart() async throws {
        try await RunningEngine.with { engine in
            try await engine.publish(nodes)
            let start = TraceContext.make()
            let id = try await started(engine, start)
            try await engine.work()
            #expect(try await trace(of: id, engine)?.traceIDText == start.traceIDText)
            #expect(try await trace(of: id, engine) != start, "the worker is a span of its own")
            engine.clock.advance(by: .seconds(3601))
            #expect(try await engine.endpoint.timeKeeper.fireDue() == 1)
            try await engine.work()
            #expect(try await engine.run(id).run?.state == "succeeded")
            let receipts = try await engine.receipts(.stepRun).filter { $0.run == id } + engine.receipts(.runClose)
            #expect(receipts.count == 5 && receipts.allSatisfy { $0.trace == start.traceIDText })
            #expect(engine.connectors.traces.withLock { $0 } == [start.traceIDText])
        }
    }

    private func started(_ engine: RunningEngine, _ trace: TraceContext) async throws -> RunID {
        var context = engine.context()
        context.trace = trace
        let caller = context
        let answer = try await RequestContext.$current.withValue(caller) {
            try await engine.endpoint.startRun(FlowV1.StartRunRequest(flow: "test", inputJSON: Array("{}".utf8)), context: caller)
        }
        return try #require(RunID(bytes: answer.runID))
    }

    private func trace(of run: RunID, _ engine: RunningEngine) async throws -> TraceContext? {
        try await engine.sql("SELECT traceparent FROM run WHERE run_id = $1", [.uuid(run.rawValue)]).first?.optionalText("traceparent")
            .flatMap { TraceContext(traceparent: $0) }
    }
}
