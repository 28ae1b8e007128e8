internal import FoundationEssentials
internal import GatewayCore
internal import Identity
internal import Postgres
internal import ServiceKit
internal import Trust

/// Sessions by the digest of their token; roles are read anew at each request, so that a removed member is out at once.
struct SessionStore: Sendable {
    static let lifetime = 12 * 3_600

    let system: PostgresPool
    let directory: DirectoryStore
    let clock: any WallClock

    /// Nil where the person is no member of the tenant.
    func begin(email: String, slug: String) async throws -> Session? {
        let all = try await directory.memberships(of: email)
        guard let membership = all.first(where: { $0.tenant.slug == slug }) else { return nil }
        let token = SessionToken(random: SecureRandom.bytes(SessionToken.byteCount))
        let now = clock.now
        let expires = now.addingTimeInterval(Double(Self.lifetime))
        try await system.withTransaction { transaction in
            try await transaction.execute("DELETE FROM session WHERE expires_at < $1", [.timestamp(now)])
            try await transaction.execute(
                "INSERT INTO session (tenant_id, session_digest, email, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
                [.uuid(membership.tenant.id.rawValue), .bytes(token.digest.bytes), .text(email), .timestamp(now), .timestamp(expires)])
        }
        return Session(token: token, membership: membership, all: all, expires: expires)
    }

    func session(_ token: SessionToken) async throws -> Session? {
        let row = try await system.withTransaction { transaction in
            try await transaction.query(
                "SELECT tenant_id, email, expires_at FROM session WHERE session_digest = $1 AND expires_at > $2",
                [.bytes(token.digest.bytes), .timestamp(clock.now)]
            ).first
        }
        guard let row else { return nil }
        let tenant = TenantID(rawValue: try row.uuid("tenant_id"))
        let all = try await directory.memberships(of: try row.text("email"))
        guard let membership = all.first(where: { $0.tenant.id == tenant }) else { return nil }
        return Session(token: token, membership: membership, all: all, expires: try row.timestamp("expires_at"))
    }

    func end(_ token: SessionToken) async throws {
        try await system.withTransaction { transaction in
            _ = try await transaction.execute("DELETE FROM session WHERE session_digest = $1", [.bytes(token.digest.bytes)])
        }
    }
}
