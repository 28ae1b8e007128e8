internal import Cedar
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import Postgres
package import RPC
internal import Trust
package import Wire

extension GovernanceEndpoint {
    private static let policiesDefault = 20
    private static let policiesMax = 100

    package func explainDecision(
        _ request: PolicyGovernanceV1.ExplainDecisionRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.ExplainDecisionResponse {
        let tenant = try context.requireTenant()
        let id = try Self.id(request.decisionID, "decision_id")
        let (decision, bundle) = try await parts.pool.withTenant(tenant) { tx in
            guard let decision = try await parts.decisions.decision(id, tenant: tenant, in: tx) else {
                throw RPCError(.notFound, reason: "DECISION_NOT_FOUND", message: "there is no such decision")
            }
            return (decision, try await self.bundle(of: decision, tenant: tenant, in: tx))
        }
        var answer = PolicyGovernanceV1.ExplainDecisionResponse(decision: decision.wire)
        guard let bundle, let question = decision.question(in: bundle) else {
            answer.gap = decision.gap(bundle)
            return answer
        }
        let limit = request.policies == 0 ? Self.policiesDefault : min(Int(request.policies), Self.policiesMax)
        let explanation: DecisionExplanation
        do throws(InputFault) {
            explanation = try DecisionExplanation(of: question, in: bundle, policiesMax: limit)
        } catch { throw error.refusal }
        let determining = Set(decision.determining)
        let places = TextPlaces(of: bundle)
        answer.policies = explanation.policies.map { $0.wire(places, isDetermining: determining.contains($0.id.description)) }
        answer.changes = explanation.flip?.changes.map(\.description) ?? []
        answer.changedTo = explanation.flip.map { $0.decision == .allow ? "allow" : "deny" } ?? ""
        return answer
    }

    /// Nil where it is no longer stored.
    private func bundle(of decision: DecisionRecord, tenant: TenantID, in tx: PostgresTransaction) async throws -> CompiledBundle? {
        if decision.bundleDigest == CompiledBundle.empty.digest { return .empty }
        guard try await parts.bundles.exists(decision.bundleDigest, tenant: tenant, in: tx) else { return nil }
        return try await parts.bundle(decision.bundleDigest, tenant: tenant, in: tx)
    }
}

extension DecisionRecord {
    /// As it was asked; nil where that was erased, or is not what was decided on.
    fileprivate func question(in bundle: CompiledBundle) -> Question? {
        guard let matter, engine == Self.engine else { return nil }
        let question = Question(
            principalType: principalType, principal: principal, roles: roles, action: action, resourceType: resourceType, resource: resource,
            context: matter.context, input: matter.input, grants: matter.grants, time: time)
        guard SHA256Digest(hashing: JSONValue.object(matter.context).encoded()) == contextDigest,
            let identity = try? Question.identity(of: matter.input), identity == inputIdentity,
            entitySliceDigest == nil || EntitySlice.digest(question, in: bundle) == entitySliceDigest
        else { return nil }
        return question
    }

    fileprivate func gap(_ bundle: CompiledBundle?) -> String {
        if matter == nil { return "what it was about was erased; its verdict, its policies and the digests stay" }
        if engine != Self.engine { return "it was decided by other rules of evaluation, \(engine)" }
        if bundle == nil { return "its policies are not stored any more" }
        return "what is stored is not what its digests say"
    }
}

extension PolicyExplanation {
    fileprivate func wire(_ places: TextPlaces?, isDetermining: Bool) -> PolicyGovernanceV1.ExplainedPolicy {
        var policy = PolicyGovernanceV1.ExplainedPolicy(
            policyID: id.description, effect: effect == .permit ? "permit" : "forbid", line: UInt32(clamping: position.line), sentence: sentence,
            steps: trace.steps.map { $0.wire(places) }, stepsCut: trace.isCut, determining: isDetermining)
        switch outcome {
        case .satisfied: policy.outcome = "satisfied"
        case .scopeDiffers(let parts): (policy.outcome, policy.because) = ("scope", parts)
        case .conditionFails: policy.outcome = "condition"
        case .error(let error): (policy.outcome, policy.because) = ("error", ["\(error)"])
        }
        policy.decisive = decisive?.wire(places)
        return policy
    }
}

extension Trace.Step {
    fileprivate func wire(_ places: TextPlaces?) -> PolicyGovernanceV1.ExplainedStep {
        var step = PolicyGovernanceV1.ExplainedStep(depth: UInt32(clamping: depth), text: text)
        if let place = places?.place(of: span) { (step.line, step.column) = (UInt32(clamping: place.line), UInt32(clamping: place.column)) }
        switch outcome {
        case .value(let value): (step.outcome, step.result) = ("value", "\(value)")
        case .fault(let fault): (step.outcome, step.result) = ("fault", "\(fault)")
        case .failed: step.outcome = "failed"
        case .skipped: step.outcome = "skipped"
        }
        return step
    }
}

/// Lines and columns of a bundle's policies.
private struct TextPlaces {
    private let text: [UInt8]

    /// Nil where what is evaluated is not the text as it was written: blocks of session rules are read out of it first.
    init?(of bundle: CompiledBundle) {
        guard !bundle.hasSessionRules else { return nil }
        text = Array(bundle.content.policies.utf8)
    }

    /// From 1, columns in Unicode scalars.
    func place(of span: SourceSpan) -> (line: Int, column: Int)? {
        guard span.upper > span.lower, span.upper <= text.count else { return nil }
        let before = text[..<span.lower]
        let line = before.count { $0 == 0x0A } + 1
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return (line, before[start...].count { $0 & 0xC0 != 0x80 } + 1)
    }
}
