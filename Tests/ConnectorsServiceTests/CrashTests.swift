import ConnectorsCore
import FoundationEssentials
import Identity
import JSON
import Postgres
import RPC
import Receipts
import StubVendors
import Synchronization
import TestKit
import Testing
import Wire
import WireRuntime

@testable import ConnectorsService

/// Ends of the process, of the caller and of the ledger in the middle of a call.
@Suite struct CrashTests {
    /// Makes a call whose request hangs, and ends the process there.
    func crash(_ world: World, _ ask: World.Ask, _ mishap: StubTransport.Mishap) async throws {
        try world.allow(ask)
        world.transport.mishaps.withLock { $0 = [mishap] }
        try await world.running(boot: "crashing") { endpoint in
            // Waits for the call until the process ends, and is then told that nothing came.
            Task { _ = try? await world.execute(ask, endpoint, allowed: false) }
            for await _ in world.transport.hanging.stream { break }
        }
        let rows = try await world.database.superuser.withTransaction {
            try await $0.query("SELECT state FROM connector_call WHERE call_key = $1", [.text(ask.key)])
        }
        let state = try rows.first?.text("state")
        #expect(state == "started", "the process stored how the call ended, so that nothing crashed")
    }

    static let guarded: [(String, JSONValue)] = [
        ("jira.issue.create", ["project": "OPS", "summary": "x", "issue_type": "Incident"]),
        ("slack.chat.postMessage", ["channel": "#incidents", "text": "x"]),
        ("github.issue.comment", ["owner": "acme", "repo": "payments-api", "number": 3, "body": "x"]),
    ]
}

extension CrashTests {
    @Test func theLedgerMustHaveTheIntentBeforeAnythingIsSent() async throws {
        try await World.with { world, endpoint in
            world.mesh.set { $0.isLedgerDown = true }
            let ask = World.Ask()
            for _ in 0..<3 {
                let refusal = try await world.refusal(ask, endpoint, allowed: true)
                #expect(refusal?.code == .unavailable && refusal?.reason == "LEDGER_UNAVAILABLE")
            }
            #expect(world.transport.effects.isEmpty)
            world.mesh.set { $0.isLedgerDown = false }
            #expect(try await world.execute(ask, endpoint).outcome == .succeeded)
            // One intent, signed once and sent as it is until it was taken.
            #expect(try await world.callReceipts().map(\.phase) == [.intent, .result])
            #expect(world.transport.effects.count == 1)
            #expect(world.mesh.state.withLock { $0.reserved.count } == 1)
        }
    }

    @Test func anIntentThatTheRelayDeliveredIsNotSentAgain() async throws {
        try await World.with { world, endpoint in
            world.mesh.set { $0.isLedgerDown = true }
            let ask = World.Ask()
            _ = try await world.refusal(ask, endpoint, allowed: true)
            _ = try await world.database.superuser.withTransaction { try await $0.execute("DELETE FROM outbox") }
            #expect(try await world.execute(ask, endpoint).outcome == .succeeded)
            #expect(world.mesh.state.withLock { $0.log.filter { $0 == "Append" }.count } == 1)
        }
    }

    @Test(arguments: guarded)
    func anEffectThatTookPlaceIsFoundAfterACrash(operation: String, input: JSONValue) async throws {
        try await World.with { world, endpoint in
            let ask = World.Ask(operation: operation, input: input)
            try await crash(world, ask, .hang)
            #expect(world.transport.effects.count == 1)
            let answer = try await world.execute(ask, endpoint)
            #expect(answer.outcome == .succeeded && world.transport.effects.count == 1)
            #expect(try await world.callReceipts().map(\.outcome) == ["begun", "ok-found"])
            #expect(try await world.sent("RecordUsage").count == 1)
        }
    }

    @Test(arguments: guarded)
    func anEffectThatDidNotTakePlaceIsMadeAfterACrash(operation: String, input: JSONValue) async throws {
        try await World.with { world, endpoint in
            let ask = World.Ask(operation: operation, input: input)
            if operation == "slack.chat.postMessage" {
                // A channel that is not there cannot be searched: somebody must have used it.
                let before = World.Ask(operation: operation, input: ["channel": "#incidents", "text": "before"], key: "before")
                _ = try await world.execute(before, endpoint)
            }
            try await crash(world, ask, .hangBefore)
            let answer = try await world.execute(ask, endpoint)
            #expect(answer.outcome == .succeeded, "\(answer.errorMessage)")
            #expect(world.transport.effects.filter { $0.marker != nil && $0.content["text"] != "before" }.count == 1)
            let outcomes = try await world.callReceipts().filter { $0.run == ask.run }.map(\.outcome)
            #expect(outcomes == ["begun", "did-not-run", "begun", "ok"])
            #expect(answer.receiptIDs.count == 4)
        }
    }

