internal import Identity
internal import JSON
internal import PolicyCore
internal import Receipts
internal import Trust

extension DecisionRecord {
    /// Lists longer than this stand in a receipt by their digest alone, so that no set of policies can make it too large.
    private static let listedMax = 32

    /// The statement that this decision was made. Whom it was about can be disclosed, and is not told otherwise.
    func receiptDraft(tenant: TenantID, causes: [SHA256Digest], trace: String) throws -> ReceiptDraft {
        let facts: JSONObject = [
            "action": .string(action), "bundle": .string(bundleDigest.hex), "context_digest": .string(contextDigest.hex),
            "decision": .string(id.lowercased), "determining": listed(determining), "enforced_identity": .string(enforcedIdentity.hex),
            "engine": .string(Self.engine), "entity_slice_digest": .string(entitySliceDigest?.hex ?? ""), "erring": listed(erring),
            "gates": .array(gates.prefix(Self.listedMax).map { .object($0.facts) }),
            "input_identity": .string(inputIdentity.hex), "mode": "enforce", "request_digest": .string(requestDigest.hex),
            "satisfied_forbids": listed(satisfiedForbids), "satisfied_permits": listed(satisfiedPermits), "verdict": .string(verdict.word),
        ]
        return ReceiptDraft(
            kind: .policyDecision, tenant: tenant, run: run, step: step.isEmpty ? nil : step, phase: .single, causes: causes, trace: trace,
            subject: [ReceiptSubject("decision:\(id.lowercased)", SHA256Digest(hashing: try JSONValue.object(facts).canonical()))],
            outcome: verdict.word, facts: facts,
            personal: ["principal": .string(principal), "resource": .string(resource), "reason": .string(reason)], time: time,
            receiptID: ReceiptID(rawValue: receiptID))
    }

    private func listed(_ ids: [String]) -> JSONValue {
        if ids.count <= Self.listedMax { return .array(ids.map(JSONValue.string)) }
        let all = JSONValue.array(ids.map(JSONValue.string)).encoded()
        return ["count": .int(Int64(ids.count)), "sha256": .string(SHA256Digest(hashing: all).hex)]
    }
}
