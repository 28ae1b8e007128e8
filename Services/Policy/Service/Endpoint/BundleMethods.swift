internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import Postgres
package import RPC
internal import Receipts
internal import ServiceKit
internal import Trust
package import Wire

extension PolicyEndpoint {
    private static let textBytesMax = 1 << 20
    private static let problemsMax = 100

    package func putBundle(_ request: PolicyV1.PutBundleRequest, context: CallContext) async throws -> PolicyV1.PutBundleResponse {
        let tenant = try context.requireTenant()
        let author = try context.requirePrincipal()
        guard (1...100).contains(request.name.utf8.count) else {
            throw RPCError.invalid("name", "is empty or longer than 100 bytes", fix: "name the bundle")
        }
        for (field, count) in [("policies", request.policies.utf8.count), ("entities_json", request.entitiesJSON.count)]
        where count > Self.textBytesMax {
            throw RPCError.invalid(field, "has more than \(Self.textBytesMax) bytes", fix: "split it")
        }
        let stored = PostgresBundleStore.Bundle(
            digest: SHA256Digest(hashing: []), name: request.name, policies: request.policies, entities: request.entitiesJSON, author: author,
            created: now())
        let bundle: CompiledBundle
        do {
            bundle = try CompiledBundle.compile(stored)
        } catch let error as BundleProblems {
            return PolicyV1.PutBundleResponse(problems: error.problems.prefix(Self.problemsMax).map(\.wire))
        }
        cache.insert(bundle)
        var content = stored
        content.digest = bundle.digest
        try await store(content, activate: request.activate, by: author, tenant: tenant)
        return PolicyV1.PutBundleResponse(digest: bundle.digest.bytes)
    }

    package func getActiveBundle(
        _ request: PolicyV1.GetActiveBundleRequest, context: CallContext
    ) async throws -> PolicyV1.GetActiveBundleResponse {
        let tenant = try context.requireTenant()
        return try await pool.withTenant(tenant) { transaction in
            guard let bundle = try await bundles.active(tenant: tenant, in: transaction) else {
                throw RPCError(.notFound, reason: "NO_ACTIVE_BUNDLE", message: "no policies are in force")
            }
            return PolicyV1.GetActiveBundleResponse(
                bundle: PolicyV1.Bundle(
                    digest: bundle.digest.bytes, name: bundle.name, policies: bundle.policies, entitiesJSON: bundle.entities,
                    createdMicros: bundle.created.micros, author: bundle.author, active: true))
        }
    }

    private func store(_ bundle: PostgresBundleStore.Bundle, activate: Bool, by author: String, tenant: TenantID) async throws {
        try await pool.withTenant(tenant) { transaction in
            try await bundles.put(bundle, tenant: tenant, in: transaction)
            guard activate, try await bundles.activate(bundle.digest, by: author, at: bundle.created, tenant: tenant, in: transaction) else { return }
            let draft = ReceiptDraft(
                kind: .policyDecision, tenant: tenant, phase: .single, subject: [ReceiptSubject("bundle:\(bundle.digest.hex)", bundle.digest)],
                outcome: "bundle-activated", facts: ["bundle": .string(bundle.digest.hex), "engine": .string(DecisionRecord.engine)],
                personal: ["author": .string(author), "name": .string(bundle.name)], time: bundle.created)
            try await receipts.record(draft, in: transaction)
        }
    }
}

extension CompiledBundle {
    /// - Throws: `BundleProblems`.
    static func compile(_ stored: PostgresBundleStore.Bundle) throws -> CompiledBundle {
        var entities: JSONValue = []
        if !stored.entities.isEmpty {
            do throws(JSONError) {
                entities = try JSONValue(parsing: stored.entities)
            } catch {
                throw BundleProblems(problems: [
                    BundleProblem(line: error.line, column: error.column, message: "entities: \(error.reason)", policy: "")
                ])
            }
        }
        return try compile(policies: stored.policies, entities: entities)
    }
}

extension BundleProblem {
    fileprivate var wire: PolicyV1.PolicyProblem {
        PolicyV1.PolicyProblem(line: UInt32(clamping: line), column: UInt32(clamping: column), message: message, policyID: policy)
    }
}
