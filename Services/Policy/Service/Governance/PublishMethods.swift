internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Postgres
package import RPC
internal import ServiceKit
internal import Trust
package import Wire

extension GovernanceEndpoint {
    package func testBundle(
        _ request: PolicyGovernanceV1.TestBundleRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.TestBundleResponse {
        let check = try await publishing.check(AskedBundle(request.content), tenant: try context.requireTenant())
        return PolicyGovernanceV1.TestBundleResponse(
            digest: check.bundle?.digest.bytes ?? [], problems: check.problems.prefix(AskedBundle.problemsMax).map(\.wire),
            results: check.results.map(\.wire))
    }

    package func publishBundle(
        _ request: PolicyGovernanceV1.PublishBundleRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.PublishBundleResponse {
        let published = try await publishing.publish(
            AskedBundle(request.content), note: Self.note(request.note), activate: request.activate, acceptsLoosening: request.acceptLoosening,
            by: try context.requirePrincipal(), tenant: try context.requireTenant())
        return PolicyGovernanceV1.PublishBundleResponse(
            digest: published.digest?.bytes ?? [], problems: published.check.problems.prefix(AskedBundle.problemsMax).map(\.wire),
            results: published.check.results.map(\.wire),
            activation: published.activation?.wire ?? (published.digest == nil ? nil : PolicyGovernanceV1.ActivateBundleResponse(state: .stored)))
    }

    package func activateBundle(
        _ request: PolicyGovernanceV1.ActivateBundleRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.ActivateBundleResponse {
        let wish = Activator.Wish(
            kind: request.rollback ? .rollback : .bundle, digest: try Self.digest(request.digest, "digest"), note: try Self.note(request.note),
            principal: try context.requirePrincipal(), acceptsLoosening: request.acceptLoosening)
        return try await publishing.activate(wish, tenant: try context.requireTenant()).wire
    }

    package func decideActivation(
        _ request: PolicyGovernanceV1.DecideActivationRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.DecideActivationResponse {
        let outcome = try await publishing.decide(
            try Self.id(request.proposalID, "proposal_id"), approves: request.approve, by: try context.requirePrincipal(),
            tenant: try context.requireTenant())
        return PolicyGovernanceV1.DecideActivationResponse(state: outcome.state.wire, receiptID: outcome.receipt?.bytes ?? [])
    }

    package func listActivations(
        _ request: PolicyGovernanceV1.ListActivationsRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.ListActivationsResponse {
        let tenant = try context.requireTenant()
        let page = try PageRequest(request.page)
        return try await parts.pool.withTenant(tenant) { tx in
            let rows = try await parts.activations.page(before: try page.id(), limit: page.limit + 1, tenant: tenant, in: tx)
            let shown = rows.prefix(page.limit)
            return PolicyGovernanceV1.ListActivationsResponse(
                activations: shown.map(\.wire), nextCursor: rows.count > page.limit ? shown.last?.id.bytes ?? [] : [])
        }
    }
}
