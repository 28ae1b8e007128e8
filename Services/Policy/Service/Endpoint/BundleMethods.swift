internal import Identity
internal import JSON
internal import PolicyCore
internal import Postgres
package import RPC
internal import ServiceKit
internal import Trust
package import Wire

extension PolicyEndpoint {
    package func putBundle(_ request: PolicyV1.PutBundleRequest, context: CallContext) async throws -> PolicyV1.PutBundleResponse {
        let tenant = try context.requireTenant()
        let author = try context.requirePrincipal()
        let content = PolicyGovernanceV1.BundleContent(name: request.name, policies: request.policies, entitiesJSON: request.entitiesJSON)
        let published = try await publishing.publish(
            AskedBundle(content), note: "", activate: request.activate, acceptsLoosening: false, by: author, tenant: tenant)
        guard let digest = published.digest else {
            return PolicyV1.PutBundleResponse(problems: published.check.problems.prefix(AskedBundle.problemsMax).map(\.wire))
        }
        if let activation = published.activation, activation.state != .active {
            // This method promises that it is in force, and has no other word for it.
            throw RPCError(
                .failedPrecondition, reason: activation.state == .held ? "ACTIVATION_HELD" : "ACTIVATION_AWAITS_APPROVAL",
                message: activation.state == .held
                    ? "stored, and held: \(activation.report?.sentence ?? "a replay finds decisions that would be looser")"
                    : "stored; somebody else must approve that it is put in force", details: ["digest": digest.hex])
        }
        return PolicyV1.PutBundleResponse(digest: digest.bytes)
    }

    package func getActiveBundle(
        _ request: PolicyV1.GetActiveBundleRequest, context: CallContext
    ) async throws -> PolicyV1.GetActiveBundleResponse {
        let tenant = try context.requireTenant()
        return try await parts.pool.withTenant(tenant) { tx in
            guard let bundle = try await parts.bundles.active(tenant: tenant, in: tx) else {
                throw RPCError(.notFound, reason: "NO_ACTIVE_BUNDLE", message: "no policies are in force")
            }
            return PolicyV1.GetActiveBundleResponse(bundle: bundle.wire(isActive: true))
        }
    }
}
