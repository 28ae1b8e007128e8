import Foundation
import Identity
import JSON
import RPC
import Synchronization
import Trust
import Wire

/// Stands for policy: answers by action, and the first answer again for the same request.
final class FakePolicy: PolicyV1.PolicyHandler {
    struct Rule: Sendable {
        var verdict: PolicyV1.Verdict
        var role = ""
    }

    private struct Unused: Error {}
    let rules: Mutex<[String: Rule]>
    let decisions = Mutex<[[UInt8]: PolicyV1.Decision]>([:])
    /// Calls that fail before they are looked at.
    let outages = Mutex(0)

    init(_ rules: [String: Rule] = [:]) { self.rules = Mutex(rules) }

    func decide(_ request: PolicyV1.DecideRequest, context: CallContext) async throws -> PolicyV1.DecideResponse {
        let fails = outages.withLock { left in
            left -= 1
            return left >= 0
        }
        if fails { throw RPCError(.unavailable, reason: "FAKE_OUTAGE", message: "policy is away") }
        if let earlier = decisions.withLock({ $0[request.requestID] }) { return PolicyV1.DecideResponse(decision: earlier) }
        let rule = rules.withLock { $0[request.action] } ?? Rule(verdict: .allow)
        let identity = SHA256Digest(hashing: try JSONValue(parsing: request.inputJSON).canonical())
        let isGranted = request.grants.contains { $0.role == rule.role && $0.enforcedIdentity == identity.bytes }
        var decision = PolicyV1.Decision(
            decisionID: UUIDv7.make().bytes, verdict: rule.verdict == .requireApproval && isGranted ? .allow : rule.verdict,
            inputJSON: request.inputJSON,
            enforcedIdentity: identity.bytes, reason: "rule of \(request.action)", receiptID: UUIDv7.make().bytes,
            receiptDigest: SHA256Digest(hashing: request.requestID).bytes)
        if decision.verdict == .requireApproval {
            decision.gates = [PolicyV1.Gate(policyID: "gate", gate: "approval", role: rule.role, ttlSeconds: 3600)]
            decision.obligationsJSON = Array(#"[{"id":"approval","role":"\#(rule.role)","ttl_seconds":3600}]"#.utf8)
        }
        decisions.withLock { $0[request.requestID] = decision }
        return PolicyV1.DecideResponse(decision: decision)
    }

    func getDecision(_ request: PolicyV1.GetDecisionRequest, context: CallContext) async throws -> PolicyV1.GetDecisionResponse { throw Unused() }
    func settleDecision(_ request: PolicyV1.SettleDecisionRequest, context: CallContext) async throws -> PolicyV1.SettleDecisionResponse {
        throw Unused()
    }
    func listDecisions(_ request: PolicyV1.ListDecisionsRequest, context: CallContext) async throws -> PolicyV1.ListDecisionsResponse {
        throw Unused()
    }
    func putBundle(_ request: PolicyV1.PutBundleRequest, context: CallContext) async throws -> PolicyV1.PutBundleResponse { throw Unused() }
    func getActiveBundle(_ request: PolicyV1.GetActiveBundleRequest, context: CallContext) async throws -> PolicyV1.GetActiveBundleResponse {
        throw Unused()
    }
}

/// Stands for the connectors: one effect per key, whatever happens to the answer.
final class FakeConnectors: ConnectorsV1.ConnectorsHandler {
    private struct Unused: Error {}
    /// Key to operation, in order.
    let effects = Mutex<[(key: String, operation: String, input: JSONValue)]>([])
    let calls = Mutex(0)
    /// In which calls came.
    let traces = Mutex<[String]>([])
    /// Answers that are lost after the effect.
    let lostAnswers = Mutex(0)
    /// Operations that fail once with a retryable error.
    let failing = Mutex<Set<String>>([])

    func execute(_ request: ConnectorsV1.ExecuteRequest, context: CallContext) async throws -> ConnectorsV1.ExecuteResponse {
        calls.withLock { $0 += 1 }
        traces.withLock { $0.append(context.trace.traceIDText) }
        if failing.withLock({ $0.remove(request.operation) }) != nil {
            return ConnectorsV1.ExecuteResponse(
                outcome: .failed, errorClass: "rate-limited", errorMessage: "slow down", retryable: true, retryAfterMillis: 1)
        }
        let count = effects.withLock { effects in
            if let known = effects.firstIndex(where: { $0.key == request.idempotencyKey }) { return known }
            effects.append((request.idempotencyKey, request.operation, (try? JSONValue(parsing: request.inputJSON)) ?? .null))
            return effects.count - 1
        }
        let isLost = lostAnswers.withLock { left in
            left -= 1
            return left >= 0
        }
        if isLost { throw RPCError(.unavailable, reason: "FAKE_LOSS", message: "the answer was lost") }
        let receipt = SHA256Digest(hashing: Array(request.idempotencyKey.utf8))
        return ConnectorsV1.ExecuteResponse(
            outcome: .succeeded, outputJSON: Array(#"{"key":"OPS-\#(count)","ts":"\#(count).0"}"#.utf8), receiptIDs: [UUIDv7.make().bytes],
            receiptDigests: [receipt.bytes], cost: CommonV1.Money(micros: 1000, currency: "USD"))
    }

    func listOperations(_ request: ConnectorsV1.ListOperationsRequest, context: CallContext) async throws -> ConnectorsV1.ListOperationsResponse {
        let names = [
            "jira.issue.create", "jira.issue.comment", "jira.issue.transition", "slack.chat.postMessage", "github.repository.restrict",
            "changes.change.apply",
            "changes.change.verify", "finops.throttle.apply", "finops.throttle.lift",
        ]
        return ConnectorsV1.ListOperationsResponse(
            operations: names.map { ConnectorsV1.Operation(name: $0, inputSchemaJSON: Array(#"{"type":"object"}"#.utf8)) })
    }

    func receiveWebhook(_ request: ConnectorsV1.ReceiveWebhookRequest, context: CallContext) async throws -> ConnectorsV1.ReceiveWebhookResponse {
        throw Unused()
    }
    func listConnections(_ request: ConnectorsV1.ListConnectionsRequest, context: CallContext) async throws -> ConnectorsV1.ListConnectionsResponse {
        throw Unused()
    }
    func putConnection(_ request: ConnectorsV1.PutConnectionRequest, context: CallContext) async throws -> ConnectorsV1.PutConnectionResponse {
        throw Unused()
    }
}
