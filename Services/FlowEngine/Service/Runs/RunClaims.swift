internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import Postgres

/// A run that this worker alone may move, until the lease ends. The fence tells this claim from every later one.
struct RunClaim: Sendable, Hashable {
    var tenant: TenantID
    var run: RunID
    var fence: Int64
}

/// Finds work among all tenants, under the system role: it sees where runs stand in the queue and nothing of what they do.
struct RunClaims: Sendable {
    static let lease = Duration.seconds(60)

    /// It must outlive every call under way, or a second worker would make it too. Nil where nothing is called.
    static func lease(for work: [RunWork]) -> Duration? {
        let longest = work.compactMap { if case .call(let call) = $0 { call.timeout.milliseconds } else { nil } }.max()
        return longest.map { .milliseconds($0) + lease }
    }

    let pool: PostgresPool
    let owner: String

    /// The runs that are due, one tenant after the other: a tenant with a long queue does not hold up the rest.
    private static let take = """
        WITH due AS (
            SELECT tenant_id, run_id, row_number() OVER (PARTITION BY tenant_id ORDER BY next_wake_at) AS place
            FROM (
                SELECT tenant_id, run_id, next_wake_at FROM run
                WHERE next_wake_at <= now() AND (lease_until IS NULL OR lease_until < now())
                ORDER BY next_wake_at LIMIT 512
            ) AS candidate
        ), chosen AS (
            SELECT r.tenant_id, r.run_id FROM run AS r JOIN due AS d ON d.tenant_id = r.tenant_id AND d.run_id = r.run_id
            WHERE r.next_wake_at <= now() AND (r.lease_until IS NULL OR r.lease_until < now())
            ORDER BY d.place, r.next_wake_at LIMIT $3 FOR UPDATE OF r SKIP LOCKED
        )
        UPDATE run AS r SET lease_owner = $1, lease_until = now() + $2::double precision * interval '1 second', fence = r.fence + 1
        FROM chosen AS c WHERE r.tenant_id = c.tenant_id AND r.run_id = c.run_id
        RETURNING r.tenant_id, r.run_id, r.fence
        """

    func take(atMost count: Int) async throws -> [RunClaim] {
        try await pool.batch(tenant: nil, [Statement(Self.take, [.text(owner), .double(Self.lease / .seconds(1)), .int(Int64(count))])])[0].map {
            RunClaim(tenant: TenantID(rawValue: try $0.uuid("tenant_id")), run: RunID(rawValue: try $0.uuid("run_id")), fence: try $0.int("fence"))
        }
    }

    /// What this instance held when it ended without a goodbye: nobody else has its name.
    func recover() async throws {
        try await pool.batch(tenant: nil, [Statement("UPDATE run SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = $1", [.text(owner)])])
    }

    // MARK: Time

    struct DueTimer: Sendable {
        var tenant: TenantID
        var run: RunID
        var seq: Int
        var kind: String
    }

    func dueTimers(at now: Date) async throws -> [DueTimer] {
        try await pool.batch(
            tenant: nil, [Statement("SELECT tenant_id, run_id, seq, kind FROM timer WHERE due_at <= $1 ORDER BY due_at LIMIT 200", [.timestamp(now)])]
        )[0].map {
            DueTimer(
                tenant: TenantID(rawValue: try $0.uuid("tenant_id")), run: RunID(rawValue: try $0.uuid("run_id")), seq: Int(try $0.int("seq")),
                kind: try $0.text("kind"))
        }
    }

    func dueSchedules(at now: Date) async throws -> [(tenant: TenantID, flow: String, due: Date)] {
        try await pool.batch(
            tenant: nil,
            [Statement("SELECT tenant_id, name, next_fire_at FROM flow WHERE next_fire_at <= $1 ORDER BY next_fire_at LIMIT 50", [.timestamp(now)])])[
                0
            ].map {
                (TenantID(rawValue: try $0.uuid("tenant_id")), try $0.text("name"), try $0.timestamp("next_fire_at"))
            }
    }

    /// Approvals of a publish that nobody gave in time.
    func dueApprovals(at now: Date) async throws -> [(tenant: TenantID, task: TaskID)] {
        try await pool.batch(
            tenant: nil,
            [
                Statement(
                    "SELECT tenant_id, task_id FROM task WHERE run_id IS NULL AND state = 'open' AND due_at <= $1 ORDER BY due_at LIMIT 50",
                    [.timestamp(now)])
            ])[0].map { (TenantID(rawValue: try $0.uuid("tenant_id")), TaskID(rawValue: try $0.uuid("task_id"))) }
    }

    func forgetEvents(before time: Date) async throws {
        try await pool.batch(tenant: nil, [Statement("DELETE FROM event_buffer WHERE received_at < $1", [.timestamp(time)])])
    }
}
