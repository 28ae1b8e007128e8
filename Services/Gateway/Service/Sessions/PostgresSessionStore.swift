internal import FoundationEssentials
internal import GatewayCore
internal import Identity
internal import Postgres
internal import ServiceKit
internal import Trust

/// Sessions by the digest of their token. A request names no tenant before its session is known: read through the system role.
struct PostgresSessionStore: SessionStore {
    let system: PostgresPool
    let directory: any DirectoryStore
    let clock: any WallClock

    func begin(email: String, slug: String) async throws -> Session? {
        let all = try await directory.memberships(of: email)
        guard let membership = all.first(where: { $0.tenant.slug == slug }) else { return nil }
        let token = SessionToken(random: SecureRandom.bytes(SessionToken.byteCount))
        let now = clock.now
        let expires = now.addingTimeInterval(Double(Session.lifetimeSeconds))
        try await system.withTransaction { transaction in
            _ = try await transaction.execute(
                "INSERT INTO session (tenant_id, session_digest, email, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
                [.uuid(membership.tenant.id.rawValue), .bytes(token.digest.bytes), .text(email), .timestamp(now), .timestamp(expires)])
        }
        return Session(token: token, membership: membership, all: all, expires: expires)
    }

    func session(_ token: SessionToken) async throws -> Session? {
        let rows = try await system.withTransaction { transaction in
            try await transaction.query(
                """
                SELECT s.tenant_id AS session_tenant_id, s.expires_at, \(PostgresDirectoryStore.columns)
                FROM session s JOIN membership m ON m.email = s.email JOIN tenant t ON t.tenant_id = m.tenant_id
                WHERE s.session_digest = $1 AND s.expires_at > $2 ORDER BY t.slug
                """, [.bytes(token.digest.bytes), .timestamp(clock.now)])
        }
        guard let first = rows.first else { return nil }
        let tenant = TenantID(rawValue: try first.uuid("session_tenant_id"))
        let all = try rows.map(PostgresDirectoryStore.membership)
        guard let membership = all.first(where: { $0.tenant.id == tenant }) else { return nil }
        return Session(token: token, membership: membership, all: all, expires: try first.timestamp("expires_at"))
    }

    func end(_ token: SessionToken) async throws {
        try await system.withTransaction { transaction in
            _ = try await transaction.execute("DELETE FROM session WHERE session_digest = $1", [.bytes(token.digest.bytes)])
        }
    }
}
