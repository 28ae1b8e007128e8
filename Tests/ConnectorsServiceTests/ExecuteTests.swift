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
import Trust
import Wire
import WireRuntime

@testable import ConnectorsService

@Suite struct ExecuteTests {
    @Test func aCallIsDecidedReservedAnnouncedAndMadeInThisOrder() async throws {
        try await World.with { world, endpoint in
            let ask = World.Ask()
            let answer = try await world.execute(ask, endpoint)
            #expect(answer.outcome == .succeeded)
            let output = try JSONValue(parsing: answer.outputJSON)
            #expect(output == ["key": "OPS-1", "id": "10001", "url": "http://127.0.0.1:7301/jira/browse/OPS-1"])
            #expect(world.mesh.state.withLock { $0.log } == ["GetDecision", "Reserve", "Append", "vendor POST"])
            #expect(answer.cost == CommonV1.Money(micros: 200, currency: "USD"))

            let receipts = try await world.callReceipts()
            #expect(receipts.map(\.phase) == [.intent, .result])
            #expect(receipts.map(\.outcome) == ["begun", "ok"])
            #expect(receipts[0].causes == [World.decisionReceipt(ask)] && receipts[0].policyDecision == World.decisionReceipt(ask))
            #expect(receipts.allSatisfy { $0.run == ask.run && $0.step == "step-1" && $0.kind == .connectorCall })
            #expect(receipts[1].causes.map(\.bytes) == [answer.receiptDigests[0]])
            #expect(receipts[0].subject.map(\.digest) == [try CallIdentity.digest(ofInput: ask.input)])
            #expect(receipts[1].facts["http_status"] == 201 && receipts[1].facts["cost_micros"] == 200)
            #expect(receipts.map(\.id.bytes) == answer.receiptIDs)
            #expect(receipts[1].disclosureDigests.isEmpty == false)
        }
    }

