internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import Postgres
internal import Receipts
internal import ServiceKit
internal import Trust

/// Checks bundles and stores those that are good, each with a receipt that attests its digest.
struct BundlePublisher: Sendable {
    let parts: PolicyParts

    struct Checked: Sendable {
        let name: String
        /// As the tenant wrote it.
        let content: BundleContent
        let check: BundleCheck
        /// Nil where the tenant follows nobody.
        let blueprint: Blueprint?

        var whole: BundleContent { blueprint.map { $0.composed(with: content) } ?? content }
    }

    /// Parses, validates and tests; a part that a client wrote over the blueprint that it follows.
    func check(_ content: BundleContent, name: String, tenant: TenantID) async throws -> Checked {
        let blueprint = try await parts.pool.withTenant(tenant) { tx in try await self.blueprint(tenant: tenant, in: tx) }
        return Checked(
            name: name, content: content, check: BundleCheck(content, over: blueprint, validator: parts.validator, time: parts.now()),
            blueprint: blueprint)
    }

    /// Stores what was found good; the same content again is the same bundle.
    func store(_ checked: Checked, as bundle: CompiledBundle, by author: String, tenant: TenantID, in tx: PostgresTransaction) async throws {
        guard try await !parts.bundles.exists(bundle.digest, tenant: tenant, in: tx) else { return }
        let time = parts.now()
        let passed = checked.check.results.count
        let receipt = try await parts.receipts.record(
            BundleReceipts.published(bundle, name: checked.name, tests: passed, by: author, tenant: tenant, at: time), in: tx)
        try await parts.bundles.put(
            StoredBundle(
                digest: bundle.digest, name: checked.name, content: checked.whole, addition: checked.blueprint.map { _ in checked.content },
                author: author, created: time, envelope: receipt.envelope),
            tenant: tenant, in: tx)
        parts.cache.insert(bundle)
    }

    func blueprint(tenant: TenantID, in tx: PostgresTransaction) async throws -> Blueprint? {
        guard let digest = try await parts.settings.settings(tenant: tenant, in: tx).blueprint else { return nil }
        guard let stored = try await parts.bundles.bundle(digest, tenant: tenant, in: tx) else {
            throw PostgresError.unreadableColumn("blueprint_digest", reason: "the blueprint is not stored")
        }
        return try Blueprint(stored.content)
    }
}
