public import FoundationEssentials
public import Identity
public import JSON
public import Postgres

/// What a person does with the messages of one service's outbox that were set aside. Under the system role, all tenants.
public struct OutboxOperator: Sendable {
    /// Messages that one transaction changes.
    public static let batchMax = 500

    public let service: ServiceName
    private let pool: PostgresPool

    public init(service: ServiceName, pool: PostgresPool) {
        self.service = service
        self.pool = pool
    }

    public func depths() async throws -> [OutboxDepth] {
        let rows = try await pool.batch(
            tenant: nil,
            [
                Statement(
                    """
                    SELECT destination, count(*) FILTER (WHERE parked_at IS NULL) AS pending, count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked,
                           coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE parked_at IS NULL)), 0)::double precision AS oldest
                    FROM outbox GROUP BY destination ORDER BY destination
                    """)
            ])[0]
        return try rows.map {
            OutboxDepth(
                service: service, destination: try $0.text("destination"), pending: try $0.int("pending"), parked: try $0.int("parked"),
                oldestSeconds: try $0.double("oldest"))
        }
    }

    /// The oldest first.
    public func parked(limit: Int) async throws -> [ParkedMessage] {
        try await read("WHERE parked_at IS NOT NULL ORDER BY parked_at, position LIMIT $1", [.int(Int64(limit))])
    }

    public func parked(id: UUID) async throws -> ParkedMessage? {
        try await read("WHERE parked_at IS NOT NULL AND id = $1", [.uuid(id)]).first
    }

    /// Whether it waits to be sent.
    public func isPending(id: UUID) async throws -> Bool {
        try await !pool.batch(
            tenant: nil, [Statement("SELECT 1 AS found FROM outbox WHERE parked_at IS NULL AND id = $1", [.uuid(id)])])[0].isEmpty
    }

    /// Lets messages be sent again, behind what waits in their lanes, and reports it. Those that are not set aside stay as they are, so that a
    /// repetition changes nothing.
    ///
    /// - Returns: Those that were put back.
    public func replay(ids: [UUID], by principal: String) async throws -> [UUID] {
        try await change(
            """
            UPDATE outbox SET parked_at = NULL, attempts = 0, next_attempt_at = now(), claimed_by = NULL, position = DEFAULT
            WHERE parked_at IS NOT NULL AND id = ANY($1::uuid[])
            """, ids, .replayed, reason: nil, principal)
    }

    /// Removes a message for good, and reports it with the reason. False where it was not set aside.
    public func drop(id: UUID, reason: String, by principal: String) async throws -> Bool {
        try await !change("DELETE FROM outbox WHERE parked_at IS NOT NULL AND id = ANY($1::uuid[])", [id], .dropped, reason: reason, principal)
            .isEmpty
    }

    /// Reports a deed elsewhere, such as in Redis, that `body` does: only where the report is stored.
    public func report(_ report: OperatorReport, doing body: @Sendable () async throws -> Bool) async throws -> Bool {
        try await pool.withTransaction { tx in
            let (sql, parameters) = report.statement()
            try await tx.execute(sql, parameters)
            guard try await body() else { throw NothingDone() }
            return true
        }
    }

    /// Rolls the report back.
    public struct NothingDone: Error {}

    private func change(_ sql: String, _ ids: [UUID], _ deed: OperatorReport.Deed, reason: String?, _ principal: String) async throws -> [UUID] {
        var changed: [UUID] = []
        for start in stride(from: 0, to: ids.count, by: Self.batchMax) {
            let batch = Array(ids[start..<min(start + Self.batchMax, ids.count)])
            changed += try await pool.withTransaction { tx in
                let rows = try await tx.query(sql + " RETURNING tenant_id, id, destination, method, last_error", [.uuidArray(batch)])
                let reports = try rows.map { row in
                    var detail: JSONObject = [
                        "service": .string(service.rawValue), "message": .string(try row.uuid("id").lowercased),
                        "destination": .string(try row.text("destination")), "method": .string(try row.text("method")),
                    ]
                    if let error = try row.optionalText("last_error") { detail["last_error"] = .string(String(error.prefix(1_000))) }
                    if let reason { detail["reason"] = .string(reason) }
                    return OperatorReport(deed, tenant: TenantID(rawValue: try row.uuid("tenant_id")), principal: principal, detail: detail)
                }
                _ = try await tx.pipeline(reports.map { $0.statement() })
                return try rows.map { try $0.uuid("id") }
            }
        }
        return changed
    }

    private func read(_ condition: String, _ parameters: [PostgresValue]) async throws -> [ParkedMessage] {
        try await pool.batch(tenant: nil, [Statement("SELECT \(ParkedMessage.columns) FROM outbox \(condition)", parameters)])[0]
            .map { try ParkedMessage($0, service: service) }
    }
}
