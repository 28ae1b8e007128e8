import ConnectorManifests
import ConnectorsCore
import FoundationEssentials
import Identity
import JSON
import Logging
import Postgres
import RPC
import Receipts
import Synchronization
import TestKit
import Testing
import Trust
import Wire
import WireRuntime

@testable import ConnectorsService
@testable import ServiceKit

/// The connectors service on a real database, between a mesh and vendors of the same process.
final class World: Sendable {
    static let webhookSecret = "webhook-secret-canary"
    static let token = "token-canary-41c9"

    let database: ServiceDatabase
    let mesh = FakeMesh()
    let transport: StubTransport
    let clock = ManualClock()
    let tenant = TenantID.make()
    let key: ES256PrivateKey
    let security = Mutex<[(kind: String, detail: JSONObject)]>([])
    let registry: ConnectorRegistry

    /// - Parameter change: Of the shipped manifests.
    static func with(
        _ change: (inout [ConnectorManifest]) -> Void = { _ in }, connected: Bool = true,
        _ body: @Sendable (World, ConnectorsEndpoint) async throws -> Void
    ) async throws {
        var manifests = try ConnectorManifests.shipped()
        change(&manifests)
        let world = try await World(manifests)
        do {
            try await world.running { endpoint in
                if connected { try await world.connectAll(endpoint) }
                try await body(world, endpoint)
            }
        } catch {
            await world.database.close()
            throw error
        }
        await world.database.close()
    }

    private init(_ manifests: [ConnectorManifest]) async throws {
        database = try await ServiceDatabase.make(.connectors, migrations: ConnectorsMigrations.all)
        transport = StubTransport(clock: clock, mesh: mesh)
        key = try ES256PrivateKey.generate()
        registry = ConnectorRegistry(manifests, development: ["127.0.0.1:7301"])
    }

