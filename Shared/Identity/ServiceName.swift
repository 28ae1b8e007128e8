/// The parties of the mesh. The raw value is the last component of a certificate's `spiffe://<domain>/<service>`.
public enum ServiceName: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    case gateway
    case flowEngine = "flow-engine"
    case policy
    case ledger
    case connectors
    case finops
    case copilot
    /// The operator's command, for migrations and inspection; it owns no data.
    case cli

    public var description: String { rawValue }

    /// As it stands in database and role names, where a hyphen would need quotes.
    public var databaseName: String { rawValue.split(separator: "-").joined(separator: "_") }
}
