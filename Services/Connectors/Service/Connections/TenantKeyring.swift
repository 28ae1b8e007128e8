internal import ConnectorsCore
internal import Identity
internal import Postgres
internal import Trust

/// The tenants' keys, wrapped in the database by a key that is not.
struct TenantKeyring: Sendable {
    struct Unusable: Error, CustomStringConvertible {
        let description: String
    }

    private let wrappingKey: KeyEncryptionKey

    init(wrappingKey: KeyEncryptionKey) { self.wrappingKey = wrappingKey }

    func key(version: Int64, tenant: TenantID, in tx: PostgresTransaction) async throws -> TenantKey {
        let rows = try await tx.query(
            "SELECT version, wrapped, kek_id FROM tenant_key WHERE tenant_id = $1 AND version = $2", [.uuid(tenant.rawValue), .int(version)])
        guard let row = rows.first else { throw Unusable(description: "tenant \(tenant) has no key \(version)") }
        return try unwrap(row, tenant)
    }

    /// The newest key; made when a tenant first needs one.
    func current(tenant: TenantID, in tx: PostgresTransaction) async throws -> TenantKey {
        if let row = try await newest(tenant, tx) { return try unwrap(row, tenant) }
        let fresh = TenantKey(tenant: tenant, version: 1, key: Secret(SecureRandom.bytes(AES256GCM.keyByteCount)))
        try await tx.execute(
            "INSERT INTO tenant_key (tenant_id, version, wrapped, kek_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            [.uuid(tenant.rawValue), .int(fresh.version), .bytes(try fresh.wrapped(by: wrappingKey)), .text(wrappingKey.id)])
        // Another process may have been first: its key counts.
        guard let row = try await newest(tenant, tx) else { throw Unusable(description: "tenant \(tenant)'s key was not stored") }
        return try unwrap(row, tenant)
    }

    private func newest(_ tenant: TenantID, _ tx: PostgresTransaction) async throws -> PostgresRow? {
        try await tx.query(
            "SELECT version, wrapped, kek_id FROM tenant_key WHERE tenant_id = $1 ORDER BY version DESC LIMIT 1", [.uuid(tenant.rawValue)]
        ).first
    }

    private func unwrap(_ row: PostgresRow, _ tenant: TenantID) throws -> TenantKey {
        let owner = try row.text("kek_id")
        guard owner == wrappingKey.id else {
            throw Unusable(description: "tenant \(tenant)'s key is wrapped by \(owner), this process holds \(wrappingKey.id)")
        }
        return try TenantKey(unwrapping: try row.bytes("wrapped"), tenant: tenant, version: try row.int("version"), by: wrappingKey)
    }
}
