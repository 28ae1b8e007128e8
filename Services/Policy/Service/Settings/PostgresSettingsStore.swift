internal import FoundationEssentials
internal import Identity
internal import Postgres
internal import Trust

struct PostgresSettingsStore: Sendable {
    func settings(tenant: TenantID, in tx: PostgresTransaction) async throws -> PolicySettings {
        let rows = try await tx.query(
            """
            SELECT two_person, tighten_automatically, replay_seconds, agency_id, blueprint_digest FROM policy_settings WHERE tenant_id = $1
            """, [.uuid(tenant.rawValue)])
        guard let row = rows.first else { return PolicySettings() }
        return PolicySettings(
            twoPerson: try row.bool("two_person"), tightensAutomatically: try row.bool("tighten_automatically"),
            replaySeconds: try row.int("replay_seconds"), agency: try row.optionalUUID("agency_id").map(TenantID.init(rawValue:)),
            blueprint: try row.optionalBytes("blueprint_digest").flatMap { SHA256Digest(bytes: $0) })
    }

    func put(_ settings: PolicySettings, tenant: TenantID, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            """
            INSERT INTO policy_settings (tenant_id, two_person, tighten_automatically, replay_seconds, agency_id, blueprint_digest)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (tenant_id) DO UPDATE SET two_person = EXCLUDED.two_person, tighten_automatically = EXCLUDED.tighten_automatically,
                replay_seconds = EXCLUDED.replay_seconds, agency_id = EXCLUDED.agency_id, blueprint_digest = EXCLUDED.blueprint_digest
            """,
            [
                .uuid(tenant.rawValue), .bool(settings.twoPerson), .bool(settings.tightensAutomatically), .int(settings.replaySeconds),
                .optional(settings.agency?.rawValue), .optional(settings.blueprint?.bytes),
            ])
    }

    // MARK: Clients of a blueprint

    func clients(tenant: TenantID, in tx: PostgresTransaction) async throws -> [TenantID] {
        try await tx.query("SELECT client_id FROM blueprint_client WHERE tenant_id = $1 ORDER BY client_id", [.uuid(tenant.rawValue)])
            .map { TenantID(rawValue: try $0.uuid("client_id")) }
    }

    func setClients(_ clients: [TenantID], tenant: TenantID, in tx: PostgresTransaction) async throws {
        let key: [PostgresValue] = [.uuid(tenant.rawValue), .uuidArray(clients.map(\.rawValue))]
        try await tx.pipeline([
            ("DELETE FROM blueprint_client WHERE tenant_id = $1 AND client_id <> ALL ($2)", key),
            ("INSERT INTO blueprint_client (tenant_id, client_id) SELECT $1, unnest($2) ON CONFLICT DO NOTHING", key),
        ])
    }

    /// Of all tenants, for the system role.
    func followers(in tx: PostgresTransaction) async throws -> [TenantID] {
        try await tx.query("SELECT tenant_id FROM policy_settings WHERE agency_id IS NOT NULL ORDER BY tenant_id")
            .map { TenantID(rawValue: try $0.uuid("tenant_id")) }
    }

    /// Of all tenants, for the system role.
    func tighteners(in tx: PostgresTransaction) async throws -> [TenantID] {
        try await tx.query("SELECT tenant_id FROM policy_settings WHERE tighten_automatically ORDER BY tenant_id")
            .map { TenantID(rawValue: try $0.uuid("tenant_id")) }
    }
}
