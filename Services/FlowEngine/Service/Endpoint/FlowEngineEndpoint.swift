internal import FlowEngineCore
internal import FoundationEssentials
package import Identity
package import JSON
package import Logging
package import Postgres
package import RPC
package import Redis
package import ServiceKit
internal import Trust
internal import Wire

/// Answers the methods of `provable.flow.v1.FlowEngine`, and runs what moves runs. Each group of methods is one file beside this one.
package struct FlowEngineEndpoint: FlowV1.FlowEngineHandler {
    let pool: PostgresPool
    let clock: any WallClock
    let logger: Logger
    let flows = PostgresFlowStore()
    let tasks = PostgresTaskStore()
    let reader = PostgresRunReader()
    let documents = DocumentCache()
    let activity = PostgresActivityStore()
    let catalogue: Catalogue
    let advancer: RunAdvancer
    let starter: RunStarter
    let publisher: FlowPublisher
    let decisions: TaskDecisions
    let delivery: EventDelivery
    let worker: RunWorker
    let timeKeeper: TimeKeeper
    let wakes: WakeRelay

    package struct Dependencies: Sendable {
        package var pool: PostgresPool
        package var system: PostgresPool
        package var instance: String
        package var receipts: ReceiptRecorder
        package var outbox: Outbox
        package var policy: any RPCChannel
        package var connectors: any RPCChannel
        package var wakes: WakeQueue
        package var spans: SpanRecorder
        package var clock: any WallClock
        package var logger: Logger
        package var security: @Sendable (String, TenantID, String, JSONObject) -> Void

        package init(
            pool: PostgresPool, system: PostgresPool, instance: String, receipts: ReceiptRecorder, outbox: Outbox, policy: any RPCChannel,
            connectors: any RPCChannel, wakes: WakeQueue, spans: SpanRecorder, clock: any WallClock, logger: Logger,
            security: @escaping @Sendable (String, TenantID, String, JSONObject) -> Void
        ) {
            self.pool = pool
            self.system = system
            self.instance = instance
            self.receipts = receipts
            self.outbox = outbox
            self.policy = policy
            self.connectors = connectors
            self.wakes = wakes
            self.spans = spans
            self.clock = clock
            self.logger = logger
            self.security = security
        }
    }

    package init(_ dependencies: Dependencies) {
        let tracing = RunTracing(spans: dependencies.spans)
        let wakes = WakeRelay(queue: dependencies.wakes, doorbell: Doorbell(), spans: dependencies.spans)
        let policy = PolicyGateway(channel: dependencies.policy)
        let connectors = ConnectorGateway(channel: dependencies.connectors)
        let claims = RunClaims(pool: dependencies.system, owner: dependencies.instance)
        pool = dependencies.pool
        clock = dependencies.clock
        logger = dependencies.logger
        self.wakes = wakes
        catalogue = Catalogue(connectors: connectors)
        advancer = RunAdvancer(
            runs: PostgresRunStore(documents: documents), receipts: dependencies.receipts, outbox: dependencies.outbox, clock: clock,
            wake: { wakes.wake($0, $1) })
        starter = RunStarter(advancer: advancer)
        publisher = FlowPublisher(
            pool: pool, flows: flows, tasks: tasks, documents: documents, receipts: dependencies.receipts, outbox: dependencies.outbox,
            policy: policy,
            clock: clock)
        decisions = TaskDecisions(pool: pool, tasks: tasks, advancer: advancer, publisher: publisher, security: dependencies.security)
        delivery = EventDelivery(flows: flows, events: PostgresEventStore(), advancer: advancer, starter: starter, logger: logger)
        worker = RunWorker(
            pool: pool, claims: claims, advancer: advancer, policy: policy, connectors: connectors, doorbell: wakes.doorbell,
            tracing: tracing, logger: logger)
        timeKeeper = TimeKeeper(
            pool: pool, claims: claims, advancer: advancer, starter: starter, publisher: publisher, flows: flows, tracing: tracing, clock: clock,
            logger: logger)
    }

    package init(kit: ServiceContext) {
        let security = kit.security
        let instance = kit.config.instance.name
        self.init(
            Dependencies(
                pool: kit.postgres, system: kit.systemPostgres, instance: instance, receipts: kit.receipts, outbox: kit.outbox,
                policy: kit.channel(to: .policy), connectors: kit.channel(to: .connectors),
                wakes: kit.wakeQueue("flow-engine:runs"), spans: kit.spans, clock: kit.clock,
                logger: kit.logger,
                security: { security.report($0, tenant: $1, principal: $2, detail: $3) }))
    }

    // MARK: Loops, each for as long as the service runs

    package func work() async throws { try await worker.run() }

    /// At the end, after ``work()``: another instance need not wait until the leases of this one run out.
    package func giveBack() async throws { try await worker.claims.recover() }
    package func keepTime() async throws { try await timeKeeper.run() }
    package func publishWakes() async { await wakes.publish() }
    package func listenForWakes() async { await wakes.listen() }
}

extension CommonV1.Page {
    var size: Int { limit == 0 ? 50 : min(Int(limit), 200) }
}
