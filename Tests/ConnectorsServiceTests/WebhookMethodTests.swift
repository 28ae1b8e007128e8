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

@Suite struct WebhookMethodTests {
    static let body = Array(#"{"action":"opened","issue":{"number":7,"title":"checkout is slow"},"repository":{"name":"payments-api"}}"#.utf8)

    func request(
        _ body: [UInt8] = body, secret: String = World.webhookSecret, delivery: String = "d-1", connector: String = "github"
    ) -> ConnectorsV1.ReceiveWebhookRequest {
        let code = Hexadecimal.encode(HMACSHA256.authenticationCode(key: Array(secret.utf8), message: body))
        let headers = [("X-GitHub-Event", "issues"), ("X-GitHub-Delivery", delivery), ("X-Hub-Signature-256", "sha256=\(code)")]
        return .init(connector: connector, headers: headers.map { .init(name: $0.0, value: $0.1) }, body: body)
    }

    func context(_ world: World, tenant: TenantID? = nil) -> CallContext {
        CallContext(caller: .gateway, tenant: tenant ?? world.tenant, principal: "webhook:github")
    }

    @Test func aSignedEventIsStoredSignedForAndDelivered() async throws {
        try await World.with { world, endpoint in
            let answer = try await endpoint.receiveWebhook(request(), context: context(world))
            #expect(answer.fresh && answer.eventKind == "github.issues.opened")
            let event = try FlowV1.DeliverEventRequest(decodingBytes: try #require(try await world.sent("DeliverEvent").first).payload)
            let expected = try JSONValue(parsing: Self.body), payload = try JSONValue(parsing: event.payloadJSON)
            #expect(event.kind == "github.issues.opened" && event.eventID == answer.eventID && payload == expected)
            let receipt = try #require(try await world.receipts().last)
            #expect(receipt.phase == .single && receipt.outcome == "received" && receipt.facts["direction"] == "in")
            #expect(receipt.subject.map(\.digest) == [SHA256Digest(hashing: Self.body)])
            // Nothing that a person wrote.
            #expect(!String(decoding: try receipt.payload(), as: UTF8.self).contains("checkout"))
        }
    }

    @Test func aRepeatedDeliveryIsTakenOnce() async throws {
        try await World.with { world, endpoint in
            let first = try await endpoint.receiveWebhook(request(), context: context(world))
            let again = try await endpoint.receiveWebhook(request(), context: context(world))
            #expect(!again.fresh && again.eventID == first.eventID)
            #expect(try await world.sent("DeliverEvent").count == 1)
            #expect(world.securityKinds.isEmpty)
        }
    }

    @Test func oldBytesUnderANewIDAreAReplay() async throws {
        try await World.with { world, endpoint in
            let first = try await endpoint.receiveWebhook(request(), context: context(world))
            let replayed = try await endpoint.receiveWebhook(request(delivery: "d-2"), context: context(world))
            #expect(!replayed.fresh && replayed.eventID == first.eventID)
            #expect(try await world.sent("DeliverEvent").count == 1)
            #expect(world.securityKinds == ["webhook.replayed"])
        }
    }

    @Test func aWrongSignatureLeavesOneSecurityEventAndNothingElse() async throws {
        try await World.with { world, endpoint in
            let before = try await world.count("outbox")
            for wrong in [request(secret: "other"), request(secret: ""), request(connector: "slack"), request(connector: "jira")] {
                do {
                    _ = try await endpoint.receiveWebhook(wrong, context: context(world))
                    Issue.record("it was taken")
                } catch let error as RPCError { #expect(error.code == .unauthenticated && error.reason == "WEBHOOK_SIGNATURE_INVALID") }
            }
            #expect(world.securityKinds == Array(repeating: "webhook.rejected", count: 4))
            #expect(
                world.security.withLock { $0.map { $0.detail["reason"]?.stringValue } } == [
                    "wrong-signature", "wrong-signature", "missing-timestamp", "missing-signature",
                ])
            #expect(try await world.count("webhook_event") == 0)
            #expect(try await world.count("outbox") == before)
        }
    }

    @Test func aTenantWithoutASecretTakesNothing() async throws {
        try await World.with { world, endpoint in
            let stranger = context(world, tenant: .make())
            await #expect(throws: RPCError.self) { try await endpoint.receiveWebhook(request(), context: stranger) }
            #expect(world.security.withLock { $0.last?.detail["reason"] } == "no-secret")
        }
    }

    @Test func aSignatureDoesNotMakeABodyRight() async throws {
        try await World.with { world, endpoint in
            do {
                _ = try await endpoint.receiveWebhook(request(Array("{".utf8)), context: context(world))
                Issue.record("it was taken")
            } catch let error as RPCError { #expect(error.code == .invalidArgument && error.details["field"] == "body") }
            #expect(try await world.count("webhook_event") == 0)
        }
    }

    @Test func connectorsWithoutWebhooksAreUnknownHere() async throws {
        try await World.with { world, endpoint in
            for name in ["finops", "changes", "nothing"] {
                do {
                    _ = try await endpoint.receiveWebhook(request(connector: name), context: context(world))
                    Issue.record("\(name) was taken")
                } catch let error as RPCError { #expect(error.reason == "UNKNOWN_CONNECTOR") }
            }
        }
    }

    func slack(_ body: String, at time: Date, type: String = "application/json") -> ConnectorsV1.ReceiveWebhookRequest {
        let stamp = String(Int64(time.timeIntervalSince1970))
        let code = Hexadecimal.encode(HMACSHA256.authenticationCode(key: Array(World.webhookSecret.utf8), message: Array("v0:\(stamp):\(body)".utf8)))
        let headers = [("Content-Type", type), ("X-Slack-Request-Timestamp", stamp), ("X-Slack-Signature", "v0=\(code)")]
        return .init(connector: "slack", headers: headers.map { .init(name: $0.0, value: $0.1) }, body: Array(body.utf8))
    }

    @Test func slackShakesHandsAndPressesButtons() async throws {
        try await World.with { world, endpoint in
            let now = world.clock.now
            let hello = try await endpoint.receiveWebhook(slack(#"{"type":"url_verification","challenge":"c1"}"#, at: now), context: context(world))
            #expect(String(decoding: hello.replyBody, as: UTF8.self) == #"{"challenge":"c1"}"# && !hello.fresh)
            #expect(try await world.count("webhook_event") == 0)
            let press = slack("payload=%7B%22type%22%3A%22block_actions%22%7D", at: now, type: "application/x-www-form-urlencoded")
            let pressed = try await endpoint.receiveWebhook(press, context: context(world))
            #expect(pressed.fresh && pressed.eventKind == "slack.interaction")
            #expect(try await endpoint.receiveWebhook(press, context: context(world)).fresh == false)
            let later = slack("payload=%7B%22type%22%3A%22block_actions%22%7D", at: now + 2, type: "application/x-www-form-urlencoded")
            #expect(try await endpoint.receiveWebhook(later, context: context(world)).fresh)
            let stale = slack("payload=%7B%7D", at: now - 301, type: "application/x-www-form-urlencoded")
            await #expect(throws: RPCError.self) { try await endpoint.receiveWebhook(stale, context: context(world)) }
        }
    }

    @Test func theSecretBeforeHoldsForADay() async throws {
        try await World.with { world, endpoint in
            _ = try await endpoint.putConnection(.init(connector: "github", secrets: ["webhook_secret": "new-secret"]), context: world.admin())
            #expect(try await endpoint.receiveWebhook(request(delivery: "old"), context: context(world)).fresh)
            let other = Array(#"{"action":"closed"}"#.utf8)
            #expect(try await endpoint.receiveWebhook(request(other, secret: "new-secret", delivery: "new"), context: context(world)).fresh)
            world.clock.advance(by: .seconds(90_000))
            await #expect(throws: RPCError.self) {
                try await endpoint.receiveWebhook(request(Array("{}".utf8), delivery: "late"), context: context(world))
            }
        }
    }
}
