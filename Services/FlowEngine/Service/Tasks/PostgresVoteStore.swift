internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import Postgres
internal import Trust

/// Votes on approvals that several people decide. They are only ever added.
struct PostgresVoteStore: Sendable {
    func add(
        _ vote: ApprovalVote, number: Int, comment: String, receipt: ReceiptID, at now: Date, task: TaskID, tenant: TenantID,
        in tx: PostgresTransaction
    ) async throws {
        try await tx.execute(
            """
            INSERT INTO task_vote (tenant_id, task_id, number, stage, voted_by, verdict, comment, subject_digest, receipt_id, voted_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            [
                .uuid(tenant.rawValue), .uuid(task.rawValue), .int(Int64(number)), .int(Int64(vote.stage)), .text(vote.by),
                .text(vote.verdict.rawValue), .text(comment), .bytes(vote.digest.bytes), .uuid(receipt.rawValue), .timestamp(now),
            ])
    }

    /// Of each task, in the order in which they came.
    func list(of tasks: [TaskID], tenant: TenantID, in tx: PostgresTransaction) async throws -> [TaskID: [ApprovalVote]] {
        let rows = try await tx.query(
            """
            SELECT task_id, voted_by, verdict, stage, subject_digest, receipt_id FROM task_vote
            WHERE tenant_id = $1 AND task_id = ANY($2) ORDER BY task_id, number
            """, [.uuid(tenant.rawValue), .uuidArray(tasks.map(\.rawValue))])
        var votes: [TaskID: [ApprovalVote]] = [:]
        for row in rows {
            guard let verdict = PersonAnswer.Verdict(rawValue: try row.text("verdict")) else {
                throw PostgresError.unreadableColumn("verdict", reason: "is no verdict")
            }
            let vote = ApprovalVote(
                by: try row.text("voted_by"), verdict: verdict, stage: Int(try row.int("stage")), digest: try row.digest("subject_digest"),
                receipt: ReceiptID(rawValue: try row.uuid("receipt_id")))
            votes[TaskID(rawValue: try row.uuid("task_id")), default: []].append(vote)
        }
        return votes
    }
}
