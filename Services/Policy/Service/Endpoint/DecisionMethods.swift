internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import Postgres
package import RPC
internal import Trust
package import Wire

extension PolicyEndpoint {
    private static let pageDefault = 50
    private static let pageMax = 200

    package func getDecision(_ request: PolicyV1.GetDecisionRequest, context: CallContext) async throws -> PolicyV1.GetDecisionResponse {
        let tenant = try context.requireTenant()
        guard let id = DecisionID(bytes: request.decisionID) else {
            throw RPCError.invalid("decision_id", "is not an id", fix: "send the 16 bytes of the UUID")
        }
        return try await parts.pool.withTenant(tenant) { transaction in
            guard let decision = try await parts.decisions.decision(id.rawValue, tenant: tenant, in: transaction) else {
                throw RPCError(.notFound, reason: "DECISION_NOT_FOUND", message: "there is no decision \(id)")
            }
            return PolicyV1.GetDecisionResponse(decision: decision.wire)
        }
    }

    package func listDecisions(_ request: PolicyV1.ListDecisionsRequest, context: CallContext) async throws -> PolicyV1.ListDecisionsResponse {
        let tenant = try context.requireTenant()
        let asked = Int(request.page?.limit ?? 0)
        let limit = asked == 0 ? Self.pageDefault : min(asked, Self.pageMax)
        let cursor = request.page?.cursor ?? []
        let before = UUID(bytes: cursor)
        guard cursor.isEmpty || before != nil else {
            throw RPCError.invalid("page.cursor", "is no cursor", fix: "send next_cursor of the page before")
        }
        let filter = PostgresDecisionStore.Filter(
            run: try AskedDecision.run(request.runID), verdict: try Verdict(filter: request.verdict),
            since: request.sinceMicros > 0 ? Date(micros: request.sinceMicros) : nil, before: before, limit: limit + 1)
        return try await parts.pool.withTenant(tenant) { transaction in
            let rows = try await parts.decisions.page(filter, tenant: tenant, in: transaction)
            let page = rows.prefix(limit)
            return PolicyV1.ListDecisionsResponse(
                decisions: page.map(\.wire), nextCursor: rows.count > limit ? page.last?.id.bytes ?? [] : [])
        }
    }
}

extension Verdict {
    /// Nil for every verdict.
    fileprivate init?(filter: PolicyV1.Verdict) throws(RPCError) {
        switch filter {
        case .unspecified: return nil
        case .allow: self = .allow
        case .redact: self = .redact
        case .requireApproval: self = .requireApproval
        case .redactAndRequireApproval: self = .redactAndRequireApproval
        case .deny: self = .deny
        case .unrecognized: throw .invalid("verdict", "is not known", fix: "send one of the verdicts of the contract")
        }
    }

    var wire: PolicyV1.Verdict {
        switch self {
        case .allow: .allow
        case .redact: .redact
        case .requireApproval: .requireApproval
        case .redactAndRequireApproval: .redactAndRequireApproval
        case .deny: .deny
        }
    }
}

extension DecisionRecord.GateRecord {
    fileprivate var wire: PolicyV1.Gate {
        PolicyV1.Gate(policyID: policy, gate: kind, role: role, ttlSeconds: ttlSeconds, quorum: quorum, approvedBy: approvedBy)
    }
}

extension DecisionRecord {
    var wire: PolicyV1.Decision {
        PolicyV1.Decision(
            decisionID: id.bytes, verdict: verdict.wire, determining: determining, satisfiedPermits: satisfiedPermits,
            satisfiedForbids: satisfiedForbids, erring: erring,
            gates: gates.map(\.wire),
            obligationsJSON: obligations.encoded(), inputJSON: matter.map { ($0.enforcedInput ?? $0.input).encoded() } ?? [],
            enforcedIdentity: enforcedIdentity.bytes,
            bundleDigest: bundleDigest.bytes, reason: reason, receiptID: receiptID.bytes, receiptDigest: receiptDigest.bytes, timeMicros: time.micros,
            principal: principal, action: action, resource: resource, runID: run?.bytes ?? [], step: step,
            session: session, engine: engine, mode: mode, contextDigest: contextDigest.bytes, inputIdentity: inputIdentity.bytes,
            entitySliceDigest: entitySliceDigest?.bytes ?? [], erased: matter == nil)
    }
}
