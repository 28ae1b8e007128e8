internal import FlowEngineService
internal import Foundation
internal import Identity
internal import JSON
internal import Logging
internal import Postgres
internal import RPC
internal import Receipts
internal import Redis
internal import ServiceKit
internal import TestKit
internal import Trust
internal import Wire

/// The engine as the service runs it, with its loops, on a Postgres that keeps what it acknowledges. Policy and connectors answer in the process.
struct BenchEngine: Sendable {
    let database: ServiceDatabase
    let endpoint: FlowEngineEndpoint
    private let loops: Task<Void, Never>

    init(_ cluster: PrivatePostgres) async throws {
        database = try await ServiceDatabase.make(.flowEngine, migrations: FlowEngineMigrations.all, in: cluster)
        let peer = PeerIdentity(service: .flowEngine, certificateThumbprint: [])
        let channel = InProcessChannel(
            services: [PolicyV1.PolicyService(handler: OpenPolicy()), ConnectorsV1.ConnectorsService(handler: QuickConnectors())], from: peer)
        let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        let outbox = Outbox(doorbell: Doorbell())
        let receipts = ReceiptRecorder(
            signer: ReceiptSigner(service: .flowEngine, instance: "flow-engine-1", key: try ES256PrivateKey.generate()), outbox: outbox,
            pool: database.app, ledger: { channel }, acknowledged: { _ in })
        let endpoint = FlowEngineEndpoint(
            FlowEngineEndpoint.Dependencies(
                pool: database.app, system: database.system, instance: "flow-engine-1", receipts: receipts, outbox: outbox, policy: channel,
                connectors: channel, wakes: WakeQueue(redis: nil, name: "flow-engine:runs", consumer: "1", logger: logger),
                spans: SpanRecorder(isOn: false, metrics: MetricsRegistry()), clock: SystemClock(), logger: logger,
                security: { _, _, _, _ in }))
        self.endpoint = endpoint
        loops = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await endpoint.work() }
                group.addTask { try? await endpoint.keepTime() }
                await group.waitForAll()
            }
        }
    }

    func stop() async {
        loops.cancel()
        await loops.value
        await database.close()
    }

    // MARK: What is asked

    func context(_ tenant: TenantID) -> CallContext {
        CallContext(caller: .gateway, tenant: tenant, principal: "dana@acme.example", roles: ["operator"], deadline: .now + .seconds(60))
    }

    func publish(_ flow: BenchFlow, tenant: TenantID) async throws {
        let answer = try await endpoint.publishFlow(FlowV1.PublishFlowRequest(document: flow.document), context: context(tenant))
        guard answer.state == "published" else { throw BenchFailure("the flow is \(answer.state): \(answer.problems.map(\.message))") }
    }

    func start(_ flow: String, _ input: JSONValue = [:], tenant: TenantID) async throws -> RunID {
        let answer = try await endpoint.startRun(
            FlowV1.StartRunRequest(flow: flow, inputJSON: input.encoded(), dedupKey: UUIDv7.make().lowercased), context: context(tenant))
        guard let run = RunID(bytes: answer.runID) else { throw BenchFailure("a run without an id") }
        return run
    }

    func run(_ id: RunID, tenant: TenantID) async throws -> FlowV1.GetRunResponse {
        try await endpoint.getRun(FlowV1.GetRunRequest(runID: id.bytes), context: context(tenant))
    }

    /// Waits for the end of a run, looking every few milliseconds.
    func finish(_ id: RunID, tenant: TenantID, within limit: Duration = .seconds(120)) async throws -> FlowV1.GetRunResponse {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            let found = try await run(id, tenant: tenant)
            if found.run?.endedMicros ?? 0 > 0 {
                guard found.run?.state == "succeeded" else { throw BenchFailure("a run ended as \(found.run?.outcome ?? "")") }
                return found
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw BenchFailure("a run did not end within \(limit)")
    }

    @discardableResult
    func sql(_ statement: String, _ parameters: [PostgresValue] = []) async throws -> [PostgresRow] {
        try await database.superuser.batch(tenant: nil, [Statement(statement, parameters)])[0]
    }
}

struct BenchFailure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
