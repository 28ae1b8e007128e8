internal import FoundationEssentials
package import Logging
internal import PolicyCore
package import Postgres
package import RPC
package import Receipts
package import ServiceKit
package import Trust
internal import Wire

/// The service's methods without the rest of a process: for benches, which bring a database of their own.
package struct StandalonePolicy: Sendable {
    package let policy: PolicyEndpoint
    package let governance: GovernanceEndpoint

    package init(
        pool: PostgresPool, signer: ReceiptSigner, receipts: ReceiptRecorder, wrappingKey: KeyEncryptionKey, connectors: any RPCChannel,
        logger: Logger
    ) {
        let parts = PolicyParts(
            pool: pool, receipts: receipts, vault: ContextVault(wrappingKey: wrappingKey), validator: SchemaValidator(),
            seal: BundleSeal(keys: [signer.publicKey]), now: { Date() })
        let followers = BlueprintFollower(parts: parts, logger: logger)
        policy = PolicyEndpoint(parts: parts, followers: followers)
        governance = GovernanceEndpoint(parts: parts, followers: followers, connectors: connectors)
    }
}
