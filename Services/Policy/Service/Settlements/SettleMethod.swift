internal import Identity
internal import PolicyCore
internal import Postgres
package import RPC
package import Wire

extension PolicyEndpoint {
    /// All in one transaction: that it is over, what it came to for replays, and what session rules see of it.
    package func settleDecision(
        _ request: PolicyV1.SettleDecisionRequest, context: CallContext
    ) async throws -> PolicyV1.SettleDecisionResponse {
        let tenant = try context.requireTenant()
        let now = parts.now()
        let settlement = try Settlement(request, at: now)
        return try await parts.pool.withTenant(tenant) { tx in
            guard let decision = try await parts.decisions.decision(settlement.decision, tenant: tenant, in: tx) else {
                throw RPCError(.notFound, reason: "DECISION_NOT_FOUND", message: "there is no such decision")
            }
            guard decision.verdict <= .redact else {
                throw RPCError(
                    .failedPrecondition, reason: "NOT_ALLOWED", message: "the decision is \(decision.verdict.word): nothing can have come of it")
            }
            switch try await PostgresSettlementStore().put(settlement, at: now, tenant: tenant, in: tx) {
            case .same: return PolicyV1.SettleDecisionResponse(fresh: false)
            case .otherwise(let word):
                throw RPCError(.alreadyExists, reason: "SETTLED_OTHERWISE", message: "the decision was settled before: \(word)")
            case .fresh: break
            }
            for outcome in [DecisionOutcome(kind: settlement.outcome.kind), settlement.spent].compactMap(\.self) {
                let id = try DerivedOutcome.id(of: settlement.decision, outcome)
                try await parts.outcomes.put(outcome, id: id, of: settlement.decision, at: settlement.time, tenant: tenant, in: tx)
            }
            try await SessionSettlement(parts: parts).settle(settlement, of: decision, at: now, tenant: tenant, in: tx)
            return PolicyV1.SettleDecisionResponse(fresh: true)
        }
    }
}
