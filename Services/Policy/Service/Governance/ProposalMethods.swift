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
    package func listProposals(
        _ request: PolicyGovernanceV1.ListProposalsRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.ListProposalsResponse {
        let tenant = try context.requireTenant()
        let until = parts.now()
        let since = request.sinceMicros > 0 ? Date(micros: request.sinceMicros) : until.addingTimeInterval(-AdaptiveGuardrails.window)
        guard since < until else { throw RPCError.invalid("since_micros", "is in the future", fix: "send an earlier time") }
        let found = try await guardrails.proposals(since: since, until: until, tenant: tenant)
        let dismissed = try await parts.pool.withTenant(tenant) { tx in try await parts.dismissals.all(tenant: tenant, in: tx) }
        return PolicyGovernanceV1.ListProposalsResponse(proposals: found.map(\.wire), dismissed: dismissed.map(\.wire))
    }

    package func dismissProposal(
        _ request: PolicyGovernanceV1.DismissProposalRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.DismissProposalResponse {
        let tenant = try context.requireTenant()
        let principal = try context.requirePrincipal()
        let id = try Self.digest(request.proposalID, "proposal_id")
        let reason = try Self.note(request.reason)
        guard !reason.isEmpty else { throw RPCError.invalid("reason", "is missing", fix: "say why; it stands in the receipt") }
        if let receipt = try await parts.pool.withTenant(tenant, { tx in try await parts.dismissals.receipt(of: id, tenant: tenant, in: tx) }) {
            return PolicyGovernanceV1.DismissProposalResponse(receiptID: receipt.bytes)
        }
        let until = parts.now()
        let since = request.sinceMicros > 0 ? Date(micros: request.sinceMicros) : until.addingTimeInterval(-AdaptiveGuardrails.window)
        guard since < until else { throw RPCError.invalid("since_micros", "is in the future", fix: "send an earlier time") }
        guard let proposal = try await guardrails.proposal(id, since: since, until: until, tenant: tenant) else {
            throw RPCError(.notFound, reason: "PROPOSAL_NOT_FOUND", message: "the log does not suggest that, or not any more")
        }
        return try await parts.pool.withTenant(tenant) { tx in
            let receipt = try await parts.receipts.record(
                BundleReceipts.dismissed(proposal, id: id, reason: reason, by: principal, tenant: tenant, at: until), in: tx)
            let dismissal = Dismissal(
                proposal: id, kind: proposal.kind.rawValue, policy: proposal.policy, sentence: proposal.sentence, reason: reason,
                principal: principal, time: until, receipt: receipt.id)
            guard try await parts.dismissals.put(dismissal, tenant: tenant, in: tx) else {
                throw RPCError(.aborted, reason: "DISMISSED_MEANWHILE", message: "somebody else has dismissed it just now")
            }
            return PolicyGovernanceV1.DismissProposalResponse(receiptID: receipt.id.bytes)
        }
    }
}

extension Dismissal {
    fileprivate var wire: PolicyGovernanceV1.DismissedProposal {
        PolicyGovernanceV1.DismissedProposal(
            proposalID: proposal.bytes, kind: kind, policyID: policy, sentence: sentence, reason: reason, dismissedBy: principal,
            dismissedMicros: time.micros, receiptID: receipt.bytes)
    }
}

extension AdaptiveGuardrails.Proposed {
    fileprivate var wire: PolicyGovernanceV1.Proposal {
        PolicyGovernanceV1.Proposal(
            kind: proposal.kind.rawValue, policyID: proposal.policy, sentence: proposal.sentence, tightens: proposal.tightens,
            draft: PolicyGovernanceV1.BundleContent(
                name: name, policies: content.policies, entitiesJSON: content.entities == [] ? [] : content.entities.encoded(),
                schema: content.schema, testsJSON: content.tests == [] ? [] : content.tests.encoded(), expiresMicros: content.expires?.micros ?? 0),
            digest: bundle.digest.bytes, reportJSON: report.json.encoded(), evidenceJSON: proposal.evidence.encoded(), proposalID: id.bytes)
    }
}
