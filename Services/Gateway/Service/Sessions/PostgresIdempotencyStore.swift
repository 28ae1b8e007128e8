internal import FoundationEssentials
internal import GatewayCore
internal import Identity
internal import Postgres
internal import ServiceKit
internal import Trust

/// Answers under tenant, person and key, for a day.
struct PostgresIdempotencyStore: IdempotencyStore {
    /// A request that has not answered for so long was lost with its process, and may be made again.
    private static let abandonedAfter = 60.0

    let pool: PostgresPool
    let clock: any WallClock

    func begin(key: String, request: SHA256Digest, session: Session) async throws -> StoredAnswer? {
        let now = clock.now
        return try await pool.withTenant(session.tenant) { transaction in
            let place: [PostgresValue] = [.uuid(session.tenant.rawValue), .text(session.principal), .text(key)]
            let rows = try await transaction.query(
                """
                INSERT INTO idempotency AS i (tenant_id, principal, key, request_digest, begun_at) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (tenant_id, principal, key) DO UPDATE SET begun_at = EXCLUDED.begun_at
                    WHERE i.status IS NULL AND i.request_digest = EXCLUDED.request_digest AND i.begun_at < $6
                RETURNING true AS mine
                """, place + [.bytes(request.bytes), .timestamp(now), .timestamp(now.addingTimeInterval(-Self.abandonedAfter))])
            guard rows.isEmpty else { return nil }
            let stored = try await transaction.query(
                "SELECT request_digest, status, body FROM idempotency WHERE tenant_id = $1 AND principal = $2 AND key = $3", place
            ).first
            guard let stored else { throw PostgresError.serialization }
            guard try stored.bytes("request_digest") == request.bytes else {
                throw Problem(
                    422, code: "IDEMPOTENCY_KEY_REUSED", title: "This Idempotency-Key was used for another request",
                    errors: [
                        FieldProblem(field: IdempotencyKey.header, message: "was used for another request", fix: "send a new key for a new intention")
                    ])
            }
            guard let status = try stored.optionalInt("status") else {
                throw Problem(
                    409, code: "IDEMPOTENCY_IN_PROGRESS", title: "The first request with this Idempotency-Key is still at work", retryAfterSeconds: 1)
            }
            return StoredAnswer(status: Int(status), body: try stored.optionalBytes("body") ?? [])
        }
    }

    func finish(key: String, _ answer: StoredAnswer, session: Session) async throws {
        try await pool.withTenant(session.tenant) { transaction in
            _ = try await transaction.execute(
                "UPDATE idempotency SET status = $4, body = $5 WHERE tenant_id = $1 AND principal = $2 AND key = $3",
                [
                    .uuid(session.tenant.rawValue), .text(session.principal), .text(key), .int(Int64(answer.status)), .bytes(answer.body),
                ])
        }
    }

    func abandon(key: String, session: Session) async throws {
        try await pool.withTenant(session.tenant) { transaction in
            _ = try await transaction.execute(
                "DELETE FROM idempotency WHERE tenant_id = $1 AND principal = $2 AND key = $3 AND status IS NULL",
                [.uuid(session.tenant.rawValue), .text(session.principal), .text(key)])
        }
    }
}
