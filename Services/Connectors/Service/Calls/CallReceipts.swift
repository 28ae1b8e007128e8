internal import ConnectorsCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Receipts
internal import Trust

/// What a call attests before and after. The input and output are there as digests, and as disclosures that can be withheld.
struct CallReceipts: Sendable {
    let identity: CallIdentity
    let input: JSONValue
    let entry: ConnectorRegistry.Entry
    let decision: SHA256Digest?

    func intent(attempt: Int, host: String, at time: Date) -> ReceiptDraft {
        var facts = common(attempt)
        facts["host"] = .string(host)
        facts["idempotency"] = .string(entry.operation.idempotency.rawValue)
        return draft(.intent, causes: decision.map { [$0] } ?? [], outcome: "begun", facts, personal: ["input": input], at: time)
    }

    func result(_ state: VendorCallRecord.State, _ call: StoredCall, _ performance: OperationRunner.Performance?, at time: Date) -> ReceiptDraft {
        var facts = common(call.record.attempt)
        if let digest = performance?.requestDigest { facts["request_digest"] = .string(digest.hex) }
        if let digest = performance?.responseDigest { facts["response_digest"] = .string(digest.hex) }
        if let status = performance?.status { facts["http_status"] = .int(Int64(status)) }
        if let failure = call.failure { facts["error_class"] = .string(failure.errorClass.rawValue) }
        facts["cost_micros"] = .int(call.costMicros)
        let personal: JSONObject = call.output.map { ["output": $0] } ?? call.failure.map { ["error": .string($0.message)] } ?? [:]
        return draft(.result, causes: call.openIntents, outcome: Self.outcome(state, performance), facts, personal: personal, at: time)
    }

    /// A call that was not begun: nothing left this machine.
    func refusal(_ failure: CallFailure, at time: Date) -> ReceiptDraft {
        var facts = common(1)
        facts["error_class"] = .string(failure.errorClass.rawValue)
        return draft(.single, causes: decision.map { [$0] } ?? [], outcome: "refused", facts, personal: ["error": .string(failure.message)], at: time)
    }

    /// An earlier attempt of which it is now known that nothing came.
    func nothingHappened(_ call: StoredCall, at time: Date) -> ReceiptDraft {
        draft(.result, causes: call.openIntents, outcome: "did-not-run", common(call.record.attempt), personal: [:], at: time)
    }

    private func common(_ attempt: Int) -> JSONObject {
        [
            "operation": .string(entry.operation.name), "connector": .string(entry.manifest.name),
            "connector_version": .string(entry.manifest.version),
            "attempt": .int(Int64(attempt)), "call_key": .string(SHA256Digest(hashing: Array(identity.key.utf8)).hex), "direction": "out",
        ]
    }

    private func draft(
        _ phase: ReceiptPhase, causes: [SHA256Digest], outcome: String, _ facts: JSONObject, personal: JSONObject, at time: Date
    ) -> ReceiptDraft {
        ReceiptDraft(
            kind: .connectorCall, tenant: identity.tenant, run: identity.run, step: identity.step.isEmpty ? nil : identity.step, phase: phase,
            causes: causes,
            policyDecision: decision, subject: [ReceiptSubject("input:\(entry.operation.name)", identity.inputDigest)], outcome: outcome,
            facts: facts,
            personal: personal, time: time)
    }

    private static func outcome(_ state: VendorCallRecord.State, _ performance: OperationRunner.Performance?) -> String {
        switch state {
        case .succeeded: performance?.isReadBack == true ? "ok-found" : "ok"
        case .mayHaveRun: "outcome_unknown"
        case .prepared, .started, .retryable, .failed: "failed"
        }
    }
}
