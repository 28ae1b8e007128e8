internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Postgres
internal import RPC
internal import Wire

/// Answers the methods of `provable.policy.access.v1.Access`. Each group of methods is one file beside this one.
package struct AccessEndpoint: PolicyAccessV1.AccessHandler {
    /// Whose members may ask what others may do, and see and withdraw what was asked for them.
    static let askingRoles: Set<String> = ["admin", "enforcement-point"]

    /// Decides and logs, as for every caller.
    let policy: PolicyEndpoint
    let store = PostgresAccessStore()

    init(policy: PolicyEndpoint) { self.policy = policy }

    /// To the microsecond, as it is stored.
    func now() -> Date { policy.parts.now() }

    func mayAskForOthers(_ context: CallContext) -> Bool { !Self.askingRoles.isDisjoint(with: context.roles) }

    func activeBundle(_ tenant: TenantID) async throws -> CompiledBundle {
        try await policy.parts.pool.withTenant(tenant) { tx in
            let pointers = try await policy.parts.bundles.pointers(tenant: tenant, in: tx)
            return try await policy.parts.bundle(pointers.active, tenant: tenant, in: tx)
        }
    }
}
