internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import Postgres
package import RPC
internal import Receipts
internal import ServiceKit
internal import Trust
package import Wire

extension GovernanceEndpoint {
    package func eraseContexts(
        _ request: PolicyGovernanceV1.EraseContextsRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.EraseContextsResponse {
        let tenant = try context.requireTenant()
        let principal = try context.requirePrincipal()
        let decision = request.decisionID.isEmpty ? nil : try Self.id(request.decisionID, "decision_id")
        guard (decision == nil) != (request.beforeMicros == 0) else {
            throw RPCError.invalid("decision_id", "or before_micros must be sent, and not both", fix: "say what to erase")
        }
        let time = parts.now()
        // Only months that ended before: a key is of a whole month.
        let month = ContextKey.month(of: min(Date(micros: request.beforeMicros), time))
        return try await parts.pool.withTenant(tenant) { tx in
            var keys = 0
            var decisions = 0
            if let decision {
                decisions = try await tx.execute(
                    "DELETE FROM decision_content WHERE tenant_id = $1 AND decision_id = $2", [.uuid(tenant.rawValue), .uuid(decision)])
            } else {
                keys = try await tx.execute(
                    "DELETE FROM context_key WHERE tenant_id = $1 AND month < $2", [.uuid(tenant.rawValue), .int(month)])
                decisions = try await tx.execute(
                    "DELETE FROM decision_content WHERE tenant_id = $1 AND key_month < $2", [.uuid(tenant.rawValue), .int(month)])
            }
            let subject = decision.map { "decision:\($0.lowercased)" } ?? "contexts-before:\(month)"
            let draft = ReceiptDraft(
                kind: .purge, tenant: tenant, phase: .single, subject: [ReceiptSubject(subject, SHA256Digest(hashing: Array(subject.utf8)))],
                outcome: "contexts-erased", facts: ["decisions": .int(Int64(decisions)), "keys": .int(Int64(keys))],
                personal: ["erased_by": .string(principal)], time: time)
            let receipt = try await parts.receipts.record(draft, in: tx)
            return PolicyGovernanceV1.EraseContextsResponse(keys: UInt64(keys), decisions: UInt64(decisions), receiptID: receipt.id.bytes)
        }
    }

    package func recordOutcome(
        _ request: PolicyGovernanceV1.RecordOutcomeRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.RecordOutcomeResponse {
        let tenant = try context.requireTenant()
        let decision = try Self.id(request.decisionID, "decision_id")
        guard let kind = DecisionOutcome.Kind(rawValue: request.kind) else {
            let kinds = DecisionOutcome.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw RPCError.invalid("kind", "is not known", fix: "send one of \(kinds)")
        }
        let currency = request.amount?.currency ?? ""
        let amount = Money(micros: request.amount?.micros ?? 0, currency: currency)
        guard kind != .spent || amount.hasValidCurrency else {
            throw RPCError.invalid("amount.currency", "is no currency", fix: "send ISO 4217")
        }
        guard (0...DecisionOutcome.amountMicrosMax).contains(amount.micros) else {
            throw RPCError.invalid("amount.micros", "is no amount", fix: "send 0 to \(DecisionOutcome.amountMicrosMax)")
        }
        let outcome = DecisionOutcome(kind: kind, amountMicros: amount.micros, currency: currency)
        // The same outcome told twice without an id is one.
        let id = try request.outcomeID.isEmpty ? DerivedOutcome.id(of: decision, outcome) : Self.id(request.outcomeID, "outcome_id")
        let time = request.timeMicros > 0 ? Date(micros: request.timeMicros) : parts.now()
        try await parts.pool.withTenant(tenant) { tx in
            guard try await parts.decisions.decision(decision, tenant: tenant, in: tx) != nil else {
                throw RPCError(.notFound, reason: "DECISION_NOT_FOUND", message: "there is no such decision")
            }
            try await parts.outcomes.put(outcome, id: id, of: decision, at: time, tenant: tenant, in: tx)
        }
        return PolicyGovernanceV1.RecordOutcomeResponse()
    }
}