    /// One life of the process: it ends, with all calls in the middle of what they do, when `body` returns.
    func running(boot: String = "boot-1", _ body: @Sendable (ConnectorsEndpoint) async throws -> Void) async throws {
        let endpoint = try endpoint(boot: boot)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await endpoint.run() }
            try await body(endpoint)
            group.cancelAll()
        }
    }

    private func endpoint(boot: String) throws -> ConnectorsEndpoint {
        let outbox = Outbox(doorbell: Doorbell())
        let recorder = ReceiptRecorder(
            signer: ReceiptSigner(service: .connectors, instance: "connectors-1", key: key), outbox: outbox, pool: database.app,
            ledger: { [mesh] in mesh },
            acknowledged: { _ in })
        let wrappingKey = try #require(KeyEncryptionKey(Secret([UInt8](repeating: 9, count: 32))))
        let clock = clock
        return ConnectorsEndpoint(
            parts: ConnectorsEndpoint.Parts(
                registry: registry, pool: database.app, receipts: recorder, outbox: outbox, ledger: LedgerV1.LedgerClient(channel: mesh),
                decisions: DecisionCheck(policy: mesh), budget: CallBudget(finops: mesh, outbox: outbox), platform: MeshOperations(finops: mesh),
                transport: transport, connections: PostgresConnectionStore(keyring: TenantKeyring(wrappingKey: wrappingKey)),
                worker: WorkerID(instance: "connectors-1", boot: boot), clock: clock, pause: { clock.advance(by: $0) }, metrics: MetricsRegistry(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                security: { kind, _, _, detail in self.security.withLock { $0.append((kind, detail)) } }),
            desk: CallDesk())
    }

    // MARK: People

    func admin(_ tenant: TenantID? = nil, roles: [String] = ["admin"]) -> CallContext {
        CallContext(caller: .gateway, tenant: tenant ?? self.tenant, principal: "dana@acme.example", roles: roles)
    }

    func connectAll(_ endpoint: ConnectorsEndpoint, tenant: TenantID? = nil) async throws {
        for manifest in registry.manifests where manifest.http != nil {
            let secrets = Dictionary(
                uniqueKeysWithValues: manifest.secrets.map { ($0.name, $0.name.hasSuffix("secret") ? Self.webhookSecret : Self.token) })
            _ = try await endpoint.putConnection(
                .init(connector: manifest.name, baseURL: "http://127.0.0.1:7301/\(manifest.name)", secrets: secrets), context: admin(tenant))
        }
    }

    // MARK: The flow engine

    struct Ask: Sendable {
        var operation = "jira.issue.create"
        var input: JSONValue = ["project": "OPS", "summary": "Incident: x", "issue_type": "Incident", "labels": ["incident"]]
        var key = "key-1"
        var run = RunID.make()
        var decision = DecisionID.make()
    }

    /// Lets policy allow exactly what is asked.
    func allow(_ ask: Ask, verdict: PolicyV1.Verdict = .allow, _ change: (inout PolicyV1.Decision) -> Void = { _ in }) throws {
        var decision = PolicyV1.Decision(
            decisionID: ask.decision.bytes, verdict: verdict, enforcedIdentity: try CallIdentity.digest(ofInput: ask.input).bytes,
            receiptDigest: Self.decisionReceipt(ask).bytes, action: ask.operation, resource: String(ask.operation.split(separator: ".")[0]),
            runID: ask.run.bytes, step: "step-1")
        change(&decision)
        mesh.set { [decision] in $0.decisions[ask.decision.bytes] = decision }
    }

    static func decisionReceipt(_ ask: Ask) -> SHA256Digest { SHA256Digest(hashing: ask.decision.bytes) }

    func request(_ ask: Ask) throws -> ConnectorsV1.ExecuteRequest {
        ConnectorsV1.ExecuteRequest(
            operation: ask.operation, inputJSON: ask.input.encoded(), runID: ask.run.bytes, step: "step-1", idempotencyKey: ask.key,
            decisionID: ask.decision.bytes, decisionReceiptDigest: Self.decisionReceipt(ask).bytes,
            enforcedIdentity: try CallIdentity.digest(ofInput: ask.input).bytes)
    }

    var engine: CallContext { CallContext(caller: .flowEngine, tenant: tenant, principal: "dana@acme.example", deadline: .now + .seconds(60)) }

    func execute(_ ask: Ask, _ endpoint: ConnectorsEndpoint, allowed: Bool = true) async throws -> ConnectorsV1.ExecuteResponse {
        if allowed { try allow(ask) }
        return try await endpoint.execute(try request(ask), context: engine)
    }

    func refusal(_ ask: Ask, _ endpoint: ConnectorsEndpoint, allowed: Bool = false) async throws -> RPCError? {
        do {
            _ = try await execute(ask, endpoint, allowed: allowed)
            return nil
        } catch let error as RPCError { return error }
    }

    // MARK: What is left behind

    struct Sent {
        var method: String
        var payload: [UInt8]
    }

    /// What stands in the outbox, in order.
    func sent(_ method: String, tenant: TenantID? = nil) async throws -> [Sent] {
        let rows = try await database.superuser.withTransaction {
            try await $0.query("SELECT method, payload FROM outbox WHERE tenant_id = $1 ORDER BY position", [.uuid((tenant ?? self.tenant).rawValue)])
        }
        return try rows.map { Sent(method: try $0.text("method"), payload: try $0.bytes("payload")) }.filter { $0.method.hasSuffix("/\(method)") }
    }

    func receipts() async throws -> [ReceiptStatement] {
        try await sent("Append").map { message in
            let envelope = try JSONValue(parsing: try LedgerV1.AppendRequest(decodingBytes: message.payload).envelope)
            let payload = try #require(Base64.decode(envelope["payload"]?.stringValue ?? ""))
            return try ReceiptStatement(payload: payload)
        }
    }

    /// The receipts of calls, without those of the connections that the test made first.
    func callReceipts() async throws -> [ReceiptStatement] { try await receipts().filter { $0.facts["operation"] != nil } }

    func count(_ table: String) async throws -> Int64 {
        try await database.superuser.withTransaction { try await $0.query("SELECT count(*) AS n FROM \(table)") }[0].int("n")
    }

    var securityKinds: [String] { security.withLock { $0.map(\.kind) } }
}
