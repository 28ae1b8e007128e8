internal import Cedar
internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Postgres
package import RPC
internal import Trust
package import Wire

extension GovernanceEndpoint {
    package func listBundles(
        _ request: PolicyGovernanceV1.ListBundlesRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.ListBundlesResponse {
        let tenant = try context.requireTenant()
        let page = try PageRequest(request.page)
        return try await parts.pool.withTenant(tenant) { tx in
            let pointers = try await parts.bundles.pointers(tenant: tenant, in: tx)
            let rows = try await parts.bundles.page(before: try page.time(), limit: page.limit + 1, tenant: tenant, in: tx)
            let shown = rows.prefix(page.limit)
            return PolicyGovernanceV1.ListBundlesResponse(
                bundles: shown.map { $0.summary(pointers) },
                nextCursor: rows.count > page.limit ? shown.last.map { PageRequest.cursor($0.created) } ?? [] : [])
        }
    }

    package func getBundle(
        _ request: PolicyGovernanceV1.GetBundleRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.GetBundleResponse {
        let tenant = try context.requireTenant()
        let digest = try Self.digest(request.digest, "digest")
        return try await parts.pool.withTenant(tenant) { tx in
            guard let bundle = try await parts.bundles.bundle(digest, tenant: tenant, in: tx) else { throw Self.missing(digest) }
            let isActive = try await parts.bundles.pointers(tenant: tenant, in: tx).active == digest
            return PolicyGovernanceV1.GetBundleResponse(bundle: bundle.wire(isActive: isActive))
        }
    }

    package func diffBundles(
        _ request: PolicyGovernanceV1.DiffBundlesRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.DiffBundlesResponse {
        let tenant = try context.requireTenant()
        let to = try Self.digest(request.toDigest, "to_digest")
        let from = request.fromDigest.isEmpty ? nil : try Self.digest(request.fromDigest, "from_digest")
        let difference = try await parts.pool.withTenant(tenant) { tx in
            let old = if let from { from } else { try await parts.bundles.pointers(tenant: tenant, in: tx).active }
            for digest in [old, to].compactMap(\.self) where try await !parts.bundles.exists(digest, tenant: tenant, in: tx) {
                throw Self.missing(digest)
            }
            return BundleDifference(
                from: try await parts.bundle(old, tenant: tenant, in: tx), to: try await parts.bundle(to, tenant: tenant, in: tx))
        }
        return PolicyGovernanceV1.DiffBundlesResponse(
            changes: difference.changes.map {
                PolicyGovernanceV1.PolicyChange(
                    policyID: $0.policy.description, kind: $0.change.word, before: $0.change.before, after: $0.change.after)
            }, entitiesChanged: difference.entitiesDiffer, schemaChanged: difference.schemasDiffer)
    }
}
