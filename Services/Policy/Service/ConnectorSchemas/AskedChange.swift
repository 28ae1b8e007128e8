internal import JSON
internal import PolicyCore
internal import RPC
internal import Wire

/// What one connector would offer, held against its limits.
struct AskedChange: Sendable {
    private enum Limit {
        static let nameBytes = 256
        static let operations = 1_000
        static let schemaBytes = 256 << 10
    }

    let connector: String
    let operations: [ConnectorOperation]

    init(_ request: PolicyGovernanceV1.CheckConnectorChangeRequest) throws(RPCError) {
        connector = try Self.name(request.connector, "connector")
        guard request.operations.count <= Limit.operations else {
            throw .invalid("operations", "has more than \(Limit.operations) entries", fix: "send those of one connector")
        }
        var read: [ConnectorOperation] = []
        var names: Set<String> = []
        for (index, operation) in request.operations.enumerated() {
            let place = "operations[\(index)]"
            let name = try Self.name(operation.name, "\(place).name")
            guard name.hasPrefix(connector + ".") else {
                throw .invalid("\(place).name", "does not begin with \(connector).", fix: "send the operations of this connector")
            }
            guard names.insert(name).inserted else { throw .invalid("\(place).name", "occurs twice", fix: "send each operation once") }
            guard operation.inputSchemaJSON.count <= Limit.schemaBytes,
                let schema = try? JSONValue(parsing: operation.inputSchemaJSON, limits: JSONLimits(size: Limit.schemaBytes, depth: 64))
            else {
                throw .invalid(
                    "\(place).input_schema_json", "is no JSON of at most \(Limit.schemaBytes) bytes and 64 levels", fix: "send a JSON Schema")
            }
            read.append(ConnectorOperation(name: name, connector: connector, version: request.version, inputSchema: schema))
        }
        operations = read
    }

    /// The whole catalogue with this connector as it would be.
    func applied(to catalogue: [ConnectorOperation]) -> [ConnectorOperation] {
        catalogue.filter { $0.connector != connector } + operations
    }

    private static func name(_ text: String, _ field: String) throws(RPCError) -> String {
        guard (1...Limit.nameBytes).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .invalid(field, "is empty, longer than \(Limit.nameBytes) bytes or not of printable ASCII", fix: "send its name")
        }
        return text
    }
}
