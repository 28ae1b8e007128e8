internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
package import RPC
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
        return PolicyGovernanceV1.ListProposalsResponse(proposals: found.map(\.wire))
    }
}

extension AdaptiveGuardrails.Proposed {
    fileprivate var wire: PolicyGovernanceV1.Proposal {
        PolicyGovernanceV1.Proposal(
            kind: proposal.kind.rawValue, policyID: proposal.policy, sentence: proposal.sentence, tightens: proposal.tightens,
            draft: PolicyGovernanceV1.BundleContent(
                name: name, policies: content.policies, entitiesJSON: content.entities == [] ? [] : content.entities.encoded(),
                schema: content.schema, testsJSON: content.tests == [] ? [] : content.tests.encoded(), expiresMicros: content.expires?.micros ?? 0),
            digest: bundle.digest.bytes, reportJSON: report.json.encoded(), evidenceJSON: proposal.evidence.encoded())
    }
}
