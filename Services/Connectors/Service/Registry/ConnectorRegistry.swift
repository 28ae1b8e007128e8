package import ConnectorsCore

/// The connectors that this process runs, by what they can do.
package struct ConnectorRegistry: Sendable {
    package struct Entry: Sendable {
        let manifest: ConnectorManifest
        let operation: OperationManifest
    }

    let manifests: [ConnectorManifest]
    private let byOperation: [String: Entry]
    /// `host:port` of stand-ins for vendors, on the operator's word.
    private let development: Set<String>

    package init(_ manifests: [ConnectorManifest], development: Set<String>) {
        self.manifests = manifests.sorted { $0.name < $1.name }
        self.development = development
        var entries: [String: Entry] = [:]
        for manifest in manifests {
            for operation in manifest.operations { entries[operation.name] = Entry(manifest: manifest, operation: operation) }
        }
        byOperation = entries
    }

    func operation(_ name: String) -> Entry? { byOperation[name] }
    func connector(_ name: String) -> ConnectorManifest? { manifests.first { $0.name == name } }

    func egress(of manifest: ConnectorManifest) -> EgressPolicy { EgressPolicy(rules: manifest.http?.egress ?? [], development: development) }
}
