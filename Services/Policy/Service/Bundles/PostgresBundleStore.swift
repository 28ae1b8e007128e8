internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import Postgres
internal import Trust

/// Bundles of a tenant, and the pointers to the one in force and the one in its shadow.
struct PostgresBundleStore: Sendable {
    static let activeDigest = "SELECT digest, shadow_digest FROM active_bundle WHERE tenant_id = $1"

    private static let columns = """
        b.digest, b.name, b.policies, b.entities, b.schema, b.tests, b.expires_at, b.blueprint_digest, b.addition, b.author, b.created_at, b.envelope
        """

    /// The same content again changes nothing.
    func put(_ bundle: StoredBundle, tenant: TenantID, in tx: PostgresTransaction) async throws {
        let content = bundle.content
        try await tx.execute(
            """
            INSERT INTO bundle (tenant_id, digest, name, policies, entities, schema, tests, expires_at, blueprint_digest, addition, author,
                created_at,
                envelope)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (tenant_id, digest) DO NOTHING
            """,
            [
                .uuid(tenant.rawValue), .bytes(bundle.digest.bytes), .text(bundle.name), .bytes(Array(content.policies.utf8)),
                .bytes(content.entities.encoded()), .bytes(Array(content.schema.utf8)), .bytes(content.tests.encoded()), .optional(content.expires),
                .optional(content.blueprint?.bytes), .optional(bundle.addition?.additionJSON.encoded()), .text(bundle.author),
                .timestamp(bundle.created), .bytes(bundle.envelope),
            ])
    }

    func exists(_ digest: SHA256Digest, tenant: TenantID, in tx: PostgresTransaction) async throws -> Bool {
        try await !tx.query("SELECT 1 FROM bundle WHERE tenant_id = $1 AND digest = $2", [.uuid(tenant.rawValue), .bytes(digest.bytes)]).isEmpty
    }

    /// Whether the pointer moved.
    func activate(_ digest: SHA256Digest, by principal: String, at time: Date, tenant: TenantID, in tx: PostgresTransaction) async throws -> Bool {
        let changed = try await tx.execute(
            """
            INSERT INTO active_bundle AS a (tenant_id, digest, activated_by, activated_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (tenant_id) DO UPDATE SET digest = EXCLUDED.digest, activated_by = EXCLUDED.activated_by, activated_at = EXCLUDED.activated_at
            WHERE a.digest <> EXCLUDED.digest
            """, [.uuid(tenant.rawValue), .bytes(digest.bytes), .text(principal), .timestamp(time)])
        return changed > 0
    }

    /// Whether there is a bundle in force, whose shadow it becomes.
    func setShadow(_ digest: SHA256Digest?, tenant: TenantID, in tx: PostgresTransaction) async throws -> Bool {
        try await tx.execute(
            "UPDATE active_bundle SET shadow_digest = $2 WHERE tenant_id = $1", [.uuid(tenant.rawValue), .optional(digest?.bytes)]) > 0
    }

    struct Pointers: Sendable {
        var active: SHA256Digest?
        var shadow: SHA256Digest?

        init(_ row: PostgresRow?) throws {
            active = try row.flatMap { SHA256Digest(bytes: try $0.bytes("digest")) }
            shadow = try row.flatMap { try $0.optionalBytes("shadow_digest") }.flatMap { SHA256Digest(bytes: $0) }
        }
    }

    func pointers(tenant: TenantID, in tx: PostgresTransaction) async throws -> Pointers {
        try Pointers(try await tx.query(Self.activeDigest, [.uuid(tenant.rawValue)]).first)
    }

    func active(tenant: TenantID, in tx: PostgresTransaction) async throws -> StoredBundle? {
        guard let digest = try await pointers(tenant: tenant, in: tx).active else { return nil }
        return try await bundle(digest, tenant: tenant, in: tx)
    }

    func bundle(_ digest: SHA256Digest, tenant: TenantID, in tx: PostgresTransaction) async throws -> StoredBundle? {
        let rows = try await tx.query(
            "SELECT \(Self.columns) FROM bundle b WHERE b.tenant_id = $1 AND b.digest = $2", [.uuid(tenant.rawValue), .bytes(digest.bytes)])
        return try rows.first.map(bundle)
    }

    /// The newest first.
    func page(before: Date?, limit: Int, tenant: TenantID, in tx: PostgresTransaction) async throws -> [StoredBundle] {
        let rows = try await tx.query(
            """
            SELECT \(Self.columns) FROM bundle b WHERE b.tenant_id = $1 AND ($2::timestamptz IS NULL OR b.created_at < $2)
            ORDER BY b.created_at DESC LIMIT $3
            """, [.uuid(tenant.rawValue), .optional(before), .int(Int64(limit))])
        return try rows.map(bundle)
    }

    private func bundle(_ row: PostgresRow) throws -> StoredBundle {
        guard let digest = SHA256Digest(bytes: try row.bytes("digest")) else {
            throw PostgresError.unreadableColumn("digest", reason: "is no SHA-256")
        }
        let entities = try row.bytes("entities")
        let content = BundleContent(
            policies: String(decoding: try row.bytes("policies"), as: UTF8.self), entities: entities.isEmpty ? [] : try JSONValue(parsing: entities),
            schema: String(decoding: try row.bytes("schema"), as: UTF8.self), tests: try JSONValue(parsing: row.bytes("tests")),
            expires: try row.optionalTimestamp("expires_at"), blueprint: try row.optionalBytes("blueprint_digest").flatMap { SHA256Digest(bytes: $0) }
        )
        return StoredBundle(
            digest: digest, name: try row.text("name"), content: content,
            addition: try row.optionalBytes("addition").map { BundleContent(additionJSON: try JSONValue(parsing: $0)) },
            author: try row.text("author"),
            created: try row.timestamp("created_at"), envelope: try row.bytes("envelope"))
    }
}
