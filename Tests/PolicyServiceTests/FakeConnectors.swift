import JSON
import NIOCore
import RPC
import Synchronization
import Wire
import WireRuntime

/// What connectors offer; nothing at all while they are down.
final class FakeConnectors: RPCChannel {
    private let offered = Mutex<[ConnectorsV1.Operation]?>([])

    func offer(_ operations: [(name: String, schema: JSONValue)]) {
        offered.withLock { offered in
            offered = operations.map {
                ConnectorsV1.Operation(
                    name: $0.name, connector: $0.name.split(separator: ".").first.map(String.init) ?? "", connectorVersion: "1",
                    inputSchemaJSON: $0.schema.encoded())
            }
        }
    }

    func goDown() { offered.withLock { $0 = nil } }

    func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer {
        guard let operations = offered.withLock({ $0 }), method.name == ConnectorsV1.Methods.listOperations.name else {
            throw RPCError(.unavailable, reason: "NO_CONNECTION", message: "connectors are down")
        }
        return ByteBuffer(bytes: ConnectorsV1.ListOperationsResponse(operations: operations).encodedBytes())
    }
}
