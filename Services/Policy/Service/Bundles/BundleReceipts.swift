internal import Cedar
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import Receipts
internal import Trust

/// What is attested of bundles: that they were published, put in force, taken back, proposed or refused.
enum BundleReceipts {
    static func published(_ bundle: CompiledBundle, name: String, tests: Int, by author: String, tenant: TenantID, at time: Date) -> ReceiptDraft {
        var facts: JSONObject = [
            "bundle": .string(bundle.digest.hex), "engine": .string(DecisionRecord.engine), "policies": .int(Int64(bundle.policies.policies.count)),
            "tests_passed": .int(Int64(tests)),
        ]
        if let blueprint = bundle.content.blueprint { facts["blueprint"] = .string(blueprint.hex) }
        if let expires = bundle.expires { facts["expires_micros"] = .int(expires.micros) }
        return draft(bundle.digest, "bundle-published", facts, ["author": .string(author), "name": .string(name)], tenant, time)
    }

    /// - Parameter outcome: For example `bundle-activated`.
    static func activation(_ activation: Activation, outcome: String, tenant: TenantID, at time: Date) -> ReceiptDraft {
        var facts: JSONObject = ["activation": .string(activation.id.lowercased), "engine": .string(DecisionRecord.engine)]
        if let digest = activation.digest { facts["bundle"] = .string(digest.hex) }
        if let previous = activation.previous { facts["previous"] = .string(previous.hex) }
        if let settings = activation.settings { facts["settings"] = settings.json }
        let personal: JSONObject = [
            "proposed_by": .string(activation.proposedBy), "decided_by": .string(activation.decidedBy), "note": .string(activation.note),
        ]
        let subject = activation.digest ?? SHA256Digest(hashing: activation.settings?.json.encoded() ?? [])
        return draft(subject, outcome, facts, personal, tenant, time)
    }

    static func replay(_ report: ReplayReport, digest: SHA256Digest, by principal: String, tenant: TenantID, at time: Date) -> ReceiptDraft {
        let facts: JSONObject = [
            "bundle": .string(report.draft.hex), "decisions": .int(Int64(report.total)), "engine": .string(DecisionRecord.engine),
            "loosened": .int(Int64(report.loosened)), "replayed": .int(Int64(report.replayed)), "report": .string(digest.hex),
            "since_micros": .int(report.since.micros), "tightened": .int(Int64(report.tightened)), "until_micros": .int(report.until.micros),
        ]
        return ReceiptDraft(
            kind: .policyDecision, tenant: tenant, phase: .single, subject: [ReceiptSubject("replay:\(digest.hex)", digest)], outcome: "replayed",
            facts: facts, personal: ["asked_by": .string(principal)], time: time)
    }

    static func dismissed(
        _ proposal: GuardrailProposal, id: SHA256Digest, reason: String, by principal: String, tenant: TenantID, at time: Date
    ) -> ReceiptDraft {
        let facts: JSONObject = [
            "kind": .string(proposal.kind.rawValue), "policy": .string(proposal.policy), "tightens": .bool(proposal.tightens),
            "proposal": .string(id.hex),
        ]
        return ReceiptDraft(
            kind: .policyDecision, tenant: tenant, phase: .single, subject: [ReceiptSubject("proposal:\(id.hex)", id)],
            outcome: "proposal-dismissed", facts: facts,
            personal: ["dismissed_by": .string(principal), "reason": .string(reason), "sentence": .string(proposal.sentence)], time: time)
    }

    private static func draft(
        _ digest: SHA256Digest, _ outcome: String, _ facts: JSONObject, _ personal: JSONObject, _ tenant: TenantID, _ time: Date
    ) -> ReceiptDraft {
        ReceiptDraft(
            kind: .policyDecision, tenant: tenant, phase: .single, subject: [ReceiptSubject("bundle:\(digest.hex)", digest)], outcome: outcome,
            facts: facts, personal: personal, time: time)
    }
}
