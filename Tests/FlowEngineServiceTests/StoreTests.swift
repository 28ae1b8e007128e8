import FlowEngineCore
import Foundation
import Identity
import JSON
import Postgres
import RPC
import TestKit
import Testing
import Trust
import Wire

@testable import FlowEngineService

@Suite struct StoreTests {
    /// Everything a tenant can have, looked at by another one.
    @Test func anotherTenantSeesNothing() async throws {
        try await RunningEngine.with { engine in
            try await engine.publish(RunningEngine.playbook("change-and-approval"))
            let id = try await engine.start(
                "change-and-approval", #"{"title":"t","target":"api","setting":"limit","value":"5","requested_by":"chris@acme.example"}"#)
            try await engine.work()
            let event = FlowV1.DeliverEventRequest(kind: "x.y", payloadJSON: Array("{}".utf8), eventID: UUIDv7.make().bytes)
            _ = try await engine.endpoint.deliverEvent(event, context: engine.context())
            let task = try await engine.openTask()
            let tables = try await engine.sql(
                """
                SELECT c.relname::text AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname <> 'schema_migration'
                """)
            #expect(tables.count >= 12)
            let stranger = TenantID.make()
            for table in tables {
                let name = try table.text("name")
                #expect(try table.bool("forced"), "\(name)")
                let rows = try await engine.database.app.withTenant(stranger) { tx in try await tx.query("SELECT 1 FROM \(name) LIMIT 1") }
                #expect(rows.isEmpty, "\(name)")
            }
            let context = engine.context("omar@acme.example", ["change-approver"], tenant: stranger)
            await #expect(throws: RPCError.self) { try await engine.endpoint.getRun(FlowV1.GetRunRequest(runID: id.bytes), context: context) }
            await #expect(throws: RPCError.self) { try await engine.endpoint.getTask(FlowV1.GetTaskRequest(taskID: task.taskID), context: context) }
            await #expect(throws: RPCError.self) {
                try await engine.endpoint.decideTask(
                    FlowV1.DecideTaskRequest(taskID: task.taskID, decision: "approve", subjectDigest: task.subjectDigest), context: context)
            }
            await #expect(throws: RPCError.self) {
                try await engine.endpoint.cancelRun(FlowV1.CancelRunRequest(runID: id.bytes, reason: "x"), context: context)
            }
            #expect(try await engine.endpoint.listRuns(FlowV1.ListRunsRequest(), context: context).runs.isEmpty)
            #expect(try await engine.endpoint.listFlows(FlowV1.ListFlowsRequest(), context: context).flows.isEmpty)
            #expect(try await engine.endpoint.listActivity(FlowV1.ListActivityRequest(), context: context).events.isEmpty)
        }
    }

    @Test func pagesFollowEachOther() async throws {
        try await RunningEngine.with { engine in
            try await engine.publish(RunningEngine.playbook("change-and-approval"))
            let input = #"{"title":"t","target":"api","setting":"limit","value":"5","requested_by":"chris@acme.example"}"#
            for _ in 0..<7 {
                _ = try await engine.start("change-and-approval", input)
                engine.clock.advance(by: .seconds(1))
            }
            var cursor: [UInt8] = []
            var seen: [[UInt8]] = []
            repeat {
                let page = try await engine.endpoint.listRuns(
                    FlowV1.ListRunsRequest(page: CommonV1.Page(cursor: cursor, limit: 3)), context: engine.context())
                seen += page.runs.map(\.runID)
                cursor = page.nextCursor
            } while !cursor.isEmpty
            #expect(seen.count == 7 && Set(seen).count == 7)
            let tasks = try await engine.endpoint.listTasks(FlowV1.ListTasksRequest(page: CommonV1.Page(limit: 3)), context: engine.context())
            #expect(tasks.tasks.count == 3 && tasks.nextCursor.count == 24)
        }
    }

    @Test func documentsInYAMLMeanTheSame() throws {
        let json =
            #"{"schema":"provable.dev/flow/v1","name":"t","title":"T","nodes":[{"id":"start","type":"trigger","trigger":{"kind":"manual"},"next":"work"},{"id":"work","type":"wait","for":"30s","on":{"elapsed":"done"}},{"id":"done","type":"end","outcome":"success","output":{"n":1,"s":"1","b":true,"z":null}}]}"#
        let yaml = """
            schema: provable.dev/flow/v1
            name: t
            title: T
            nodes:
              - {id: start, type: trigger, trigger: {kind: manual}, next: work}
              - id: work
                type: wait
                for: 30s
                on: {elapsed: done}
              - id: done
                type: end
                outcome: success
                output: {n: 1, s: "1", b: true, z: ~}
            """
        let first = try DocumentText.parse(Array(json.utf8))
        let second = try DocumentText.parse(Array(yaml.utf8))
        #expect(first == second)
        #expect(FlowParser.parse(second).document?.versionID == FlowParser.parse(first).document?.versionID)
    }

    @Test(arguments: [
        "a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e]",
        "a: 1\na: 2", "[unclosed", "\u{0}", "{\"a\":1,\"a\":2}", "? [1]\n: 2", "a: *nowhere",
    ])
    func hostileDocumentsAreRefused(text: String) {
        #expect(throws: DocumentText.Malformed.self) { try DocumentText.parse(Array(text.utf8)) }
    }

    @Test func deepYAMLIsRefused() {
        #expect(throws: DocumentText.Malformed.self) {
            try DocumentText.parse(Array(String(repeating: "[", count: 900).utf8) + Array(String(repeating: "]", count: 900).utf8))
        }
    }
}