    @Test func aCallIsMeteredAndSettledOnce() async throws {
        try await World.with { world, endpoint in
            let ask = World.Ask()
            for _ in 0..<3 { _ = try await world.execute(ask, endpoint) }
            let usage = try await world.sent("RecordUsage").map { try FinOpsV1.RecordUsageRequest(decodingBytes: $0.payload) }
            #expect(usage.count == 1 && usage[0].events.count == 1)
            #expect(
                usage[0].events[0].meter == "connector-calls" && usage[0].events[0].service == "jira" && usage[0].events[0].runID == ask.run.bytes)
            #expect(usage[0].events[0].cost == CommonV1.Money(micros: 200, currency: "USD"))
            let settled = try await world.sent("Settle").map { try FinOpsV1.SettleRequest(decodingBytes: $0.payload) }
            #expect(settled.count == 1 && settled[0].amount?.micros == 200)
        }
    }

    @Test func theSameKeyIsAnsweredAsBefore() async throws {
        try await World.with { world, endpoint in
            let ask = World.Ask()
            let first = try await world.execute(ask, endpoint)
            #expect(try await world.execute(ask, endpoint) == first)
            try await world.running(boot: "boot-2") { restarted in
                let answer = try await world.execute(ask, restarted)
                #expect(answer == first)
            }
            #expect(world.transport.effects.count == 1)
            #expect(try await world.callReceipts().count == 2)
        }
    }

    @Test func manyAtOnceAreOneEffect() async throws {
        try await World.with { world, endpoint in
            let ask = World.Ask()
            try world.allow(ask)
            let answers = await withTaskGroup(of: Result<ConnectorsV1.ExecuteResponse, any Error>.self) { group in
                for _ in 0..<8 {
                    group.addTask { do { return .success(try await world.execute(ask, endpoint, allowed: false)) } catch { return .failure(error) } }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(world.transport.effects.count == 1)
            for answer in answers {
                switch answer {
                case .success(let response): #expect(response.outcome == .succeeded)
                case .failure(let error): #expect((error as? RPCError)?.reason == "CALL_IN_PROGRESS", "\(error)")
                }
            }
            #expect(try await world.callReceipts().count == 2)
        }
    }

    @Test func aKeyBelongsToOneRequest() async throws {
        try await World.with { world, endpoint in
            let ask = World.Ask()
            _ = try await world.execute(ask, endpoint)
            var other = ask
            other.decision = .make()
            other.input = ["project": "OPS", "summary": "Something else", "issue_type": "Incident"]
            #expect(try await world.refusal(other, endpoint, allowed: true)?.reason == "IDEMPOTENCY_KEY_REUSED")
            #expect(world.transport.effects.count == 1)
        }
    }

    @Test func oneDecisionIsOneCall() async throws {
        try await World.with { world, endpoint in
            var ask = World.Ask()
            _ = try await world.execute(ask, endpoint)
            ask.key = "key-2"
            #expect(try await world.refusal(ask, endpoint)?.reason == "DECISION_ALREADY_USED")
            #expect(world.transport.effects.count == 1)
        }
    }

    @Test func inputThatPolicyDidNotSeeIsRefused() async throws {
        try await World.with { world, endpoint in
            let ask = World.Ask()
            try world.allow(ask)
            var request = try world.request(ask)
            request.inputJSON = JSONValue.object(["project": "OPS", "summary": "Another", "issue_type": "Incident"]).encoded()
            await #expect(throws: RPCError.self) { try await endpoint.execute(request, context: world.engine) }
            #expect(world.securityKinds == ["connector.input-changed"])
            #expect(world.transport.effects.isEmpty)
            #expect(try await world.count("connector_call") == 0)
        }
    }

    @Test(arguments: [
        ("deny", "NOT_ALLOWED"), ("require approval", "NOT_ALLOWED"), ("action", "DECISION_OF_ANOTHER_CALL"),
        ("resource", "DECISION_OF_ANOTHER_CALL"),
        ("run", "DECISION_OF_ANOTHER_CALL"), ("step", "DECISION_OF_ANOTHER_CALL"), ("identity", "DECISION_OF_ANOTHER_CALL"),
        ("receipt", "DECISION_OF_ANOTHER_CALL"), ("none", "DECISION_NOT_FOUND"), ("obligation", "OBLIGATION_UNMET"),
        ("obligation that cannot be read", "OBLIGATION_UNMET"),
    ])
    func aDecisionThatDoesNotAllowThisVeryCallIsNone(what: String, reason: String) async throws {
        try await World.with { world, endpoint in
            let ask = World.Ask()
            if what != "none" {
                try world.allow(ask) { decision in
                    switch what {
                    case "deny": decision.verdict = .deny
                    case "require approval": decision.verdict = .requireApproval
                    case "action": decision.action = "jira.issue.comment"
                    case "resource": decision.resource = "slack"
                    case "run": decision.runID = RunID.make().bytes
                    case "step": decision.step = "other"
                    case "obligation": decision.obligationsJSON = Array(#"[{"id":"redact","paths":[]},{"id":"notarise"}]"#.utf8)
                    case "obligation that cannot be read": decision.obligationsJSON = [0x7B]
                    case "identity": decision.enforcedIdentity = [UInt8](repeating: 0, count: 32)
                    default: decision.receiptDigest = [UInt8](repeating: 0, count: 32)
                    }
                }
            }
            let refusal = try await world.refusal(ask, endpoint)
            #expect(refusal?.code == .permissionDenied && refusal?.reason == reason)
            #expect(world.securityKinds == ["connector.call-without-decision"])
            #expect(world.mesh.state.withLock { $0.log } == ["GetDecision"])
        }
    }

    @Test func aRedactedInputMayBeUsed() async throws {
        try await World.with { world, endpoint in
            let ask = World.Ask()
            try world.allow(ask, verdict: .redact)
            #expect(try await world.execute(ask, endpoint, allowed: false).outcome == .succeeded)
        }
    }

    @Test func withoutBudgetNothingIsBegun() async throws {
        try await World.with { world, endpoint in
            world.mesh.set { $0.isBudgetSpent = true }
            let answer = try await world.execute(World.Ask(), endpoint)
            #expect(
                answer.outcome == .failed && answer.errorClass == "budget-exhausted" && answer.errorMessage == "the budget is spent"
                    && !answer.retryable)
            #expect(world.transport.effects.isEmpty)
            let receipts = try await world.callReceipts()
            #expect(receipts.map(\.phase) == [.single] && receipts[0].outcome == "refused" && receipts[0].facts["error_class"] == "budget-exhausted")
            #expect(answer.receiptIDs.count == 1)
        }
    }

    @Test func aFieldThatIsWrongIsNamed() async throws {
        try await World.with { world, endpoint in
            let ask = World.Ask(input: ["project": "OPS", "issue_type": "Incident", "labels": [1]])
            let answer = try await world.execute(ask, endpoint)
            #expect(answer.outcome == .failed && answer.errorClass == "invalid-input" && answer.errorMessage == "/summary is required")
        }
    }

    @Test func whatIsNotConnectedSaysSo() async throws {
        try await World.with(connected: false) { world, endpoint in
            let jira = try await world.execute(World.Ask(), endpoint)
            #expect(jira.errorClass == "unauthorized" && jira.errorMessage == "Jira is not connected: it has no address")
            let ask = World.Ask(operation: "slack.chat.postMessage", input: ["channel": "#a", "text": "x"], key: "key-2")
            let slack = try await world.execute(ask, endpoint)
            #expect(slack.errorMessage == "Slack is not connected: the secret bot_token is not set")
        }
    }

    @Test func aVendorThatRefusesTheSecretShowsAtTheConnection() async throws {
        try await World.with { world, endpoint in
            _ = try await endpoint.putConnection(.init(connector: "slack", secrets: ["bot_token": "revoked-1"]), context: world.admin())
            let ask = World.Ask(operation: "slack.chat.postMessage", input: ["channel": "#a", "text": "x"])
            #expect(try await world.execute(ask, endpoint).errorClass == "unauthorized")
            let slack = { @Sendable in
                try await endpoint.listConnections(.init(), context: world.admin()).connections.first { $0.connector == "slack" }
            }
            #expect(try await slack()?.health == "failing")
            #expect(try await slack()?.reason == "the vendor refused: invalid_auth")
            _ = try await endpoint.putConnection(.init(connector: "slack", secrets: ["bot_token": "good"]), context: world.admin())
            #expect(try await slack()?.health == "connected")
        }
    }

    @Test func aThrottledCallGoesOnUnderItsKey() async throws {
        try await World.with { world, endpoint in
            world.transport.fault("jira", "rate-limit")
            let ask = World.Ask()
            let first = try await world.execute(ask, endpoint)
            #expect(first.outcome == .failed && first.errorClass == "rate-limited" && first.retryable && first.retryAfterMillis == 1_000)
            let second = try await world.execute(ask, endpoint)
            #expect(second.outcome == .succeeded && second.receiptIDs.count == 4)
            #expect(world.transport.effects.count == 1)
            #expect(world.mesh.state.withLock { $0.reserved } == ["key-1/1", "key-1/2"])
            let usage = try await world.sent("RecordUsage").flatMap { try FinOpsV1.RecordUsageRequest(decodingBytes: $0.payload).events }
            #expect(usage.map { $0.cost?.micros } == [0, 200] && Set(usage.map(\.eventID)).count == 2)
        }
    }

    @Test func aThrottleIsAppliedByThePlatformItself() async throws {
        try await World.with { world, endpoint in
            let ask = World.Ask(operation: "finops.throttle.apply", input: ["service": "model-api", "meter": "tokens", "percent": 25])
            let answer = try await world.execute(ask, endpoint)
            let output = try JSONValue(parsing: answer.outputJSON)
            #expect(answer.outcome == .succeeded && output == ["service": "model-api", "meter": "tokens", "percent": 25])
            #expect(world.mesh.state.withLock { $0.throttled.map(\.runID) } == [ask.run.bytes])
            let lift = World.Ask(operation: "finops.throttle.lift", input: ["service": "model-api", "meter": "tokens"], key: "key-2")
            #expect(try await world.execute(lift, endpoint).outcome == .succeeded)

            world.mesh.set { $0.finopsError = RPCError(.unavailable, reason: "DOWN", message: "down") }
            let later = World.Ask(
                operation: "finops.throttle.apply", input: ["service": "model-api", "meter": "tokens", "percent": 25], key: "key-3")
            #expect(try await world.execute(later, endpoint).retryable)
            world.mesh.set { $0.finopsError = nil }
            #expect(try await world.execute(later, endpoint).outcome == .succeeded)
        }
    }

    @Test func unreadableRequestsAreRefusedByField() async throws {
        try await World.with { world, endpoint in
            let good = try world.request(World.Ask())
            let changes: [(String, (inout ConnectorsV1.ExecuteRequest) -> Void)] = [
                ("idempotency_key", { $0.idempotencyKey = "" }), ("idempotency_key", { $0.idempotencyKey = String(repeating: "k", count: 201) }),
                ("input_json", { $0.inputJSON = Array("{".utf8) }), ("decision_id", { $0.decisionID = [1] }), ("run_id", { $0.runID = [1] }),
                ("operation", { $0.operation = "jira.issue.delete" }),
            ]
            for (field, change) in changes {
                var request = good
                change(&request)
                do {
                    _ = try await endpoint.execute(request, context: world.engine)
                    Issue.record("\(field) was taken")
                } catch let error as RPCError { #expect(error.details["field"] == field, "\(error)") }
            }
            #expect(try await world.count("connector_call") == 0)
        }
    }
}
