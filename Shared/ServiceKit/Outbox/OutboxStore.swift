internal import FoundationEssentials
internal import Identity
internal import Postgres

/// The outbox table as the relay sees it: under the system role, all tenants.
struct OutboxStore: Sendable {
    struct Backlog: Sendable, Equatable {
        var pending: Int64
        var parked: Int64
        var oldestSeconds: Double
    }

    private let pool: PostgresPool
    /// The name of this instance of the service, under which it claims.
    private let instance: String

    init(pool: PostgresPool, instance: String) {
        self.pool = pool
        self.instance = instance
    }

    /// Takes the heads of lines that are due, by moving their next attempt into the future: another relay leaves them alone, and they
    /// come back by themselves if this one dies.
    private static let claim = """
        UPDATE outbox AS o SET next_attempt_at = now() + $1::double precision * interval '1 second', claimed_by = $3
        FROM (
            SELECT h.tenant_id, h.id FROM outbox AS h
            WHERE h.parked_at IS NULL AND h.next_attempt_at <= now() AND NOT EXISTS (
                SELECT 1 FROM outbox AS p
                WHERE p.tenant_id = h.tenant_id AND p.destination = h.destination AND p.parked_at IS NULL AND p.position < h.position)
            ORDER BY h.next_attempt_at
            LIMIT $2
            FOR UPDATE SKIP LOCKED
        ) AS due
        WHERE o.tenant_id = due.tenant_id AND o.id = due.id
        RETURNING o.tenant_id, o.destination
        """

    private static let read = """
        SELECT o.tenant_id, o.id, o.destination, o.method, o.payload, o.principal, o.traceparent, o.attempts
        FROM outbox AS o WHERE o.tenant_id = $1 AND o.destination = $2 AND o.parked_at IS NULL
        ORDER BY o.position LIMIT $3
        """

    func claimLines(lease: Duration, lines: Int, messagesPerLine: Int) async throws -> [OutboxLine] {
        try await pool.withTransaction { tx in
            let heads = try await tx.query(Self.claim, [.double(lease / .seconds(1)), .int(Int64(lines)), .text(instance)])
            let reads = try heads.map { head -> (String, [PostgresValue]) in
                (Self.read, [.uuid(try head.uuid("tenant_id")), .text(try head.text("destination")), .int(Int64(messagesPerLine))])
            }
            return try await tx.pipeline(reads).map { OutboxLine(messages: try $0.map(OutboxMessage.init)) }
        }
    }

    /// Takes back what this instance had claimed when it died: nobody else would until the lease ends. Called once, before the first claim.
    func reclaim() async throws {
        try await pool.batch(
            tenant: nil,
            [Statement("UPDATE outbox SET next_attempt_at = now() WHERE claimed_by = $1 AND parked_at IS NULL", [.text(instance)])])
    }

    func delivered(_ messages: [OutboxMessage]) async throws {
        try await remove(tenants: messages.map(\.tenant), ids: messages.map(\.id))
    }

    func delivered(tenant: TenantID, ids: [UUID]) async throws { try await remove(tenants: ids.map { _ in tenant }, ids: ids) }

    private func remove(tenants: [TenantID], ids: [UUID]) async throws {
        guard !ids.isEmpty else { return }
        try await pool.batch(
            tenant: nil,
            [
                Statement(
                    "DELETE FROM outbox AS o USING unnest($1::uuid[], $2::uuid[]) AS d(tenant_id, id) WHERE o.tenant_id = d.tenant_id AND o.id = d.id",
                    [.uuidArray(tenants.map(\.rawValue)), .uuidArray(ids)])
            ])
    }

    func failed(_ message: OutboxMessage, _ verdict: RelayVerdict, error: String) async throws {
        let change: Statement =
            switch verdict {
            case .retry(let pause):
                Statement(
                    """
                    UPDATE outbox SET attempts = attempts + 1, last_error = $3, next_attempt_at = now() + $4::double precision * interval '1 second'
                    WHERE tenant_id = $1 AND id = $2
                    """, [.uuid(message.tenant.rawValue), .uuid(message.id), .text(error), .double(pause / .seconds(1))])
            case .park:
                Statement(
                    "UPDATE outbox SET attempts = attempts + 1, last_error = $3, parked_at = now() WHERE tenant_id = $1 AND id = $2",
                    [.uuid(message.tenant.rawValue), .uuid(message.id), .text(error)])
            }
        try await pool.batch(tenant: nil, [change])
    }

    /// Gives a line back that was not worked through, so that it need not wait for its lease to end.
    func release(_ message: OutboxMessage) async throws {
        try await pool.batch(
            tenant: nil,
            [
                Statement(
                    "UPDATE outbox SET next_attempt_at = now() WHERE tenant_id = $1 AND id = $2",
                    [.uuid(message.tenant.rawValue), .uuid(message.id)])
            ])
    }

    func backlog() async throws -> Backlog {
        let row = try await pool.batch(
            tenant: nil,
            [
                Statement(
                    """
                    SELECT count(*) FILTER (WHERE parked_at IS NULL) AS pending, count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked,
                           coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE parked_at IS NULL)), 0)::double precision AS oldest
                    FROM outbox
                    """)
            ])[0][0]
        return Backlog(pending: try row.int("pending"), parked: try row.int("parked"), oldestSeconds: try row.double("oldest"))
    }
}
