import FlowEngineCore
import Foundation
import Identity
import JSON
import Logging
import Postgres
import RPC
import Receipts
import Redis
import Synchronization
import TestKit
import Testing
import Trust
import Wire
import WireRuntime

@testable import FlowEngineService
@testable import ServiceKit

/// A flow engine on a real database, with policy and connectors in the same process. Workers run when a test says so.
struct RunningEngine: Sendable {
    let database: ServiceDatabase
    let policy: FakePolicy
    let connectors: FakeConnectors
    let clock: ManualClock
    let key: ES256PrivateKey
    let endpoint: FlowEngineEndpoint
    let refusals: Refusals
    let tenant = TenantID.make()

    final class Refusals: Sendable {
        private let kinds = Mutex<[String]>([])
        func add(_ kind: String) { kinds.withLock { $0.append(kind) } }
        var all: [String] { kinds.withLock { $0 } }
    }

    static func with(_ rules: [String: FakePolicy.Rule] = [:], at time: Date = Date(), _ body: (RunningEngine) async throws -> Void) async throws {
        let engine = try await RunningEngine(rules, at: time)
        do { try await body(engine) } catch {
            await engine.database.close()
            throw error
        }
        await engine.database.close()
    }

    init(_ rules: [String: FakePolicy.Rule], at time: Date) async throws {
        database = try await ServiceDatabase.make(.flowEngine, migrations: FlowEngineMigrations.all)
        policy = FakePolicy(rules)
        connectors = FakeConnectors()
        clock = ManualClock(time)
        key = try ES256PrivateKey.generate()
        refusals = Refusals()
        endpoint = Self.endpoint(database, policy, connectors, clock, key, refusals)
    }

    /// The same database under a process that has another policy service.
    func endpoint(policy channel: any RPCChannel) -> FlowEngineEndpoint {
        Self.endpoint(database, policy, connectors, clock, key, refusals, policyChannel: channel)
    }

    /// The same database under another process.
    func restarted() -> FlowEngineEndpoint { Self.endpoint(database, policy, connectors, clock, key, refusals) }

    private static func endpoint(
        _ database: ServiceDatabase, _ policy: FakePolicy, _ connectors: FakeConnectors, _ clock: ManualClock, _ key: ES256PrivateKey,
        _ refusals: Refusals, policyChannel: (any RPCChannel)? = nil
    ) -> FlowEngineEndpoint {
        let peer = PeerIdentity(service: .flowEngine, certificateThumbprint: [])
        let channel = InProcessChannel(
            services: [PolicyV1.PolicyService(handler: policy), ConnectorsV1.ConnectorsService(handler: connectors)], from: peer)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let outbox = Outbox(doorbell: Doorbell())
        let receipts = ReceiptRecorder(
            signer: ReceiptSigner(service: .flowEngine, instance: "flow-engine-1", key: key), outbox: outbox, pool: database.app, ledger: { channel },
            acknowledged: { _ in })
        return FlowEngineEndpoint(
            FlowEngineEndpoint.Dependencies(
                pool: database.app, system: database.system, instance: "flow-engine-1", receipts: receipts, outbox: outbox,
                policy: policyChannel ?? channel,
                connectors: channel,
                wakes: WakeQueue(redis: nil, name: "flow-engine:runs", consumer: "1", logger: logger),
                spans: SpanRecorder(isOn: true, metrics: MetricsRegistry()), clock: clock, logger: logger,
                security: { kind, _, _, _ in refusals.add(kind) }))
    }

    func context(_ person: String = "dana@acme.example", _ roles: [String] = ["operator"], tenant: TenantID? = nil) -> CallContext {
        CallContext(caller: .gateway, tenant: tenant ?? self.tenant, principal: person, roles: roles, deadline: .now + .seconds(30))
    }

    // MARK: What people do

    static func playbook(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return Array(try Data(contentsOf: folder.appendingPathComponent("Services/FlowEngine/Playbooks/\(name).json")))
    }

    @discardableResult
    func publish(_ document: [UInt8], by person: String = "dana@acme.example") async throws -> FlowV1.PublishFlowResponse {
        try await endpoint.publishFlow(FlowV1.PublishFlowRequest(document: document), context: context(person))
    }

    func publish(_ nodes: String, name: String = "test") async throws {
        let text = #"{"schema":"provable.dev/flow/v1","name":"\#(name)","title":"Test","nodes":\#(nodes)}"#
        let answer = try await publish(Array(text.utf8))
        #expect(answer.state == "published", "\(answer.problems)")
    }

    func start(_ flow: String = "test", _ input: String = "{}", key: String = "") async throws -> RunID {
        let answer = try await endpoint.startRun(FlowV1.StartRunRequest(flow: flow, inputJSON: Array(input.utf8), dedupKey: key), context: context())
        return try #require(RunID(bytes: answer.runID))
    }

    func openTask() async throws -> FlowV1.Task {
        try #require(try await endpoint.listTasks(FlowV1.ListTasksRequest(state: "open"), context: context()).tasks.first)
    }

    @discardableResult
    func decide(_ task: FlowV1.Task, _ verdict: String, by person: String, _ roles: [String], answer: String = "") async throws -> FlowV1.Task {
        let request = FlowV1.DecideTaskRequest(
            taskID: task.taskID, decision: verdict, subjectDigest: task.subjectDigest, answerJSON: Array(answer.utf8))
        return try #require(try await endpoint.decideTask(request, context: context(person, roles)).task)
    }

    /// Works until nothing is due, as the worker's loop would.
    func work(_ engine: FlowEngineEndpoint? = nil) async throws {
        let worker = (engine ?? endpoint).worker
        for _ in 0..<200 {
            // Backoff is the database's own time: tests do not wait for it.
            try await sql("UPDATE run SET next_wake_at = now() WHERE next_wake_at > now()")
            let claims = try await worker.claims.take(atMost: 8)
            if claims.isEmpty { return }
            for claim in claims { await worker.drive(claim) }
        }
        Issue.record("the worker never rests")
    }

    func run(_ id: RunID) async throws -> FlowV1.GetRunResponse {
        try await endpoint.getRun(FlowV1.GetRunRequest(runID: id.bytes), context: context())
    }

    @discardableResult
    func sql(_ statement: String, _ parameters: [PostgresValue] = []) async throws -> [PostgresRow] {
        try await database.superuser.batch(tenant: nil, [Statement(statement, parameters)])[0]
    }

    /// What was sent to a service, in order.
    func sent<Message: WireMessage>(_ method: MethodDescriptor, as: Message.Type) async throws -> [Message] {
        try await sql("SELECT payload FROM outbox WHERE method = $1 ORDER BY position", [.text(method.name)]).map {
            try Message(decodingBytes: $0.bytes("payload"))
        }
    }

    /// The receipts that the ledger will get, by kind, opened.
    func receipts(_ kind: ReceiptKind) async throws -> [ReceiptStatement] {
        try await sent(LedgerV1.Methods.append, as: LedgerV1.AppendRequest.self).map {
            try ReceiptStatement(payload: Envelope(parsing: $0.envelope).payload)
        }
        .filter { $0.kind == kind }
    }
}
