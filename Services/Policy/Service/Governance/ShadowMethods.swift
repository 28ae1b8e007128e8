internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Postgres
package import RPC
internal import Trust
package import Wire

extension GovernanceEndpoint {
    private static let divergencesDefault = 50
    private static let divergencesMax = 500

    package func setShadow(
        _ request: PolicyGovernanceV1.SetShadowRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.SetShadowResponse {
        let tenant = try context.requireTenant()
        _ = try context.requirePrincipal()
        let digest = request.digest.isEmpty ? nil : try Self.digest(request.digest, "digest")
        try await parts.pool.withTenant(tenant) { tx in
            if let digest, try await !parts.bundles.exists(digest, tenant: tenant, in: tx) { throw Self.missing(digest) }
            guard try await parts.bundles.setShadow(digest, tenant: tenant, in: tx) || digest == nil else {
                throw RPCError(.failedPrecondition, reason: "NO_ACTIVE_BUNDLE", message: "no policies are in force whose shadow it could be")
            }
        }
        return PolicyGovernanceV1.SetShadowResponse()
    }

    package func getShadow(
        _ request: PolicyGovernanceV1.GetShadowRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.GetShadowResponse {
        let tenant = try context.requireTenant()
        let since = Date(micros: request.sinceMicros)
        let limit = request.limit == 0 ? Self.divergencesDefault : min(Int(request.limit), Self.divergencesMax)
        return try await parts.pool.withTenant(tenant) { tx in
            guard let shadow = try await parts.bundles.pointers(tenant: tenant, in: tx).shadow else { return PolicyGovernanceV1.GetShadowResponse() }
            let counts = try await parts.shadows.counts(shadow, since: since, tenant: tenant, in: tx)
            let divergences = try await parts.shadows.divergences(shadow, since: since, limit: limit, tenant: tenant, in: tx)
            return PolicyGovernanceV1.GetShadowResponse(
                digest: shadow.bytes,
                matrix: counts.compactMap { count in
                    count.verdict.map {
                        PolicyGovernanceV1.VerdictPair(enforced: count.enforced.wire, other: $0.wire, count: UInt64(clamping: count.count))
                    }
                }, divergences: divergences.map(\.wire),
                failed: UInt64(clamping: counts.filter { $0.verdict == nil }.reduce(0) { $0 + $1.count }))
        }
    }
}

extension PostgresShadowStore.Divergence {
    fileprivate var wire: PolicyGovernanceV1.ShadowDivergence {
        PolicyGovernanceV1.ShadowDivergence(
            decisionID: shadow.decision.bytes, enforced: shadow.enforced.wire, shadow: shadow.verdict?.wire ?? .unspecified,
            determining: shadow.determining, principal: principal, action: action, resource: resource, timeMicros: shadow.time.micros,
            reason: shadow.reason)
    }
}
