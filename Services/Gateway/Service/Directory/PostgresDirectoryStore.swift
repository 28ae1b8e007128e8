internal import FoundationEssentials
internal import Identity
internal import Postgres

/// Tenants and their members. Read before a tenant is known, so through the system role.
struct PostgresDirectoryStore: DirectoryStore {
    let system: PostgresPool

    func tenant(slug: String) async throws -> Tenant? {
        try await system.withTransaction { transaction in
            let rows = try await transaction.query(
                "SELECT tenant_id, slug, name AS tenant_name, kind, parent_id FROM tenant WHERE slug = $1", [.text(slug)])
            return try rows.first.map(Self.tenant)
        }
    }

    func memberships(of email: String) async throws -> [Membership] { try await memberships("m.email = $1", [.text(email)]) }
    func members(of tenant: TenantID) async throws -> [Membership] { try await memberships("m.tenant_id = $1", [.uuid(tenant.rawValue)]) }
    func everyMembership() async throws -> [Membership] { try await memberships("true", []) }

    private func memberships(_ condition: String, _ parameters: [PostgresValue]) async throws -> [Membership] {
        try await system.withTransaction { transaction in
            let rows = try await transaction.query(
                """
                SELECT \(Self.columns)
                FROM membership m JOIN tenant t ON t.tenant_id = m.tenant_id WHERE \(condition) ORDER BY m.email, t.slug
                """, parameters)
            return try rows.map(Self.membership)
        }
    }

    /// Of membership m and its tenant t.
    static let columns =
        "t.tenant_id, t.slug, t.name AS tenant_name, t.kind, t.parent_id, m.email, m.name, m.roles, m.origin_tenant_id"

    static func membership(_ row: PostgresRow) throws -> Membership {
        Membership(
            tenant: try tenant(row), email: try row.text("email"), name: try row.text("name"), roles: try row.textArray("roles"),
            origin: try row.optionalUUID("origin_tenant_id").map(TenantID.init(rawValue:)))
    }

    private static func tenant(_ row: PostgresRow) throws -> Tenant {
        Tenant(
            id: TenantID(rawValue: try row.uuid("tenant_id")), slug: try row.text("slug"), name: try row.text("tenant_name"),
            kind: try row.text("kind"), parent: try row.optionalUUID("parent_id").map(TenantID.init(rawValue:)))
    }

    /// Puts tenants and members there, or brings them up to date.
    func seed(_ tenants: [Tenant], _ memberships: [Membership]) async throws {
        try await system.withTransaction { transaction in
            for tenant in tenants {
                try await transaction.execute(
                    """
                    INSERT INTO tenant (tenant_id, slug, name, kind, parent_id) VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT (tenant_id) DO UPDATE SET slug = EXCLUDED.slug, name = EXCLUDED.name, kind = EXCLUDED.kind, parent_id = EXCLUDED.parent_id
                    """,
                    [
                        .uuid(tenant.id.rawValue), .text(tenant.slug), .text(tenant.name), .text(tenant.kind),
                        .optional(tenant.parent?.rawValue),
                    ])
            }
            for member in memberships {
                try await transaction.execute(
                    """
                    INSERT INTO membership (tenant_id, email, name, roles, origin_tenant_id) VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT (tenant_id, email) DO UPDATE SET name = EXCLUDED.name, roles = EXCLUDED.roles, origin_tenant_id = EXCLUDED.origin_tenant_id
                    """,
                    [
                        .uuid(member.tenant.id.rawValue), .text(member.email), .text(member.name), .textArray(member.roles),
                        .optional(member.origin?.rawValue),
                    ])
            }
        }
    }
}
