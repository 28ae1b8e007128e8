internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import RPC
internal import Trust
internal import Wire

/// Asks the policy service, and reads its answer fail-closed: what is not understood is a denial.
struct PolicyGateway: Sendable {
    /// Obligations that this engine meets: a redacted input is used as it came back, a gate is opened by a person.
    private static let metObligations: Set<String> = ["redact", "approval", "require-approval"]

    private let client: PolicyV1.PolicyClient

    init(channel: any RPCChannel) { client = PolicyV1.PolicyClient(channel: channel) }

    func decide(_ question: PolicyQuestion, of state: RunState) async throws -> PolicyAnswer {
        let context: JSONValue = ["run": ["id": .string(state.run.description), "flow": .string(state.flow), "step": .string(question.node)]]
        let request = PolicyV1.DecideRequest(
            principal: PolicyV1.EntityReference(type: question.principal.kind.rawValue, id: question.principal.id), roles: question.principal.roles,
            action: question.action, resource: PolicyV1.EntityReference(type: question.resource.type, id: question.resource.id),
            contextJSON: context.encoded(),
            inputJSON: question.input.encoded(), grants: question.grants.map(\.wire), runID: state.run.bytes, step: question.node,
            requestID: DerivedIdentity.uuid(question.request).bytes)
        return try await decide(request, tenant: state.tenant, principal: question.principal.kind == .person ? question.principal.id : nil)
    }

    func decide(_ request: PolicyV1.DecideRequest, tenant: TenantID, principal: String?) async throws -> PolicyAnswer {
        let options = CallOptions(tenant: tenant, principal: principal, timeout: .seconds(5))
        let response = try await client.decide(request, options: options)
        guard let decision = response.decision else {
            throw RPCError(.internal, reason: "NO_DECISION", message: "policy answered without a decision")
        }
        return try Self.answer(decision)
    }

    static func answer(_ decision: PolicyV1.Decision) throws -> PolicyAnswer {
        guard let id = DecisionID(bytes: decision.decisionID) else {
            throw RPCError(.internal, reason: "NO_DECISION", message: "policy answered without an id")
        }
        var verdict = verdict(decision.verdict)
        var reason = decision.reason
        let input = (try? JSONValue(parsing: decision.inputJSON)) ?? .null
        if verdict != .deny, let unmet = unmetObligation(decision.obligationsJSON) {
            verdict = .deny
            reason = "policy demands '\(unmet)', which this engine cannot do"
        }
        guard let identity = SHA256Digest(bytes: decision.enforcedIdentity) ?? (verdict == .deny ? SHA256Digest(hashing: []) : nil) else {
            throw RPCError(.internal, reason: "NO_IDENTITY", message: "policy answered without the identity of the input")
        }
        let gates = decision.gates.filter { $0.gate == "approval" }.map {
            PolicyAnswer.Gate(policy: $0.policyID, role: $0.role, ttlSeconds: Int($0.ttlSeconds))
        }
        return PolicyAnswer(
            decision: id, verdict: verdict, input: input, enforcedIdentity: identity, receiptDigest: SHA256Digest(bytes: decision.receiptDigest),
            receipt: ReceiptID(bytes: decision.receiptID), gates: gates,
            reason: reason)
    }

    private static func verdict(_ verdict: PolicyV1.Verdict) -> PolicyAnswer.Verdict {
        switch verdict {
        case .allow: .allow
        case .redact: .redact
        case .requireApproval: .requireApproval
        case .redactAndRequireApproval: .redactAndRequireApproval
        case .deny, .unspecified, .unrecognized: .deny
        }
    }

    private static func unmetObligation(_ bytes: [UInt8]) -> String? {
        guard !bytes.isEmpty else { return nil }
        guard let obligations = (try? JSONValue(parsing: bytes))?.arrayValue else { return "obligations" }
        return obligations.map { $0["id"]?.stringValue ?? "an obligation without an id" }.first { !metObligations.contains($0) }
    }
}

extension ApprovalGrant {
    var wire: PolicyV1.Grant {
        PolicyV1.Grant(
            gate: "approval", role: role, approver: approver, taskID: task.bytes, enforcedIdentity: enforcedIdentity.bytes, expiresMicros: expires)
    }
}
