internal import FoundationEssentials
internal import Identity
internal import Postgres
internal import Trust

/// Bundles of a tenant, and the pointer to the one in force.
struct PostgresBundleStore: Sendable {
    struct Bundle: Sendable {
        var digest: SHA256Digest
        var name: String
        var policies: String
        var entities: [UInt8]
        var author: String
        var created: Date
    }

    static let activeDigest = "SELECT digest FROM active_bundle WHERE tenant_id = $1"

    /// The same content again changes nothing.
    func put(_ bundle: Bundle, tenant: TenantID, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO bundle (tenant_id, digest, name, policies, entities, author, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (tenant_id, digest) DO NOTHING
            """,
            [
                .uuid(tenant.rawValue), .bytes(bundle.digest.bytes), .text(bundle.name), .bytes(Array(bundle.policies.utf8)), .bytes(bundle.entities),
                .text(bundle.author), .timestamp(bundle.created),
            ])
    }

    /// Whether the pointer moved.
    func activate(_ digest: SHA256Digest, by principal: String, at time: Date, tenant: TenantID, in transaction: PostgresTransaction) async throws
        -> Bool
    {
        let changed = try await transaction.execute(
            """
            INSERT INTO active_bundle AS a (tenant_id, digest, activated_by, activated_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (tenant_id) DO UPDATE SET digest = EXCLUDED.digest, activated_by = EXCLUDED.activated_by, activated_at = EXCLUDED.activated_at
            WHERE a.digest <> EXCLUDED.digest
            """, [.uuid(tenant.rawValue), .bytes(digest.bytes), .text(principal), .timestamp(time)])
        return changed > 0
    }

    func active(tenant: TenantID, in transaction: PostgresTransaction) async throws -> Bundle? {
        let rows = try await transaction.query(
            """
            SELECT b.digest, b.name, b.policies, b.entities, b.author, b.created_at FROM active_bundle a
            JOIN bundle b ON b.tenant_id = a.tenant_id AND b.digest = a.digest WHERE a.tenant_id = $1
            """, [.uuid(tenant.rawValue)])
        return try rows.first.map(bundle)
    }

    func bundle(_ digest: SHA256Digest, tenant: TenantID, in transaction: PostgresTransaction) async throws -> Bundle? {
        let rows = try await transaction.query(
            "SELECT digest, name, policies, entities, author, created_at FROM bundle WHERE tenant_id = $1 AND digest = $2",
            [.uuid(tenant.rawValue), .bytes(digest.bytes)])
        return try rows.first.map(bundle)
    }

    private func bundle(_ row: PostgresRow) throws -> Bundle {
        guard let digest = SHA256Digest(bytes: try row.bytes("digest")) else {
            throw PostgresError.unreadableColumn("digest", reason: "is no SHA-256")
        }
        return Bundle(
            digest: digest, name: try row.text("name"), policies: String(decoding: try row.bytes("policies"), as: UTF8.self),
            entities: try row.bytes("entities"), author: try row.text("author"), created: try row.timestamp("created_at"))
    }
}
