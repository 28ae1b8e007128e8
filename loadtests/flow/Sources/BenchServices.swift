internal import Foundation
internal import Identity
internal import JSON
internal import RPC
internal import Trust
internal import Wire

/// Policy that allows everything, in the process: what is measured is the engine.
struct OpenPolicy: PolicyV1.PolicyHandler {
    struct Unused: Error {}

    func decide(_ request: PolicyV1.DecideRequest, context: CallContext) async throws -> PolicyV1.DecideResponse {
        PolicyV1.DecideResponse(
            decision: PolicyV1.Decision(
                decisionID: UUIDv7.make().bytes, verdict: .allow, inputJSON: request.inputJSON,
                enforcedIdentity: SHA256Digest(hashing: request.inputJSON).bytes, reason: "open", receiptID: UUIDv7.make().bytes,
                receiptDigest: SHA256Digest(hashing: request.requestID).bytes))
    }

    func settleDecision(_ request: PolicyV1.SettleDecisionRequest, context: CallContext) async throws -> PolicyV1.SettleDecisionResponse {
        throw Unused()
    }
    func getDecision(_ request: PolicyV1.GetDecisionRequest, context: CallContext) async throws -> PolicyV1.GetDecisionResponse { throw Unused() }
    func listDecisions(_ request: PolicyV1.ListDecisionsRequest, context: CallContext) async throws -> PolicyV1.ListDecisionsResponse {
        throw Unused()
    }
    func putBundle(_ request: PolicyV1.PutBundleRequest, context: CallContext) async throws -> PolicyV1.PutBundleResponse { throw Unused() }
    func getActiveBundle(_ request: PolicyV1.GetActiveBundleRequest, context: CallContext) async throws -> PolicyV1.GetActiveBundleResponse {
        throw Unused()
    }
}

/// Connectors that do everything at once.
struct QuickConnectors: ConnectorsV1.ConnectorsHandler {
    struct Unused: Error {}

    func execute(_ request: ConnectorsV1.ExecuteRequest, context: CallContext) async throws -> ConnectorsV1.ExecuteResponse {
        let receipt = SHA256Digest(hashing: Array(request.idempotencyKey.utf8))
        return ConnectorsV1.ExecuteResponse(
            outcome: .succeeded, outputJSON: request.inputJSON, receiptIDs: [UUIDv7.make().bytes], receiptDigests: [receipt.bytes],
            cost: CommonV1.Money(micros: 1000, currency: "USD"))
    }

    func listOperations(_ request: ConnectorsV1.ListOperationsRequest, context: CallContext) async throws -> ConnectorsV1.ListOperationsResponse {
        ConnectorsV1.ListOperationsResponse(
            operations: [ConnectorsV1.Operation(name: "bench.thing.do", inputSchemaJSON: Array(#"{"type":"object"}"#.utf8))])
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
