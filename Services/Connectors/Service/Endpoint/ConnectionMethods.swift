internal import ConnectorsCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
package import RPC
internal import Receipts
internal import ServiceKit
internal import Trust
package import Wire

extension ConnectorsEndpoint {
    private static let secretByteCount = 16 << 10

    package func listOperations(_ request: ConnectorsV1.ListOperationsRequest, context: CallContext) async throws
        -> ConnectorsV1.ListOperationsResponse
    {
        ConnectorsV1.ListOperationsResponse(
            operations: parts.registry.manifests.flatMap { manifest in manifest.operations.map { Self.wire($0, manifest) } }.sorted {
                $0.name < $1.name
            })
    }

    package func listConnections(_ request: ConnectorsV1.ListConnectionsRequest, context: CallContext) async throws
        -> ConnectorsV1.ListConnectionsResponse
    {
        let tenant = try context.requireTenant()
        let stored = try await parts.pool.withTenant(tenant) { try await parts.connections.all(tenant: tenant, in: $0) }
        return ConnectorsV1.ListConnectionsResponse(connections: parts.registry.manifests.map { wire($0, stored[$0.name]) })
    }

    package func putConnection(_ request: ConnectorsV1.PutConnectionRequest, context: CallContext) async throws -> ConnectorsV1.PutConnectionResponse
    {
        let tenant = try context.requireTenant()
        let principal = try context.requirePrincipal()
        guard context.roles.contains("admin") else {
            throw RPCError(
                .permissionDenied, reason: "ROLE_REQUIRED", message: "connections are changed by administrators", details: ["role": "admin"])
        }
        guard let manifest = parts.registry.connector(request.connector) else { throw Self.unknownConnector(request.connector) }
        let base = try checkedBase(request.baseURL, manifest)
        let secrets = try Self.checkedSecrets(request.secrets, manifest)
        let time = parts.clock.now
        // Of the request a digest is kept, and not one by which a secret could be guessed.
        var known = request
        known.secrets = request.secrets.mapValues { _ in "" }
        return try await parts.pool.withTenant(tenant) { [known] tx in
            try await context.once(ConnectorsV1.Methods.putConnection, known, in: tx) {
                try await parts.connections.put(
                    manifest.name, baseURL: base?.description, secrets: secrets, by: principal, at: time, tenant: tenant, in: tx)
                try await parts.receipts.record(
                    try Self.receipt(manifest, base, secrets.keys.sorted(), by: principal, tenant: tenant, at: time), in: tx)
                let stored = try await parts.connections.connection(manifest.name, tenant: tenant, in: tx)
                return ConnectorsV1.PutConnectionResponse(connection: wire(manifest, stored))
            }
        }
    }

    static func unknownConnector(_ name: String) -> RPCError {
        RPCError(.notFound, reason: "UNKNOWN_CONNECTOR", message: "there is no connector of this name", details: ["field": "connector"])
    }

    // MARK: Checks

    private func checkedBase(_ text: String, _ manifest: ConnectorManifest) throws(RPCError) -> VendorURL? {
        guard !text.isEmpty else { return nil }
        guard manifest.http != nil else { throw .invalid("base_url", "is given for a connector that has no address", fix: "leave it out") }
        let url: VendorURL
        do { url = try VendorURL(text) } catch { throw .invalid("base_url", error.description, fix: "send https://host with at most a plain path") }
        let egress = parts.registry.egress(of: manifest)
        do { try egress.check(base: url) } catch {
            throw .invalid("base_url", "is refused: \(error)", fix: "use https and one of \(egress.hosts.joined(separator: ", "))")
        }
        return url
    }

    private static func checkedSecrets(_ secrets: [String: String], _ manifest: ConnectorManifest) throws(RPCError) -> [String: Secret] {
        let known = manifest.secrets.map(\.name)
        for (field, value) in secrets {
            guard known.contains(field) else {
                throw .invalid("secrets/\(field)", "is not a secret of \(manifest.name)", fix: "there are \(known.joined(separator: ", "))")
            }
            guard (1...secretByteCount).contains(value.utf8.count) else {
                throw .invalid("secrets/\(field)", "is empty or longer than \(secretByteCount) bytes", fix: "send the secret's text")
            }
            // A header cannot hold them, and they are how a value that was cut and pasted goes wrong.
            guard value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw .invalid("secrets/\(field)", "holds a space, a line break or a character beyond ASCII", fix: "paste the value alone")
            }
        }
        return secrets.mapValues { Secret($0) }
    }

    private static func receipt(
        _ manifest: ConnectorManifest, _ base: VendorURL?, _ fields: [String], by principal: String, tenant: TenantID, at time: Date
    ) throws -> ReceiptDraft {
        let facts: JSONObject = [
            "connector": .string(manifest.name), "connector_version": .string(manifest.version), "secrets_set": .array(fields.map { .string($0) }),
        ]
        let personal: JSONObject = ["by": .string(principal), "base_url": base.map { .string($0.description) } ?? .null]
        return ReceiptDraft(
            kind: .connectorCall, tenant: tenant, phase: .single,
            subject: [
                ReceiptSubject("connection:\(manifest.name)", SHA256Digest(hashing: try JSONValue.object(facts.merging(personal)).canonical()))
            ],
            outcome: "connection-changed", facts: facts, personal: personal, time: time)
    }

    // MARK: Wire values

    private func wire(_ manifest: ConnectorManifest, _ stored: PostgresConnectionStore.Connection?) -> ConnectorsV1.Connection {
        let needed = manifest.secrets.map(\.name)
        let missing = needed.filter { stored?.secretsSet.contains($0) != true }
        let base = stored?.baseURL ?? manifest.http?.baseURL?.description ?? ""
        let (health, reason): (String, String) =
            if !missing.isEmpty {
                ("missing-secret", "not set: \(missing.joined(separator: ", "))")
            } else if base.isEmpty, manifest.http != nil {
                ("missing-secret", "the address of your site is not set")
            } else {
                (stored?.health ?? "connected", stored?.reason ?? "")
            }
        return ConnectorsV1.Connection(
            connector: manifest.name, title: manifest.title, version: manifest.version, health: health, reason: reason, baseURL: base,
            secretsSet: needed.filter { stored?.secretsSet.contains($0) == true }, secretsNeeded: needed,
            hosts: parts.registry.egress(of: manifest).hosts)
    }

    private static func wire(_ operation: OperationManifest, _ manifest: ConnectorManifest) -> ConnectorsV1.Operation {
        ConnectorsV1.Operation(
            name: operation.name, connector: manifest.name, connectorVersion: manifest.version, title: operation.title,
            inputSchemaJSON: JSONValue.object(operation.input.document).encoded(),
            outputSchemaJSON: JSONValue.object(operation.output.document).encoded(),
            idempotency: operation.idempotency.rawValue, cost: CallBudget.money(operation.costMicros))
    }
}
