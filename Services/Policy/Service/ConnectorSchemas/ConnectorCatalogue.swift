internal import JSON
internal import PolicyCore
internal import RPC
internal import Wire

/// Asks the connectors service what flows can call now.
///
/// Nothing is remembered: a schema that is published on would be one of then. Where connectors do not answer there is no schema.
struct ConnectorCatalogue: Sendable {
    private static let timeout = Duration.seconds(3)

    private let client: ConnectorsV1.ConnectorsClient

    init(channel: any RPCChannel) { client = ConnectorsV1.ConnectorsClient(channel: channel) }

    func operations() async throws(RPCError) -> [ConnectorOperation] {
        let answer: ConnectorsV1.ListOperationsResponse
        do throws(RPCError) {
            answer = try await client.listOperations(ConnectorsV1.ListOperationsRequest(), options: CallOptions(timeout: Self.timeout))
        } catch {
            throw RPCError(
                .unavailable, reason: "CONNECTORS_UNAVAILABLE",
                message: "what connectors offer is not known: the connectors service does not answer (\(error.reason))", retryAfter: .seconds(1))
        }
        var operations: [ConnectorOperation] = []
        for operation in answer.operations {
            guard let schema = try? JSONValue(parsing: operation.inputSchemaJSON) else {
                throw RPCError(
                    .internal, reason: "CATALOGUE_UNREADABLE",
                    message: "the connectors service describes \(operation.name) by something that is no JSON")
            }
            operations.append(
                ConnectorOperation(
                    name: operation.name, connector: operation.connector, version: operation.connectorVersion, inputSchema: schema))
        }
        return operations
    }
}
