internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import Postgres
internal import SessionRules

/// Ends what is in flight in a session: an allowed action was carried out, or it was not and will not be.
///
/// What may have run stays in flight, and so counted, until somebody says what it came to.
struct SessionSettlement: Sendable {
    let parts: PolicyParts

    func settle(
        _ settlement: Settlement, of decision: DecisionRecord, at now: Date, tenant: TenantID, in tx: PostgresTransaction
    ) async throws {
        guard !decision.session.isEmpty, settlement.outcome != .mayHaveRun else { return }
        let active = try await parts.bundles.pointers(tenant: tenant, in: tx).active
        let bundle = try await parts.bundle(active, tenant: tenant, in: tx)
        // Without rules nothing counts; a state from before is pruned by its own time.
        guard bundle.hasSessionRules, let row = try await parts.sessions.find(decision.session, tenant: tenant, in: tx),
            let state = row.state.bytes, !state.isEmpty, var history = try? SessionHistory(under: bundle, state: state)
        else { return }
        do throws(SessionFault) {
            try history.end(decision, settlement, at: now)
        } catch .noReservation {
            // It was allowed under a bundle without rules, or the session began anew since: nothing of it is counted.
        }
        let key = try await parts.vault.make(month: ContextKey.month(of: now), tenant: tenant, in: tx)
        let statement = try parts.sessions.storing(history.encoded(), of: row, sealedBy: key, at: now, tenant: tenant)
        try await tx.execute(statement.0, statement.1)
    }
}

extension SessionHistory {
    fileprivate mutating func end(_ decision: DecisionRecord, _ settlement: Settlement, at now: Date) throws(SessionFault) {
        // What it was about may have been erased; then there is no event to note, and the count is what matters.
        if let kind = settlement.outcome.event, let matter = decision.matter {
            let question = Question(
                principalType: decision.principalType, principal: decision.principal, roles: decision.roles, action: decision.action,
                resourceType: decision.resourceType, resource: decision.resource, context: [:],
                input: matter.enforcedInput ?? matter.input, time: now)
            try note(kind, of: question, output: settlement.output)
        }
        if settlement.outcome == .succeeded { try settle(decision.id) } else { try cancel(decision.id) }
    }
}

extension Settlement.Outcome {
    /// What session rules see of it: a response, an error, or nothing where it was never begun.
    fileprivate var event: String? {
        switch self {
        case .succeeded: "response"
        case .failed: "error"
        case .cancelled, .mayHaveRun: nil
        }
    }
}
