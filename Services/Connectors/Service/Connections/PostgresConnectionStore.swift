internal import ConnectorsCore
internal import FoundationEssentials
internal import Identity
internal import Postgres
internal import Trust

/// Where a tenant's connectors lead and with which secrets. Values leave it opened only towards a call or a verification.
struct PostgresConnectionStore: Sendable {
    /// For how long a webhook may still be signed with the secret before the newest.
    static let overlapSeconds: Double = 86_400

    struct Connection: Sendable {
        var baseURL: String?
        var health: String
        var reason: String
        var secretsSet: Set<String>
    }

    let keyring: TenantKeyring

    func all(tenant: TenantID, in tx: PostgresTransaction) async throws -> [String: Connection] {
        let key: [PostgresValue] = [.uuid(tenant.rawValue)]
        let results = try await tx.pipeline([
            ("SELECT connector, base_url, health, reason FROM connection WHERE tenant_id = $1", key),
            ("SELECT connector, field FROM connection_secret WHERE tenant_id = $1", key),
        ])
        var connections: [String: Connection] = [:]
        for row in results[0] {
            connections[try row.text("connector")] = Connection(
                baseURL: try row.optionalText("base_url"), health: try row.text("health"), reason: try row.text("reason"), secretsSet: [])
        }
        for row in results[1] { connections[try row.text("connector")]?.secretsSet.insert(try row.text("field")) }
        return connections
    }

    func connection(_ connector: String, tenant: TenantID, in tx: PostgresTransaction) async throws -> Connection? {
        try await all(tenant: tenant, in: tx)[connector]
    }

    /// - Parameter baseURL: Nil keeps what is there.
    func put(
        _ connector: String, baseURL: String?, secrets: [String: Secret], by principal: String, at time: Date, tenant: TenantID,
        in tx: PostgresTransaction
    ) async throws {
        try await tx.execute(
            """
            INSERT INTO connection (tenant_id, connector, base_url, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (tenant_id, connector) DO UPDATE SET base_url = coalesce(EXCLUDED.base_url, connection.base_url), health = 'connected',
                reason = '', changed_by = EXCLUDED.changed_by, changed_at = EXCLUDED.changed_at
            """, [.uuid(tenant.rawValue), .text(connector), .optional(baseURL), .text(principal), .timestamp(time)])
        guard !secrets.isEmpty else { return }
        let key = try await keyring.current(tenant: tenant, in: tx)
        for (field, value) in secrets.sorted(by: { $0.key < $1.key }) {
            let sealed = try key.seal(value, at: SecretPlace(tenant: tenant, connector: connector, field: field))
            try await tx.execute(
                """
                INSERT INTO connection_secret (tenant_id, connector, field, sealed, key_version, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (tenant_id, connector, field) DO UPDATE SET sealed = EXCLUDED.sealed, key_version = EXCLUDED.key_version,
                    previous_sealed = connection_secret.sealed, previous_key_version = connection_secret.key_version, previous_until = $7,
                    changed_at = EXCLUDED.changed_at
                """,
                [
                    .uuid(tenant.rawValue), .text(connector), .text(field), .bytes(sealed), .int(key.version), .timestamp(time),
                    .timestamp(time.addingTimeInterval(Self.overlapSeconds)),
                ])
        }
    }

    /// Notes whether the vendor still takes what is stored.
    func note(health: String, reason: String, of connector: String, tenant: TenantID, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            "UPDATE connection SET health = $3, reason = $4 WHERE tenant_id = $1 AND connector = $2 AND (health, reason) IS DISTINCT FROM ($3, $4)",
            [.uuid(tenant.rawValue), .text(connector), .text(health), .text(reason)])
    }

    /// The opened secrets of a connector, by field.
    func secrets(of connector: String, tenant: TenantID, in tx: PostgresTransaction) async throws -> [String: Secret] {
        let rows = try await tx.query(
            "SELECT field, sealed, key_version FROM connection_secret WHERE tenant_id = $1 AND connector = $2",
            [.uuid(tenant.rawValue), .text(connector)])
        var secrets: [String: Secret] = [:]
        for row in rows {
            let field = try row.text("field")
            let key = try await keyring.key(version: try row.int("key_version"), tenant: tenant, in: tx)
            secrets[field] = try key.open(try row.bytes("sealed"), at: SecretPlace(tenant: tenant, connector: connector, field: field))
        }
        return secrets
    }

    /// What a webhook may be signed with: the newest value, and the one before while both count.
    func signingSecrets(of connector: String, field: String, at time: Date, tenant: TenantID, in tx: PostgresTransaction) async throws -> [Secret] {
        let rows = try await tx.query(
            """
            SELECT sealed, key_version, previous_sealed, previous_key_version, previous_until FROM connection_secret
            WHERE tenant_id = $1 AND connector = $2 AND field = $3
            """, [.uuid(tenant.rawValue), .text(connector), .text(field)])
        guard let row = rows.first else { return [] }
        let place = SecretPlace(tenant: tenant, connector: connector, field: field)
        var secrets = [try await keyring.key(version: try row.int("key_version"), tenant: tenant, in: tx).open(try row.bytes("sealed"), at: place)]
        if let sealed = try row.optionalBytes("previous_sealed"), let version = try row.optionalInt("previous_key_version"),
            let until = try row.optionalTimestamp("previous_until"), until > time
        {
            secrets.append(try await keyring.key(version: version, tenant: tenant, in: tx).open(sealed, at: place))
        }
        return secrets
    }
}