    @Test func anIdempotentCallIsSimplyRepeated() async throws {
        try await World.with { world, endpoint in
            let ask = World.Ask(operation: "changes.change.apply", input: ["target": "a", "setting": "b", "value": "c"])
            try await crash(world, ask, .hang)
            #expect(try await world.execute(ask, endpoint).outcome == .succeeded)
            #expect(world.transport.effects.count == 1)
            // The result answers for both intents.
            let receipts = try await world.callReceipts()
            #expect(receipts.map(\.phase) == [.intent, .intent, .result] && receipts[2].causes.count == 2)
            #expect(try await world.sent("RecordUsage").count == 2)
        }
    }

    @Test func aPersonMustLookWhereNothingElseCan() async throws {
        try await World.with { manifests in
            for index in manifests.indices where manifests[index].name == "jira" {
                manifests[index].operations[0].idempotency = .unsafe
                if case .http(var work) = manifests[index].operations[0].work {
                    work.guards = []
                    manifests[index].operations[0].work = .http(work)
                }
            }
        } _: { world, endpoint in
            let ask = World.Ask()
            try await crash(world, ask, .hang)
            for _ in 0..<2 {
                let answer = try await world.execute(ask, endpoint)
                #expect(answer.outcome == .mayHaveRun && !answer.retryable && !answer.errorMessage.isEmpty)
            }
            #expect(world.transport.effects.count == 1)
            #expect(try await world.callReceipts().map(\.outcome) == ["begun", "outcome_unknown"])

            let lost = World.Ask(key: "key-2")
            world.transport.mishaps.withLock { $0 = [.loseAnswer] }
            #expect(try await world.execute(lost, endpoint).outcome == .mayHaveRun)
        }
    }

    @Test func whatNobodyKnewIsFoundLater() async throws {
        try await World.with { world, endpoint in
            let ask = World.Ask()
            world.transport.mishaps.withLock { $0 = [.loseAnswer] }
            world.transport.fault("jira", "server-error", count: 1, method: "GET")
            let first = try await world.execute(ask, endpoint)
            #expect(first.outcome == .mayHaveRun)
            let second = try await world.execute(ask, endpoint)
            #expect(second.outcome == .succeeded && world.transport.effects.count == 1)
            #expect(try await world.callReceipts().map(\.outcome) == ["begun", "outcome_unknown", "ok-found"])
            // It was charged when nobody knew, and not again.
            #expect(try await world.sent("RecordUsage").count == 1)
        }
    }

    @Test func aLostAnswerIsFoundAtOnce() async throws {
        try await World.with { world, endpoint in
            world.transport.mishaps.withLock { $0 = [.loseAnswer] }
            let answer = try await world.execute(World.Ask(), endpoint)
            let output = try JSONValue(parsing: answer.outputJSON)
            #expect(answer.outcome == .succeeded && output["key"] == "OPS-1")
            #expect(world.transport.effects.count == 1)
        }
    }

    @Test func aServerErrorWithoutAnEffectIsRetried() async throws {
        try await World.with { world, endpoint in
            world.transport.fault("jira", "server-error", method: "POST")
            let ask = World.Ask()
            let first = try await world.execute(ask, endpoint)
            #expect(first.outcome == .failed && first.retryable && first.errorClass == "vendor-error")
            #expect(try await world.execute(ask, endpoint).outcome == .succeeded)
            #expect(world.transport.effects.count == 1)
        }
    }

    @Test func aCallerThatGoesAwayLeavesTheCallToEnd() async throws {
        try await World.with { world, endpoint in
            let ask = World.Ask()
            try world.allow(ask)
            let caller = Task { try await world.execute(ask, endpoint, allowed: false) }
            while world.mesh.state.withLock({ $0.log.isEmpty }) { await Task.yield() }
            caller.cancel()
            _ = try? await caller.value
            while true {
                let refusal = try await world.refusal(ask, endpoint)
                if refusal?.reason != "CALL_IN_PROGRESS" { break }
            }
            #expect(try await world.execute(ask, endpoint).outcome == .succeeded)
            #expect(world.transport.effects.count == 1)
            #expect(try await world.callReceipts().map(\.outcome) == ["begun", "ok"])
        }
    }

    @Test func aLivingProcessIsNotInterfered() async throws {
        try await World.with { world, endpoint in
            let ask = World.Ask()
            try await crash(world, ask, .hang)
            // As if it were another instance that is only slow.
            _ = try await world.database.superuser.withTransaction {
                try await $0.execute("UPDATE connector_call SET worker_instance = 'connectors-2'")
            }
            #expect(try await world.refusal(ask, endpoint)?.reason == "CALL_IN_PROGRESS")
            world.clock.advance(by: .seconds(60))
            #expect(try await world.execute(ask, endpoint).outcome == .succeeded)
            #expect(world.transport.effects.count == 1)
        }
    }
}
