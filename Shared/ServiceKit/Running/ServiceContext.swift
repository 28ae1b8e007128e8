internal import FoundationEssentials
public import Identity
public import Logging
public import Postgres
public import RPC
public import Receipts
public import Redis
public import ServiceLifecycle
internal import Synchronization
internal import Trust
internal import Wire

/// What a service is built with, and where it registers what it serves and runs.
public final class ServiceContext: Sendable {
    struct Registrations {
        var services: [any RPCService] = []
        var background: [any Service] = []
    }

    public let config: ServiceConfig
    public let logger: Logger
    /// The application role: sees one tenant's rows at a time.
    public let postgres: PostgresPool
    /// The system role: sees all tenants' rows of the few tables that it is granted.
    public let systemPostgres: PostgresPool
    /// Nil where none is configured; never needed for correctness.
    public let redis: RedisClient?
    public let signer: ReceiptSigner
    public let outbox: Outbox
    public let receipts: ReceiptRecorder
    public let metrics: MetricsRegistry
    /// Spans for a collector, where one is configured.
    public let spans: SpanRecorder
    public let security: SecurityEvents
    public let readiness: Readiness
    public let clock: any WallClock
    let mesh: MeshIdentity
    let reporter: CallReporter
    let relay: OutboxRelay
    private let channels: ChannelDirectory
    private let registrations = Mutex(Registrations())
    /// Once there is one.
    let rpcServer = Mutex<RPCServer?>(nil)

    init(config: ServiceConfig, logger: Logger, clock: any WallClock = SystemClock()) throws {
        let metrics = MetricsRegistry()
        self.config = config
        self.logger = logger
        self.clock = clock
        self.metrics = metrics
        readiness = Readiness()
        mesh = try MeshIdentity(files: config.tls)
        spans = SpanRecorder(isOn: config.telemetry.endpoint != nil, metrics: metrics)
        reporter = CallReporter(metrics: metrics, spans: spans, slowCall: config.telemetry.slowCall, logger: logger)
        let channels = ChannelDirectory(config: config, identity: mesh, observer: reporter, logger: logger)
        self.channels = channels
        postgres = try PostgresPool(
            configuration: config.postgres, logger: logger, observer: spans.isOn ? TransactionSpans(config.postgres, spans) : nil)
        systemPostgres = try PostgresPool(
            configuration: config.systemPostgres, logger: logger, observer: spans.isOn ? TransactionSpans(config.systemPostgres, spans) : nil)
        redis = config.redis.map { RedisClient(configuration: $0) }
        signer = ReceiptSigner(
            service: config.service, instance: config.instance.name, key: try ES256PrivateKey(pem: try PEMFile.text(config.keys.signingKey)))
        let doorbell = Doorbell()
        outbox = Outbox(doorbell: doorbell)
        let store = OutboxStore(pool: systemPostgres, instance: config.instance.name)
        relay = OutboxRelay(
            store: store, doorbell: doorbell, channel: { channels.channel(to: $0) }, method: { WireCatalog.method(named: $0) }, metrics: metrics,
            logger: logger)
        receipts = ReceiptRecorder(
            signer: signer, outbox: outbox, pool: postgres, ledger: { channels.channel(to: .ledger) },
            // Only spares the relay a repetition, which the ledger would answer as before.
            acknowledged: { try? await store.delivered(tenant: $0.tenant, ids: [$0.id.rawValue]) })
        security = SecurityEvents(metrics: metrics, logger: logger)
        readiness.add("postgres") { [postgres] in await postgres.isReachable() }
    }

    /// Registers RPC methods.
    public func serve(_ service: any RPCService) { registrations.withLock { $0.services.append(service) } }

    /// Runs until shutdown, where it is cancelled; started again, after a pause, where it ends before or throws.
    public func background(_ name: String, _ body: @escaping @Sendable () async throws -> Void) {
        run(SupervisedLoop(name: name, logger: logger, body: body))
    }

    /// Runs once at shutdown, after all that is registered later has ended, and is not cancelled then.
    public func atEnd(_ name: String, _ body: @escaping @Sendable () async throws -> Void) {
        run(ClosingAct(name: name, logger: logger, body: body))
    }

    /// Something with a life of its own, such as an HTTP server. Its end is the end of the process.
    public func run(_ service: any Service) { registrations.withLock { $0.background.append(service) } }

    /// Keeps this process out of the load balancer while `check` is false.
    public func readyWhen(_ name: String, _ check: @escaping @Sendable () async -> Bool) { readiness.add(name, check) }

    /// To a peer of the configuration; one that is not there fails each call as unavailable.
    public func channel(to service: ServiceName) -> any RPCChannel { channels.channel(to: service) }

    /// SHA-256 of the DER of this service's certificate: delegation tokens are bound to it.
    public func certificateThumbprint() throws -> [UInt8] { try mesh.certificateThumbprint() }

    var registered: Registrations { registrations.withLock { $0 } }

    func close() async {
        await channels.close()
        await redis?.close()
        await postgres.close()
        await systemPostgres.close()
    }
}
