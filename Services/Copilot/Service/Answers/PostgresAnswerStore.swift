internal import CopilotCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import Trust

/// Answers that were given, each beside the receipt that commits to it.
struct PostgresAnswerStore: Sendable {
    func insert(
        _ answer: Answer, id: UUID, route: String, questionDigest: SHA256Digest, receipt: UUID, at time: Date, tenant: TenantID,
        in transaction: PostgresTransaction
    ) async throws {
        _ = try await transaction.execute(
            """
            INSERT INTO answer (tenant_id, answer_id, asked_at, route, question_digest, content, receipt_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .uuid(tenant.rawValue), .uuid(id), .timestamp(time), .text(route), .bytes(questionDigest.bytes),
                .json(answer.content.encoded()), .uuid(receipt),
            ])
    }
}
