internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import RPC
package import ServiceKit
internal import Trust
internal import Wire

/// The service as it runs: what it serves, and what it does by itself.
package struct PolicyMesh: Sendable {
    private let parts: PolicyParts
    private let followers: BlueprintFollower

    package init(kit: ServiceContext) throws {
        let vault = ContextVault(wrappingKey: try kit.config.settings.keyEncryptionKey("kek_file"))
        parts = PolicyParts(pool: kit.postgres, receipts: kit.receipts, vault: vault, validator: SchemaValidator(), now: { Date() })
        followers = BlueprintFollower(parts: parts, logger: kit.logger)
    }

    package func register(with kit: ServiceContext) {
        let policy = PolicyEndpoint(parts: parts, followers: followers)
        kit.serve(PolicyV1.PolicyService(handler: policy))
        kit.serve(PolicyAccessV1.AccessService(handler: AccessEndpoint(policy: policy)))
        let governance = GovernanceEndpoint(parts: parts, followers: followers)
        kit.serve(PolicyGovernanceV1.GovernanceService(handler: governance))
        let system = kit.systemPostgres
        kit.background("blueprints") { [followers] in try await followers.run(system: system) }
        kit.background("adaptive guardrails") { try await governance.guardrails.run(system: system) }
    }
}
