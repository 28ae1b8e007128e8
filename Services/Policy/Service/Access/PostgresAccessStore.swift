internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import Postgres
internal import Trust

/// Denials that an approval would turn, the requests for such approvals, and what people said to them.
struct PostgresAccessStore: Sendable {
    /// The name that a lost race shows: the same was submitted meanwhile.
    static let raceConstraints: Set<String> = ["access_task_once", "access_task_key", "access_vote_once"]

    private static let denialColumns = """
        d.decision_id, d.asker, d.subject_type, d.subject, d.action, d.resource_type, d.resource, d.members, d.binding, d.identity, d.needs,
        d.expires_at AS denial_expires_at
        """
    private static let columns = """
        SELECT t.task_id, t.requester, t.status, t.justification, t.submit_key, t.submit_digest, t.created_at, t.expires_at, t.requested_until,
               t.approval_id, t.approved_at, \(denialColumns)
        FROM access_task t JOIN access_denial d ON d.tenant_id = t.tenant_id AND d.decision_id = t.decision_id
        """

    // MARK: Denials

    func put(_ denial: AccessDenial, tenant: TenantID, in tx: PostgresTransaction) async throws {
        let needs = denial.needs.map { need -> JSONValue in
            ["role": .string(need.role), "quorum": .int(Int64(need.quorum)), "ttl_seconds": .int(Int64(need.ttlSeconds))]
        }
        try await tx.execute(
            """
            INSERT INTO access_denial (tenant_id, decision_id, asker, subject_type, subject, action, resource_type, resource, members, binding,
                identity, needs, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (tenant_id, decision_id) DO NOTHING
            """,
            [
                .uuid(tenant.rawValue), .uuid(denial.decision), .text(denial.asker), .text(denial.subjectType), .text(denial.subject),
                .text(denial.action), .text(denial.resourceType), .text(denial.resource), .textArray(denial.binding.members),
                .bytes(denial.binding.digest.bytes), .bytes(denial.identity.bytes), .json(JSONValue.array(needs).encoded()),
                .timestamp(denial.expires),
            ])
    }

    func denial(_ decision: UUID, tenant: TenantID, in tx: PostgresTransaction) async throws -> AccessDenial? {
        try await tx.query(
            "SELECT \(Self.denialColumns) FROM access_denial d WHERE d.tenant_id = $1 AND d.decision_id = $2",
            [.uuid(tenant.rawValue), .uuid(decision)]
        ).first.map(Self.denial)
    }

    // MARK: Requests

    typealias Found = (task: StoredAccessTask, denial: AccessDenial)

