internal import ConnectorsCore
internal import Identity
internal import JSON
internal import RPC
internal import Trust
internal import Wire

/// Asks policy whether the decision that a caller names allows this very call. Whoever calls is not believed.
struct DecisionCheck: Sendable {
    private let policy: PolicyV1.PolicyClient

    init(policy: any RPCChannel) { self.policy = PolicyV1.PolicyClient(channel: policy) }

    /// - Throws: ``RPCError`` with PERMISSION_DENIED where it does not, and as policy answers where it cannot be asked.
    func check(_ asked: AskedCall, connector: String, options: CallOptions) async throws(RPCError) {
        let answer: PolicyV1.GetDecisionResponse
        do throws(RPCError) {
            answer = try await policy.getDecision(PolicyV1.GetDecisionRequest(decisionID: asked.decisionID.bytes), options: options)
        } catch {
            guard error.code == .notFound else { throw error }
            throw Self.refusal("DECISION_NOT_FOUND", "there is no decision \(asked.decisionID)")
        }
        guard let decision = answer.decision else { throw Self.refusal("DECISION_NOT_FOUND", "there is no decision \(asked.decisionID)") }
        guard decision.verdict == .allow || decision.verdict == .redact else {
            throw Self.refusal("NOT_ALLOWED", "decision \(asked.decisionID) does not allow the call")
        }
        if let unmet = Self.unmetObligation(decision.obligationsJSON) {
            throw Self.refusal("OBLIGATION_UNMET", "decision \(asked.decisionID) demands '\(unmet)', which nobody here can do")
        }
        let identity = asked.identity
        let isSame =
            decision.action == identity.operation && decision.resource == connector && decision.enforcedIdentity == identity.inputDigest.bytes
            && decision.runID == (identity.run?.bytes ?? []) && decision.step == identity.step
            && (asked.decisionReceipt.map { $0.bytes == decision.receiptDigest } ?? true)
        guard isSame else { throw Self.refusal("DECISION_OF_ANOTHER_CALL", "decision \(asked.decisionID) is about another call") }
    }

    /// The input that a redaction leaves is the one that the call is held against, and a gate was opened by a person: nothing else is met.
    private static let metObligations: Set<String> = ["redact", "approval"]

    /// What cannot be read is an obligation that cannot be met.
    private static func unmetObligation(_ bytes: [UInt8]) -> String? {
        guard !bytes.isEmpty else { return nil }
        guard let obligations = (try? JSONValue(parsing: bytes))?.arrayValue else { return "obligations" }
        return obligations.map { $0["id"]?.stringValue ?? "an obligation without an id" }.first { !metObligations.contains($0) }
    }

    static func refusal(_ reason: String, _ message: String) -> RPCError { RPCError(.permissionDenied, reason: reason, message: message) }
}
