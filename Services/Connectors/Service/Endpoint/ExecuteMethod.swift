internal import ConnectorsCore
internal import Identity
internal import JSON
internal import Postgres
package import RPC
internal import Trust
package import Wire

extension ConnectorsEndpoint: ConnectorsV1.ConnectorsHandler {
    package func execute(_ request: ConnectorsV1.ExecuteRequest, context: CallContext) async throws -> ConnectorsV1.ExecuteResponse {
        let tenant = try context.requireTenant()
        let asked = try AskedCall(request, tenant: tenant)
        guard let entry = parts.registry.operation(request.operation) else {
            throw RPCError(
                .notFound, reason: "UNKNOWN_OPERATION", message: "there is no operation \(request.operation)", details: ["field": "operation"])
        }
        guard request.enforcedIdentity == asked.identity.inputDigest.bytes else {
            parts.security(
                "connector.input-changed", tenant, context.principal,
                [
                    "operation": .string(request.operation), "decision": .string(asked.decisionID.description),
                    "caller": .string(context.caller.rawValue),
                ])
            throw DecisionCheck.refusal("INPUT_CHANGED", "the input is not the one that policy decided on")
        }
        let executor = CallExecutor(parts: parts, asked: asked, entry: entry, context: context)
        let call = try await desk.perform { try await RequestContext.$current.withValue(context) { try await Self.run(executor) } }
        return call.response
    }

    /// Errors that a caller must be able to tell apart become those of the mesh.
    private static func run(_ executor: CallExecutor) async throws -> StoredCall {
        do {
            // The same call at once elsewhere holds the decision too, and has been committed when the constraint speaks: then it is found by its key.
            do { return try await executor.run() } catch PostgresError.constraint(PostgresCallStore.decisionConstraint) {
                return try await executor.run()
            }
        } catch PostgresError.constraint(PostgresCallStore.decisionConstraint) {
            throw DecisionCheck.refusal("DECISION_ALREADY_USED", "the decision was used for another call")
        } catch let failure as CallFailure {
            throw RPCError(.failedPrecondition, reason: "NOT_CONNECTED", message: failure.message)
        }
    }
}

extension StoredCall {
    var response: ConnectorsV1.ExecuteResponse {
        var response = ConnectorsV1.ExecuteResponse(
            receiptIDs: receipts.map(\.id.bytes), receiptDigests: receipts.map(\.digest.bytes), cost: CallBudget.money(costMicros))
        switch record.state {
        case .succeeded:
            response.outcome = .succeeded
            response.outputJSON = (output ?? [:]).encoded()
        case .mayHaveRun: response.outcome = .mayHaveRun
        case .prepared, .started, .retryable, .failed: response.outcome = .failed
        }
        if let failure {
            response.errorClass = failure.errorClass.rawValue
            response.errorMessage = failure.message
            response.retryable = failure.isRetryable && record.state == .retryable
            response.retryAfterMillis = UInt32(clamping: failure.retryAfter?.wholeMilliseconds ?? 0)
        }
        return response
    }
}
