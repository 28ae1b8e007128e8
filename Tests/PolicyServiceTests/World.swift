import FoundationEssentials
import Identity
import JSON
import Logging
import NIOCore
import Postgres
import RPC
import Receipts
import Synchronization
import TestKit
import Trust
import Wire
import WireRuntime

@testable import PolicyCore
@testable import PolicyService
@testable import ServiceKit

/// The policy service on a database of its own, and what a caller does with it.
struct World {
    let database: ServiceDatabase
    let parts: PolicyParts
    let endpoint: PolicyEndpoint
    let governance: GovernanceEndpoint
    let tenant: TenantID
    let clock = ManualTime()
    let connectors = FakeConnectors()

    static let policies = """
        @id("may") permit(principal in Role::"operator", action == Action::"pay", resource);
        @id("large") @gate("approval") @approvers("finance") @ttl("4h")
        forbid(principal, action == Action::"pay", resource) when { context.input.amount > 500 }
        unless { context.grants.approval.contains(Role::"finance") };
        """

    init() async throws {
        try self.init(
            database: try await ServiceDatabase.make(.policy, migrations: PolicyMigrations.all),
            wrappingKey: KeyEncryptionKey(Secret(SecureRandom.bytes(32)))!, signingKey: try ES256PrivateKey.generate())
    }

    /// Another instance of the service over the same database.
    func twin() throws -> World { try World(database: database, wrappingKey: wrappingKey, signingKey: signingKey, tenant: tenant) }

    private let wrappingKey: KeyEncryptionKey
    private let signingKey: ES256PrivateKey

    private init(database: ServiceDatabase, wrappingKey: KeyEncryptionKey, signingKey: ES256PrivateKey, tenant: TenantID = .make()) throws {
        self.database = database
        self.wrappingKey = wrappingKey
        self.signingKey = signingKey
        self.tenant = tenant
        let recorder = ReceiptRecorder(
            signer: ReceiptSigner(service: .policy, instance: UUIDv7.make().lowercased, key: signingKey),
            outbox: Outbox(doorbell: Doorbell()), pool: database.app, ledger: { UnusedChannel() }, acknowledged: { _ in })
        parts = PolicyParts(
            pool: database.app, receipts: recorder, vault: ContextVault(wrappingKey: wrappingKey), validator: SchemaValidator(),
            seal: BundleSeal(keys: [signingKey.publicKey]),
            now: { [clock] in clock.now })
        let followers = BlueprintFollower(parts: parts, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        endpoint = PolicyEndpoint(parts: parts, followers: followers)
        governance = GovernanceEndpoint(parts: parts, followers: followers, connectors: connectors)
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

    func publish(
        _ policies: String, tests: String = "", entities: String = "", schema: String = "", expires: Int64 = 0, activate: Bool = true,
        acceptLoosening: Bool = false, by principal: String = "dana", tenant: TenantID? = nil
    ) async throws -> PolicyGovernanceV1.PublishBundleResponse {
        try await governance.publishBundle(
            PolicyGovernanceV1.PublishBundleRequest(
                content: PolicyGovernanceV1.BundleContent(
                    name: "company", policies: policies, entitiesJSON: Array(entities.utf8), schema: schema, testsJSON: Array(tests.utf8),
                    expiresMicros: expires),
                activate: activate, acceptLoosening: acceptLoosening),
            context: call(.gateway, tenant: tenant, principal: principal))
    }

    func question(_ amount: Int64, grants: [PolicyV1.Grant] = [], id: [UInt8] = UUIDv7.make().bytes) -> PolicyV1.DecideRequest {
        PolicyV1.DecideRequest(
            principal: PolicyV1.EntityReference(type: "User", id: "dana"), roles: ["operator"], action: "pay",
            resource: PolicyV1.EntityReference(type: "Account", id: "main"), inputJSON: JSONValue.object(["amount": .int(amount)]).encoded(),
            grants: grants, runID: UUIDv7.make().bytes, step: "pay", requestID: id)
    }

    func decide(_ request: PolicyV1.DecideRequest) async throws -> PolicyV1.Decision {
        try await decide(request, tenant: tenant)
    }

    func decide(_ request: PolicyV1.DecideRequest, tenant: TenantID) async throws -> PolicyV1.Decision {
        guard let decision = try await endpoint.decide(request, context: call(tenant: tenant)).decision else { throw NoDecision() }
        return decision
    }

    @discardableResult
    func settle(
        _ decision: PolicyV1.Decision, _ outcome: PolicyV1.SettledOutcome, cost: CommonV1.Money? = nil, output: JSONValue = [:]
    ) async throws -> Bool {
        try await endpoint.settleDecision(
            .init(decisionID: decision.decisionID, outcome: outcome, cost: cost, outputJSON: output.encoded()), context: call()
        ).fresh
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

/// A time that a test can move.
final class ManualTime: Sendable {
    private let offset = Mutex<TimeInterval>(0)

    var now: Date { Date().addingTimeInterval(offset.withLock { $0 }) }
    func advance(by seconds: TimeInterval) { offset.withLock { $0 += seconds } }
}

/// Nothing here waits for the ledger.
private struct UnusedChannel: RPCChannel {
    func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer {
        throw RPCError(.unavailable, reason: "NO_LEDGER", message: "not in this test")
    }
}