    func put(_ stored: StoredAccessTask, tenant: TenantID, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            """
            INSERT INTO access_task (tenant_id, task_id, decision_id, requester, status, justification, submit_key, submit_digest, created_at,
                expires_at, requested_until)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            [
                .uuid(tenant.rawValue), .uuid(stored.id), .uuid(stored.decision), .text(stored.task.requester), .text(stored.task.stored.rawValue),
                .text(stored.justification), .optional(stored.submitKey.isEmpty ? nil : stored.submitKey), .bytes(stored.submitDigest.bytes),
                .timestamp(stored.created), .timestamp(stored.task.expires), .optional(stored.task.requestedUntil),
            ])
    }

    /// What a person says, and how the request stands then.
    func update(_ stored: StoredAccessTask, casting votes: [AccessTask.Vote], tenant: TenantID, in tx: PostgresTransaction) async throws {
        let key: [PostgresValue] = [.uuid(tenant.rawValue), .uuid(stored.id)]
        try await tx.execute(
            "UPDATE access_task SET status = $3, approval_id = $4, approved_at = $5 WHERE tenant_id = $1 AND task_id = $2",
            key + [.text(stored.task.stored.rawValue), .optional(stored.approvalID), .optional(stored.task.approved)])
        for vote in votes {
            try await tx.execute(
                """
                INSERT INTO access_vote (tenant_id, task_id, vote_id, role, approver, approves, comment, voted_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                key + [
                    .uuid(vote.id.rawValue), .text(vote.role), .text(vote.approver), .bool(vote.approves), .text(vote.comment), .timestamp(vote.time),
                ])
        }
    }

    /// - Parameter isHeld: Keeps others from changing it until the transaction ends.
    func task(_ id: UUID, isHeld: Bool = false, tenant: TenantID, in tx: PostgresTransaction) async throws -> Found? {
        try await one("t.task_id = $2 \(isHeld ? "FOR UPDATE OF t" : "")", [.uuid(id)], tenant: tenant, in: tx)
    }

    func approved(_ approval: UUID, tenant: TenantID, in tx: PostgresTransaction) async throws -> Found? {
        try await one("t.approval_id = $2", [.uuid(approval)], tenant: tenant, in: tx)
    }

    func submitted(under key: String, by requester: String, tenant: TenantID, in tx: PostgresTransaction) async throws -> Found? {
        try await one("t.submit_key = $2 AND t.requester = $3", [.text(key), .text(requester)], tenant: tenant, in: tx)
    }

    func submitted(_ decision: UUID, by requester: String, tenant: TenantID, in tx: PostgresTransaction) async throws -> Found? {
        try await one("t.decision_id = $2 AND t.requester = $3", [.uuid(decision), .text(requester)], tenant: tenant, in: tx)
    }

    private func one(_ condition: String, _ values: [PostgresValue], tenant: TenantID, in tx: PostgresTransaction) async throws -> Found? {
        let rows = try await tx.query("\(Self.columns) WHERE t.tenant_id = $1 AND \(condition)", [.uuid(tenant.rawValue)] + values)
        return try await found(rows, tenant: tenant, in: tx).first
    }

    struct Filter: Sendable {
        var status: AccessTask.Status?
        /// Nil for everybody's.
        var person: String?
        var roles: [String]
        var before: UUID?
        var now: Date
        var limit: Int
    }

    /// The newest first: those that a person asked for, is asked about, or may decide on.
    func page(_ filter: Filter, tenant: TenantID, in tx: PostgresTransaction) async throws -> [Found] {
        let rows = try await tx.query(
            """
            \(Self.columns) WHERE t.tenant_id = $1 AND ($2::uuid IS NULL OR t.task_id < $2)
                AND ($3::text IS NULL OR $3 = CASE WHEN t.status = 'pending' AND t.expires_at <= $4 THEN 'expired' ELSE t.status END)
                AND ($5::text IS NULL OR t.requester = $5 OR d.subject = $5
                    OR EXISTS (SELECT 1 FROM jsonb_array_elements(d.needs) AS need WHERE need->>'role' = ANY ($6)))
            ORDER BY t.task_id DESC LIMIT $7
            """,
            [
                .uuid(tenant.rawValue), .optional(filter.before), .optional(filter.status?.rawValue), .timestamp(filter.now),
                .optional(filter.person), .textArray(filter.roles), .int(Int64(filter.limit)),
            ])
        return try await found(rows, tenant: tenant, in: tx)
    }

    // MARK: Rows

    private func found(_ rows: [PostgresRow], tenant: TenantID, in tx: PostgresTransaction) async throws -> [Found] {
        guard !rows.isEmpty else { return [] }
        let votes = try await tx.query(
            """
            SELECT task_id, vote_id, role, approver, approves, comment, voted_at FROM access_vote
            WHERE tenant_id = $1 AND task_id = ANY ($2) ORDER BY voted_at, vote_id
            """, [.uuid(tenant.rawValue), .uuidArray(try rows.map { try $0.uuid("task_id") })])
        var byTask: [UUID: [AccessTask.Vote]] = [:]
        for row in votes { byTask[try row.uuid("task_id"), default: []].append(try Self.vote(row)) }
        return try rows.map { row in
            let denial = try Self.denial(row)
            let id = try row.uuid("task_id")
            guard let status = AccessTask.Status(rawValue: try row.text("status")) else {
                throw PostgresError.unreadableColumn("status", reason: "is not known to this build")
            }
            let task = AccessTask(
                subject: denial.subject, requester: try row.text("requester"), needs: denial.needs, expires: try row.timestamp("expires_at"),
                requestedUntil: try row.optionalTimestamp("requested_until"), stored: status, votes: byTask[id] ?? [],
                approved: try row.optionalTimestamp("approved_at"))
            let stored = StoredAccessTask(
                id: id, decision: denial.decision, created: try row.timestamp("created_at"), justification: try row.text("justification"),
                submitKey: try row.optionalText("submit_key") ?? "", submitDigest: try Self.digest(row, "submit_digest"),
                approvalID: try row.optionalUUID("approval_id"), task: task)
            return (stored, denial)
        }
    }

    private static func denial(_ row: PostgresRow) throws -> AccessDenial {
        let needs = try JSONValue(parsing: row.json("needs")).arrayValue ?? []
        return AccessDenial(
            decision: try row.uuid("decision_id"), asker: try row.text("asker"), subjectType: try row.text("subject_type"),
            subject: try row.text("subject"), action: try row.text("action"), resourceType: try row.text("resource_type"),
            resource: try row.text("resource"), binding: DenialBinding(members: try row.textArray("members"), digest: try digest(row, "binding")),
            identity: try digest(row, "identity"),
            needs: needs.map {
                AccessTask.Need(
                    role: $0["role"]?.stringValue ?? "", quorum: Int($0["quorum"]?.intValue ?? 1), ttlSeconds: Int($0["ttl_seconds"]?.intValue ?? 0))
            }, expires: try row.timestamp("denial_expires_at"))
    }

    private static func vote(_ row: PostgresRow) throws -> AccessTask.Vote {
        AccessTask.Vote(
            id: TaskID(rawValue: try row.uuid("vote_id")), role: try row.text("role"), approver: try row.text("approver"),
            approves: try row.bool("approves"), comment: try row.text("comment"), time: try row.timestamp("voted_at"))
    }

    private static func digest(_ row: PostgresRow, _ column: String) throws -> SHA256Digest {
        guard let digest = SHA256Digest(bytes: try row.bytes(column)) else { throw PostgresError.unreadableColumn(column, reason: "is no SHA-256") }
        return digest
    }
}
