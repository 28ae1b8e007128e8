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

    /// How much one claim takes.
    struct Page: Sendable, Equatable {
        var lanes: Int
        var messagesPerLane: Int
        /// Of payload; a lane's first message is taken whatever its size.
        var bytesPerLane: Int
    }

    private let pool: PostgresPool
    /// The name of this instance of the service, under which it claims.
    private let instance: String

    init(pool: PostgresPool, instance: String) {
        self.pool = pool
        self.instance = instance
    }

    /// Walks from lane to lane along their index, so that neither a deep lane nor many of them cost more than is taken; leases the head of each
    /// that is due by moving its next attempt into the future, so that another relay leaves the lane alone and it comes back by itself
    /// if this one dies; and reads what follows each head. All of it is one statement.
    private static let claim = """
        WITH RECURSIVE lane AS (
            (SELECT tenant_id, destination, id, next_attempt_at FROM outbox
             WHERE parked_at IS NULL AND (tenant_id, destination) > ($4::uuid, $5::text)
             ORDER BY tenant_id, destination, position LIMIT 1)
            UNION ALL
            SELECT n.tenant_id, n.destination, n.id, n.next_attempt_at FROM lane AS l CROSS JOIN LATERAL (
                SELECT o.tenant_id, o.destination, o.id, o.next_attempt_at FROM outbox AS o
                WHERE o.parked_at IS NULL AND (o.tenant_id, o.destination) > (l.tenant_id, l.destination)
                ORDER BY o.tenant_id, o.destination, o.position LIMIT 1) AS n
        ), due AS (
            SELECT h.tenant_id, h.id FROM lane AS l CROSS JOIN LATERAL (
                SELECT o.tenant_id, o.id FROM outbox AS o
                WHERE o.tenant_id = l.tenant_id AND o.id = l.id AND o.parked_at IS NULL AND o.next_attempt_at <= now()
                FOR UPDATE SKIP LOCKED) AS h
            WHERE l.next_attempt_at <= now() LIMIT $2::bigint
        ), claimed AS (
            UPDATE outbox AS o SET next_attempt_at = now() + $1::double precision * interval '1 second', claimed_by = $3::text
            FROM due AS d WHERE o.tenant_id = d.tenant_id AND o.id = d.id
            RETURNING o.tenant_id, o.destination
        )
        SELECT m.tenant_id, m.id, m.destination, m.method, m.payload, m.principal, m.traceparent, m.attempts,
               extract(epoch FROM now() - m.created_at)::double precision AS age
        FROM claimed AS c CROSS JOIN LATERAL (
            SELECT p.*, sum(octet_length(p.payload)) OVER (ORDER BY p.position) - octet_length(p.payload) AS bytes_before FROM (
                SELECT o.* FROM outbox AS o
                WHERE o.tenant_id = c.tenant_id AND o.destination = c.destination AND o.parked_at IS NULL
                ORDER BY o.position LIMIT $6::bigint) AS p) AS m
        WHERE m.bytes_before < $7::bigint
        ORDER BY m.tenant_id, m.destination, m.position
        """

    /// - Parameter last: The lane after which the search begins; nil for the first.
    func claimLanes(after last: OutboxLane.Key? = nil, lease: Duration, page: Page) async throws -> [OutboxLane] {
        let rows = try await pool.batch(
            tenant: nil,
            [
                Statement(
                    Self.claim,
                    [
                        .double(lease / .seconds(1)), .int(Int64(page.lanes)), .text(instance), .uuid(last?.tenant.rawValue ?? Self.beforeAll),
                        .text(last?.destination ?? ""), .int(Int64(page.messagesPerLane)), .int(Int64(page.bytesPerLane)),
                    ])
            ])[0]
        return Self.lanes(of: try rows.map(OutboxMessage.init))
    }

    private static let beforeAll = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    private static func lanes(of messages: [OutboxMessage]) -> [OutboxLane] {
        var lanes: [OutboxLane] = []
        var start = messages.startIndex
        while start < messages.endIndex {
            let key = OutboxLane.Key(tenant: messages[start].tenant, destination: messages[start].destination)
            let end = messages[start...].firstIndex { $0.tenant != key.tenant || $0.destination != key.destination } ?? messages.endIndex
            lanes.append(OutboxLane(key: key, head: messages[start].id, messages: Array(messages[start..<end])))
            start = end
        }
        return lanes
    }

    /// Takes back what this instance had claimed when it died: nobody else would until the lease ends.
    ///
    /// - Parameter heads: Of the lanes that it is delivering.
    func reclaim(except heads: [UUID] = []) async throws {
        try await pool.batch(
            tenant: nil,
            [
                Statement(
                    """
                    UPDATE outbox SET next_attempt_at = now(), claimed_by = NULL
                    WHERE claimed_by = $1 AND parked_at IS NULL AND id <> ALL($2::uuid[])
                    """, [.text(instance), .uuidArray(heads)])
            ])
    }

    func delivered(tenant: TenantID, ids: [UUID]) async throws {
        guard !ids.isEmpty else { return }
        try await pool.batch(tenant: nil, [Self.removal(tenants: ids.map { _ in tenant }, ids: ids)])
    }

    /// All or nothing: a lane whose delivered messages are gone while its failed one looks due would be claimed by another relay.
    func settle(_ settlement: OutboxSettlement) async throws {
        var statements: [Statement] = []
        if !settlement.delivered.isEmpty {
            statements.append(Self.removal(tenants: settlement.delivered.map(\.tenant), ids: settlement.delivered.map(\.id)))
        }
        statements += settlement.failures.map(Self.change)
        guard !statements.isEmpty else { return }
        try await pool.batch(tenant: nil, statements)
    }

    private static func removal(tenants: [TenantID], ids: [UUID]) -> Statement {
        Statement(
            "DELETE FROM outbox AS o USING unnest($1::uuid[], $2::uuid[]) AS d(tenant_id, id) WHERE o.tenant_id = d.tenant_id AND o.id = d.id",
            [.uuidArray(tenants.map(\.rawValue)), .uuidArray(ids)])
    }

    private static func change(_ failure: OutboxSettlement.Failure) -> Statement {
        let key: [PostgresValue] = [.uuid(failure.message.tenant.rawValue), .uuid(failure.message.id), .text("\(failure.error)")]
        switch failure.verdict {
        case .retry(let pause):
            return Statement(
                """
                UPDATE outbox SET attempts = attempts + 1, last_error = $3, claimed_by = NULL,
                    next_attempt_at = now() + $4::double precision * interval '1 second'
                WHERE tenant_id = $1 AND id = $2
                """, key + [.double(pause / .seconds(1))])
        case .park:
            return Statement(
                "UPDATE outbox SET attempts = attempts + 1, last_error = $3, claimed_by = NULL, parked_at = now() WHERE tenant_id = $1 AND id = $2",
                key)
        }
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
