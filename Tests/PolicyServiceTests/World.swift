import FoundationEssentials
import Identity
import JSON
import Logging
import NIOCore
import Postgres
import RPC
import Receipts
import TestKit
import Trust
import Wire
import WireRuntime

@testable import PolicyService
@testable import ServiceKit

/// The policy service on a database of its own, and what a caller does with it.
struct World {
    let database: ServiceDatabase
    let endpoint: PolicyEndpoint
    let tenant = TenantID.make()

    static let policies = """
        @id("may") permit(principal in Role::"operator", action == Action::"pay", resource);
        @id("large") @gate("approval") @approvers("finance") @ttl("4h")
        forbid(principal, action == Action::"pay", resource) when { context.input.amount > 500 }
        unless { context.grants.approval.contains(Role::"finance") };
        """

    init() async throws {
        database = try await ServiceDatabase.make(.policy, migrations: PolicyMigrations.all)
        let recorder = ReceiptRecorder(
            signer: ReceiptSigner(service: .policy, instance: "test", key: try ES256PrivateKey.generate()), outbox: Outbox(doorbell: Doorbell()),
            pool: database.app, ledger: { UnusedChannel() }, acknowledged: { _ in })
        endpoint = PolicyEndpoint(pool: database.app, receipts: recorder, now: { Date() })
    }

    func call(_ caller: ServiceName = .flowEngine, tenant: TenantID? = nil, principal: String? = nil, token: String? = nil) -> CallContext {
        CallContext(caller: caller, tenant: tenant ?? self.tenant, principal: principal, roles: ["operator"], delegationToken: token)
    }

    @discardableResult
    func put(_ policies: String = World.policies, activate: Bool = true, tenant: TenantID? = nil) async throws -> PolicyV1.PutBundleResponse {
        try await endpoint.putBundle(
            PolicyV1.PutBundleRequest(name: "company", policies: policies, activate: activate),
            context: call(.gateway, tenant: tenant, principal: "dana"))
    }

    func question(_ amount: Int64, grants: [PolicyV1.Grant] = [], id: [UInt8] = UUIDv7.make().bytes) -> PolicyV1.DecideRequest {
        PolicyV1.DecideRequest(
            principal: PolicyV1.EntityReference(type: "User", id: "dana"), roles: ["operator"], action: "pay",
            resource: PolicyV1.EntityReference(type: "Account", id: "main"), inputJSON: JSONValue.object(["amount": .int(amount)]).encoded(),
            grants: grants, runID: UUIDv7.make().bytes, step: "pay", requestID: id)
    }

    func decide(_ request: PolicyV1.DecideRequest) async throws -> PolicyV1.Decision {
        guard let decision = try await endpoint.decide(request, context: call()).decision else { throw NoDecision() }
        return decision
    }

    func grant(for decision: PolicyV1.Decision, task: TaskID = .make()) -> PolicyV1.Grant {
        PolicyV1.Grant(
            gate: "approval", role: "finance", approver: "chris", taskID: task.bytes, enforcedIdentity: decision.enforcedIdentity,
            expiresMicros: Date().micros + 60_000_000)
    }

    func count(_ table: String) async throws -> Int64 {
        let rows = try await database.superuser.withTransaction { try await $0.query("SELECT count(*) AS n FROM \(table)") }
        return try rows[0].int("n")
    }

    struct NoDecision: Error {}
}

/// Nothing here waits for the ledger.
private struct UnusedChannel: RPCChannel {
    func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer {
        throw RPCError(.unavailable, reason: "NO_LEDGER", message: "not in this test")
    }
}
