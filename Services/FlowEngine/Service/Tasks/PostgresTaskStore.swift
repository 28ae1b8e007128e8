internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import Trust

/// One thing that a person was asked, with the answer.
struct TaskRecord: Sendable {
    var request: PersonRequest
    var state: TaskAuthority.State
    var run: RunID?
    var flow: String
    var version: SHA256Digest
    var node: String
    var seq: Int
    var requestedBy: String
    var enforcedIdentity: SHA256Digest?
    var createdAt: Date
    var dueAt: Date?
    var decidedBy = ""
    var decidedAt: Date?
    var comment = ""
    var answer: JSONValue = .null
    var receipt: ReceiptID?
    /// Of an approval that several people decide.
    var votes: [ApprovalVote] = []

    /// Nil where one answer decides.
    var plan: ApprovalPlan? { request.kind == .approval ? ApprovalPlan(subject: request.subject) : nil }

    /// As the authority judges it.
    var authorityTask: TaskAuthority.Task {
        TaskAuthority.Task(
            kind: request.kind, state: state, role: request.role, excluded: request.excluded, digest: request.digest,
            form: request.form.map(FormSchema.init), plan: plan, votes: votes)
    }
}

/// Tasks and approvals, for one tenant at a time.
struct PostgresTaskStore: Sendable {
    let votes = PostgresVoteStore()

    private static let columns = """
        task_id, kind, state, title, role, run_id, flow, version_id, node, seq, requested_by, subject, subject_digest, form, reason, decision_id,
        enforced_identity, excluded, created_at, due_at, decided_by, decided_at, comment, answer, receipt_id
        """

    func open(_ task: TaskRecord, tenant: TenantID, in tx: PostgresTransaction) async throws {
        let request = task.request
        try await tx.execute(
            """
            INSERT INTO task (tenant_id, task_id, kind, state, title, role, run_id, flow, version_id, node, seq, requested_by, subject, subject_digest, form,
                              reason, decision_id, enforced_identity, excluded, created_at, due_at)
            VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
            """,
            [
                .uuid(tenant.rawValue), .uuid(request.task.rawValue), .text(request.kind.rawValue), .text(request.title), .text(request.role),
                .optional(task.run?.rawValue), .text(task.flow), .bytes(task.version.bytes), .text(task.node), .int(Int64(task.seq)),
                .text(task.requestedBy),
                .bytes(try request.subject.canonical()), .bytes(request.digest.bytes), .optional(request.form.map { JSONValue.object($0).encoded() }),
                .text(request.reason), .optional(request.decision?.rawValue), .optional(task.enforcedIdentity?.bytes), .textArray(request.excluded),
                .timestamp(task.createdAt), .optional(task.dueAt),
            ])
    }

    /// Closes an open task; false where it is closed already.
    func close(
        _ task: TaskID, _ state: TaskAuthority.State, _ answer: PersonAnswer?, receipt: ReceiptID?, at now: Date, tenant: TenantID,
        in tx: PostgresTransaction
    ) async throws -> Bool {
        try await tx.execute(
            """
            UPDATE task SET state = $3, decided_by = $4, decided_at = $5, comment = $6, answer = $7, receipt_id = $8
            WHERE tenant_id = $1 AND task_id = $2 AND state = 'open'
            """,
            [
                .uuid(tenant.rawValue), .uuid(task.rawValue), .text(state.rawValue), .text(answer?.by ?? ""), .timestamp(now),
                .text(answer?.comment ?? ""),
                .optional(answer.flatMap { $0.answer.isNull ? nil : $0.answer.encoded() }), .optional(receipt?.rawValue),
            ]) == 1
    }

    func find(_ task: TaskID, locking: Bool = false, tenant: TenantID, in tx: PostgresTransaction) async throws -> TaskRecord? {
        let found = try await tx.query(
            "SELECT \(Self.columns) FROM task WHERE tenant_id = $1 AND task_id = $2\(locking ? " FOR UPDATE" : "")",
            [.uuid(tenant.rawValue), .uuid(task.rawValue)]
        ).first.map(Self.record)
        guard var record = found, record.plan != nil else { return found }
        record.votes = try await votes.list(of: [task], tenant: tenant, in: tx)[task] ?? []
        return record
    }

    /// The role that an open approval waits for now.
    func wait(for role: String, _ task: TaskID, tenant: TenantID, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            "UPDATE task SET role = $3 WHERE tenant_id = $1 AND task_id = $2 AND state = 'open'",
            [.uuid(tenant.rawValue), .uuid(task.rawValue), .text(role)])
    }

    /// Newest first, from before `cursor`.
    func list(
        state: String, run: RunID?, before cursor: ListCursor?, limit: Int, tenant: TenantID, in tx: PostgresTransaction
    ) async throws -> [TaskRecord] {
        var found = try await tx.query(
            """
            SELECT \(Self.columns) FROM task
            WHERE tenant_id = $1 AND ($2 = '' OR state = $2) AND ($3::uuid IS NULL OR run_id = $3)
              AND ($4::timestamptz IS NULL OR (created_at, task_id) < ($4, $5))
            ORDER BY created_at DESC, task_id DESC LIMIT $6
            """,
            [
                .uuid(tenant.rawValue), .text(state), .optional(run?.rawValue), .optional(cursor?.time), .optional(cursor?.id), .int(Int64(limit)),
            ]
        ).map(Self.record)
        let planned = found.indices.filter { found[$0].plan != nil }
        guard !planned.isEmpty else { return found }
        let all = try await votes.list(of: planned.map { found[$0].request.task }, tenant: tenant, in: tx)
        for index in planned { found[index].votes = all[found[index].request.task] ?? [] }
        return found
    }

    private static func record(_ row: PostgresRow) throws -> TaskRecord {
        guard let kind = PersonRequest.Kind(rawValue: try row.text("kind")), let state = TaskAuthority.State(rawValue: try row.text("state")) else {
            throw PostgresError.unreadableColumn("state", reason: "is no state of a task")
        }
        let created = try row.timestamp("created_at")
        let due = try row.optionalTimestamp("due_at")
        let ttl = Int64((due?.timeIntervalSince(created) ?? 0) * 1000)
        let request = PersonRequest(
            task: TaskID(rawValue: try row.uuid("task_id")), kind: kind, role: try row.text("role"), title: try row.text("title"),
            subject: try JSONValue(parsing: try row.bytes("subject")), digest: try row.digest("subject_digest"),
            excluded: try row.textArray("excluded"),
            form: try row.optionalBytes("form").flatMap { try JSONValue(parsing: $0).objectValue }, ttl: FlowDuration(milliseconds: ttl),
            reason: try row.text("reason"), decision: try row.optionalUUID("decision_id").map(DecisionID.init(rawValue:)))
        var record = TaskRecord(
            request: request, state: state, run: try row.optionalUUID("run_id").map(RunID.init(rawValue:)), flow: try row.text("flow"),
            version: try row.digest("version_id"), node: try row.text("node"), seq: Int(try row.int("seq")),
            requestedBy: try row.text("requested_by"),
            enforcedIdentity: try row.optionalBytes("enforced_identity").flatMap { SHA256Digest(bytes: $0) }, createdAt: created, dueAt: due)
        record.decidedBy = try row.text("decided_by")
        record.decidedAt = try row.optionalTimestamp("decided_at")
        record.comment = try row.text("comment")
        record.answer = try row.optionalBytes("answer").map { try JSONValue(parsing: $0) } ?? .null
        record.receipt = try row.optionalUUID("receipt_id").map(ReceiptID.init(rawValue:))
        return record
    }
}
