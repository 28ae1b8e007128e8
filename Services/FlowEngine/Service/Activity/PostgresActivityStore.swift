internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres

/// What a page that is open wants to hear of, in an order without gaps.
struct PostgresActivityStore: Sendable {
    enum Kind: String, Sendable {
        case runStarted = "run.started", runWaiting = "run.waiting", runClosed = "run.closed", stepDone = "step.done"
        case taskOpened = "task.opened", taskVoted = "task.voted", taskClosed = "task.closed", flowPublished = "flow.published"
    }

    struct Entry: Sendable {
        var cursor: Int64
        var kind: String
        var data: [UInt8]
        var at: Date
    }

    typealias News = (kind: Kind, data: JSONObject)

    private static let insert = """
        WITH head AS (
            INSERT INTO activity_head (tenant_id, last) VALUES ($1, $2)
            ON CONFLICT (tenant_id) DO UPDATE SET last = activity_head.last + $2 RETURNING last
        )
        INSERT INTO activity (tenant_id, cursor, kind, data, at)
        SELECT $1, head.last - $2 + news.place, news.kind, news.data, $5
        FROM head, unnest($3::text[], $4::bytea[]) WITH ORDINALITY AS news (kind, data, place)
        """

    /// Locks the tenant's counter until the end of the transaction: to be the last of its statements.
    static func appending(_ news: [News], at now: Date, tenant: TenantID) -> [(String, [PostgresValue])] {
        guard !news.isEmpty else { return [] }
        return [
            (
                insert,
                [
                    .uuid(tenant.rawValue), .int(Int64(news.count)), .textArray(news.map(\.kind.rawValue)),
                    .bytesArray(news.map { JSONValue.object($0.data).encoded() }), .timestamp(now),
                ]
            )
        ]
    }

    func append(_ news: [News], at now: Date, tenant: TenantID, in tx: PostgresTransaction) async throws {
        try await tx.pipeline(Self.appending(news, at: now, tenant: tenant))
    }

    func list(after cursor: Int64, limit: Int, tenant: TenantID, in tx: PostgresTransaction) async throws -> [Entry] {
        try await tx.query(
            "SELECT cursor, kind, data, at FROM activity WHERE tenant_id = $1 AND cursor > $2 ORDER BY cursor LIMIT $3",
            [.uuid(tenant.rawValue), .int(cursor), .int(Int64(limit))]
        ).map { Entry(cursor: try $0.int("cursor"), kind: try $0.text("kind"), data: try $0.bytes("data"), at: try $0.timestamp("at")) }
    }

    /// The newest cursor: where a page begins that wants only what comes.
    func last(tenant: TenantID, in tx: PostgresTransaction) async throws -> Int64 {
        try await tx.query("SELECT last FROM activity_head WHERE tenant_id = $1", [.uuid(tenant.rawValue)]).first?.int("last") ?? 0
    }
}
