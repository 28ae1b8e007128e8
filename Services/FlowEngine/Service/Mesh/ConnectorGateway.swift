internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import RPC
internal import Trust
internal import Wire

/// Asks the connectors service to do what policy has allowed.
struct ConnectorGateway: Sendable {
    /// What a call left behind.
    struct Execution: Sendable {
        var result: CallResult
        var receipts: [(id: ReceiptID, digest: SHA256Digest)]
        var costMicros: Int64
    }

    /// Beyond the connector's own limit, for the way there and back.
    private static let margin = Duration.seconds(5)

    private let client: ConnectorsV1.ConnectorsClient

    init(channel: any RPCChannel) { client = ConnectorsV1.ConnectorsClient(channel: channel) }

    /// Throws where it is not known whether the call was taken: asking again with the same key is safe.
    func execute(_ call: ConnectorCall, of state: RunState) async throws -> Execution {
        let request = ConnectorsV1.ExecuteRequest(
            operation: call.operation, inputJSON: call.input.encoded(), runID: state.run.bytes, step: call.node, idempotencyKey: call.idempotencyKey,
            decisionID: call.decision.bytes, decisionReceiptDigest: call.decisionReceipt?.bytes ?? [], enforcedIdentity: call.enforcedIdentity.bytes)
        let options = CallOptions(
            tenant: state.tenant, principal: state.principal.kind == .person ? state.principal.id : nil,
            timeout: .milliseconds(call.timeout.milliseconds) + Self.margin, idempotencyKey: call.idempotencyKey)
        let response: ConnectorsV1.ExecuteResponse
        do throws(RPCError) {
            response = try await client.execute(request, options: options)
        } catch {
            guard error.isRefusal else { throw error }
            let refusal = CallResult.failed(errorClass: error.reason.lowercased(), message: error.message, retryable: false, retryAfter: nil)
            return Execution(result: refusal, receipts: [], costMicros: 0)
        }
        return Execution(result: Self.result(response), receipts: Self.receipts(response), costMicros: response.cost?.micros ?? 0)
    }

    private static func result(_ response: ConnectorsV1.ExecuteResponse) -> CallResult {
        switch response.outcome {
        case .succeeded:
            let output = response.outputJSON.isEmpty ? JSONValue.object([:]) : (try? JSONValue(parsing: response.outputJSON)) ?? .null
            return .succeeded(output: output)
        case .failed:
            let pause = response.retryAfterMillis > 0 ? FlowDuration(milliseconds: Int64(response.retryAfterMillis)) : nil
            return .failed(errorClass: response.errorClass, message: response.errorMessage, retryable: response.retryable, retryAfter: pause)
        case .mayHaveRun, .unspecified, .unrecognized:
            return .mayHaveRun(message: response.errorMessage.isEmpty ? "the connector does not know whether it took place" : response.errorMessage)
        }
    }

    private static func receipts(_ response: ConnectorsV1.ExecuteResponse) -> [(id: ReceiptID, digest: SHA256Digest)] {
        zip(response.receiptIDs, response.receiptDigests).compactMap { id, digest in
            guard let id = ReceiptID(bytes: id), let digest = SHA256Digest(bytes: digest) else { return nil }
            return (id, digest)
        }
    }

    func catalogue() async throws(RPCError) -> OperationCatalogue {
        let response = try await client.listOperations(ConnectorsV1.ListOperationsRequest(), options: CallOptions(timeout: .seconds(3)))
        return OperationCatalogue(
            response.operations.map { operation in
                let schema = (try? JSONValue(parsing: operation.inputSchemaJSON))?.objectValue.map(FormSchema.init)
                return OperationCatalogue.Operation(
                    name: operation.name, title: operation.title, version: operation.connectorVersion, input: schema,
                    output: try? JSONValue(parsing: operation.outputSchemaJSON))
            })
    }
}

extension RPCError {
    /// The call was looked at and will not be taken, however often it is sent.
    var isRefusal: Bool {
        switch code {
        case .invalidArgument, .notFound, .failedPrecondition, .permissionDenied, .outOfRange, .unimplemented, .alreadyExists: true
        default: false
        }
    }
}
