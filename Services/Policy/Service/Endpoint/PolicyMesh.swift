internal import Foundation
internal import Identity
internal import JSON
internal import PolicyCore
internal import RPC
internal import Receipts
package import ServiceKit
internal import Trust
internal import Wire

/// The service as it runs: what it serves, and what it does by itself.
package struct PolicyMesh: Sendable {
    private let parts: PolicyParts
    private let followers: BlueprintFollower

    package init(kit: ServiceContext) throws {
        let vault = ContextVault(wrappingKey: try kit.config.settings.keyEncryptionKey("kek_file"))
        let seal = BundleSeal(keys: [kit.signer.publicKey] + (try Self.formerKeys(kit.config.settings)))
        parts = PolicyParts(
            pool: kit.postgres, receipts: kit.receipts, vault: vault, validator: SchemaValidator(), seal: seal, now: { Date() })
        followers = BlueprintFollower(parts: parts, logger: kit.logger)
    }

    /// Public keys by which bundles were sealed before the signing key was replaced.
    private static func formerKeys(_ settings: ServiceSettings) throws -> [ES256PublicKey] {
        try settings.strings("former_signing_keys", default: []).map { path in
            do { return try ES256PublicKey(pem: try String(contentsOfFile: path, encoding: .utf8)) } catch {
                throw ConfigError(["settings.former_signing_keys: \(path) holds no public key: \(error)"])
            }
        }
    }

    package func register(with kit: ServiceContext) {
        let policy = PolicyEndpoint(parts: parts, followers: followers)
        kit.serve(PolicyV1.PolicyService(handler: policy))
        kit.serve(PolicyAccessV1.AccessService(handler: AccessEndpoint(policy: policy)))
        let governance = GovernanceEndpoint(parts: parts, followers: followers, connectors: kit.channel(to: .connectors))
        kit.serve(PolicyGovernanceV1.GovernanceService(handler: governance))
        let system = kit.systemPostgres
        kit.background("blueprints") { [followers] in try await followers.run(system: system) }
        let sweeper = SessionSweeper(parts: parts, logger: kit.logger)
        kit.background("session states") { try await sweeper.run(system: system) }
        kit.background("adaptive guardrails") { try await governance.guardrails.run(system: system) }
    }
}
