internal import CopilotCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
package import RPC
internal import Receipts
internal import ServiceKit
internal import Trust
package import Wire

extension CopilotEndpoint {
    private static let questionLimit = 2_000

    package func ask(_ request: CopilotV1.AskRequest, context: CallContext) async throws -> CopilotV1.AskResponse {
        let tenant = try context.requireTenant()
        guard (1...Self.questionLimit).contains(request.question.utf8.count) else {
            throw RPCError.invalid("question", "has \(request.question.utf8.count) bytes", fix: "ask in 1 to \(Self.questionLimit) bytes")
        }
        let routed = QuestionRouter().route(request.question)
        let current = RunID(bytes: request.runID)
        let answer = try await evidence.answer(routed.question, current: current, context: context, at: now())
        return try await record(answer, to: request, routed: routed, tenant: tenant, context: context)
    }

    /// Keeps the answer and signs the interaction in one transaction. What the person typed stands in neither in clear.
    private func record(
        _ answer: Answer, to request: CopilotV1.AskRequest, routed: QuestionRouter.Routed, tenant: TenantID, context: CallContext
    ) async throws -> CopilotV1.AskResponse {
        let id = UUIDv7.make()
        let questionDigest = SHA256Digest(hashing: Array(request.question.utf8))
        let answerDigest = SHA256Digest(hashing: try answer.content.canonical())
        let causes = answer.sentences.flatMap(\.citations).compactMap { SHA256Digest(hex: $0.digestHex) }
        let draft = ReceiptDraft(
            kind: .copilotInteraction, tenant: tenant, phase: .single, causes: Array(Set(causes)).sorted { $0.hex < $1.hex },
            subject: [ReceiptSubject("answer:\(id.lowercased)", answerDigest)], outcome: answer.abstained ? "abstained" : "answered",
            facts: ["route": .string(routed.question.route), "sentences": .int(Int64(answer.sentences.count))],
            personal: ["principal": .string(context.principal ?? ""), "question": .string(request.question)], time: now())
        return try await pool.withTenant(tenant) { transaction in
            // A question that is sent again gets the answer that was signed, and not a second one.
            try await context.once(CopilotV1.Methods.ask, request, in: transaction) {
                let receipt = try await receipts.record(draft, in: transaction)
                try await answers.insert(
                    answer, id: id, route: routed.question.route, questionDigest: questionDigest, receipt: receipt.id.rawValue, at: now(),
                    tenant: tenant, in: transaction)
                return CopilotV1.AskResponse(
                    answerID: id.bytes, sentences: answer.sentences.map(\.wire), route: routed.question.route, routeReason: routed.reason,
                    abstained: answer.abstained, suggestions: answer.suggestions, receiptID: receipt.id.bytes)
            }
        }
    }
}

extension Sentence {
    var wire: CopilotV1.Sentence {
        CopilotV1.Sentence(
            text: text,
            citations: citations.map { citation in
                CopilotV1.Citation(
                    receiptID: citation.receipt.bytes, logIndex: citation.logIndex, kind: citation.kind,
                    digest: SHA256Digest(hex: citation.digestHex)?.bytes ?? [])
            })
    }
}
