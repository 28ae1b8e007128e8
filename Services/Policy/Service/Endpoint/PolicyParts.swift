internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Postgres
internal import ServiceKit
internal import Trust

/// What the methods of this service share.
struct PolicyParts: Sendable {
    let pool: PostgresPool
    let receipts: ReceiptRecorder
    let vault: ContextVault
    let now: @Sendable () -> Date
    /// Holds bundles against their schemas.
    let validator: any BundleValidator
    let bundles = PostgresBundleStore()
    let activations = PostgresActivationStore()
    let settings = PostgresSettingsStore()
    let shadows = PostgresShadowStore()
    let outcomes = PostgresOutcomeStore()
    let dismissals = PostgresDismissalStore()
    let progress = PostgresProgressStore()
    let decisions: PostgresDecisionStore
    let sessions: PostgresSessionStore
    let cache = BundleCache()
    let seal: BundleSeal

    init(
        pool: PostgresPool, receipts: ReceiptRecorder, vault: ContextVault, validator: any BundleValidator, seal: BundleSeal,
        now: @escaping @Sendable () -> Date
    ) {
        self.seal = seal
        self.pool = pool
        self.receipts = receipts
        self.vault = vault
        self.validator = validator
        // To the microsecond, as it is stored: a decision that is read again must be equal to the one that was answered.
        self.now = { Date(micros: now().micros) }
        decisions = PostgresDecisionStore(vault: vault)
        sessions = PostgresSessionStore(vault: vault)
    }

    /// A tenant without a bundle has no policy that permits anything.
    ///
    /// - Throws: Where the bundle is not what its digest says, or was not published: nothing is decided by such a one.
    func bundle(_ digest: SHA256Digest?, tenant: TenantID, in tx: PostgresTransaction) async throws -> CompiledBundle {
        guard let digest else { return .empty }
        if let bundle = cache[digest] { return bundle }
        guard let stored = try await bundles.bundle(digest, tenant: tenant, in: tx) else {
            throw PostgresError.unreadableColumn("digest", reason: "the bundle is not stored")
        }
        try seal.check(stored)
        let bundle = try CompiledBundle.compile(stored.content)
        guard bundle.digest == digest else { throw PostgresError.unreadableColumn("policies", reason: "are not those of the bundle's digest") }
        cache.insert(bundle)
        return bundle
    }
}
