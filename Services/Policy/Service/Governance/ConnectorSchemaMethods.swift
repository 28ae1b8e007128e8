internal import Identity
internal import PolicyCore
internal import Postgres
package import RPC
internal import Trust
package import Wire

extension GovernanceEndpoint {
    package func getConnectorSchema(
        _ request: PolicyGovernanceV1.GetConnectorSchemaRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.GetConnectorSchemaResponse {
        let tenant = try context.requireTenant()
        let operations = try await catalogue.operations()
        let schema = ConnectorSchema(operations: operations)
        let bundles = try await standing(tenant: tenant)
        return PolicyGovernanceV1.GetConnectorSchemaResponse(
            schema: schema.text, operations: UInt32(clamping: operations.count), omitted: schema.omitted,
            findings: bundles.map { $0.wire(schema.findings(in: $0.bundle)) },
            inForce: bundles.contains { $0.place == .active && $0.bundle.content.schema == schema.text })
    }

    package func checkConnectorChange(
        _ request: PolicyGovernanceV1.CheckConnectorChangeRequest, context: CallContext
    ) async throws -> PolicyGovernanceV1.CheckConnectorChangeResponse {
        let tenant = try context.requireTenant()
        let asked = try AskedChange(request)
        let before = try await catalogue.operations()
        let bundles = try await standing(tenant: tenant)
        let report = SchemaChangeReport(
            from: before, to: asked.applied(to: before), bundles: bundles.map { ($0.place.rawValue, $0.bundle) })
        let broken = Dictionary(report.broken.map { ($0.bundle, $0.problems) }) { first, _ in first }
        return PolicyGovernanceV1.CheckConnectorChangeResponse(
            changes: report.changes.map { .init(sentence: $0.description, breaking: $0.isBreaking) },
            broken: bundles.compactMap { standing in broken[standing.place.rawValue].map { standing.wire($0) } })
    }

    /// A bundle that is asked about every decision.
    private struct Standing: Sendable {
        enum Place: String { case active, shadow }

        let place: Place
        let name: String
        let bundle: CompiledBundle

        func wire(_ problems: [BundleProblem]) -> PolicyGovernanceV1.BundleFindings {
            .init(
                digest: bundle.digest.bytes, name: name, place: place.rawValue,
                problems: problems.prefix(AskedBundle.problemsMax).map(\.wire))
        }
    }

    private func standing(tenant: TenantID) async throws -> [Standing] {
        try await parts.pool.withTenant(tenant) { tx in
            let pointers = try await parts.bundles.pointers(tenant: tenant, in: tx)
            var found: [Standing] = []
            for (place, digest) in [(Standing.Place.active, pointers.active), (.shadow, pointers.shadow)] {
                guard let digest, let stored = try await parts.bundles.bundle(digest, tenant: tenant, in: tx) else { continue }
                found.append(
                    Standing(place: place, name: stored.name, bundle: try await parts.bundle(digest, tenant: tenant, in: tx)))
            }
            return found
        }
    }
}
