public import FoundationEssentials
internal import Glibc
public import Identity
internal import JSON
internal import Logging
internal import RPC
internal import ServiceLifecycle
internal import Synchronization
internal import Trust
internal import UnixSignals
internal import Wire

/// Turns a service's parts into a process: reads the configuration, checks the schema, serves until SIGTERM or SIGINT.
public enum ServiceRunner {
    /// For what comes after open calls: background work, deliveries, connections.
    private static let shutdownSlack = Duration.seconds(10)

    private enum ExitCode {
        static let failure: Int32 = 1
        static let pending: Int32 = 2
        /// EX_USAGE and EX_CONFIG of sysexits.h.
        static let usage: Int32 = 64
        static let configuration: Int32 = 78
    }

    /// Call it as the only statement of `main.swift`. Failures end the process with a line for a person and an exit code.
    ///
    /// - Parameter compose: Registers what the service serves and runs.
    public static func run(
        _ service: ServiceName, migrations: [Migration], arguments: [String] = CommandLine.arguments,
        environment: [String: String] = ProcessInfo.processInfo.environment, compose: @Sendable (ServiceContext) async throws -> Void
    ) async throws {
        // A peer that hangs up must be an error of that write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        ProcessHeap.keepLargeBlocks()
        do {
            let options = try LaunchOptions(arguments: arguments.dropFirst())
            guard options.action != .help else { return print(usage(service)) }
            guard let path = options.configPath ?? environment["PROVABLE_CONFIG"] else {
                fail(service, "--config is missing\n\(usage(service))", ExitCode.usage)
            }
            let config = try ServiceConfig(service: service, file: try read(path), environment: environment)
            switch options.action {
            case .help: break
            case .printConfig: print(config.listing)
            case .migrate: try await migrate(config, migrations)
            case .migrations: try await showMigrations(config, migrations)
            case .run: try await run(config, migrations, compose)
            }
        } catch let error as ConfigError {
            fail(service, error.description, ExitCode.configuration)
        } catch {
            fail(service, "\(error)", ExitCode.failure)
        }
    }

    private static func migrate(_ config: ServiceConfig, _ migrations: [Migration]) async throws {
        guard let owner = config.ownerPostgres else { throw ConfigError(["postgres.owner_password is missing: migrations run as the owner"]) }
        let done = try await Migrator(service: config.service, migrations: migrations).run(owner)
        print(done.isEmpty ? "schema is up to date" : done.map { "ran \($0)" }.joined(separator: "\n"))
    }

    private static func showMigrations(_ config: ServiceConfig, _ migrations: [Migration]) async throws {
        guard let owner = config.ownerPostgres else { throw ConfigError(["postgres.owner_password is missing: the history is the owner's"]) }
        let steps = try await Migrator(service: config.service, migrations: migrations).status(owner)
        print(MigrationStep.json(steps).encodedString())
        if steps.contains(where: { $0.state == .pending }) { exit(ExitCode.pending) }
    }

    private static func run(
        _ config: ServiceConfig, _ migrations: [Migration], _ compose: @Sendable (ServiceContext) async throws -> Void
    ) async throws {
        let level = config.instance.logLevel
        LoggingSystem.bootstrap { label in JSONLogHandler(label: label, level: level) }
        var logger = Logger(label: config.service.rawValue)
        logger[metadataKey: "instance"] = "\(config.instance.name)"
        let context = try ServiceContext(config: config, logger: logger)
        try await Migrator(service: config.service, migrations: migrations).check(context.postgres)
        try await compose(context)
        var configuration = ServiceGroupConfiguration(
            services: try services(of: context).map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // Whatever hangs, the process ends: first asked, then cancelled, then gone.
        configuration.maximumGracefulShutdownDuration = config.shutdown.preStop + config.shutdown.grace + Self.shutdownSlack
        configuration.maximumCancellationDuration = Self.shutdownSlack
        let group = ServiceGroup(configuration: configuration)
        try await group.run()
        logger.info("stopped")
    }

    /// Ended in the reverse order: first no more calls, then no more work, then no more deliveries, and the databases last.
    private static func services(of context: ServiceContext) throws -> [any Service] {
        let registered = context.registered
        let relay = context.relay
        let sweeper = IdempotencySweeper(pool: context.systemPostgres)
        return [
            ConnectionsCloser(context: context),
            HealthServer(context: context),
            SupervisedLoop(name: "readiness", logger: context.logger) { try await context.readiness.watch() },
            SupervisedLoop(name: "outbox relay", logger: context.logger) { await relay.run() },
            SupervisedLoop(name: "idempotency sweep", logger: context.logger) { try await sweeper.run() },
            SupervisedLoop(name: "certificate reload", logger: context.logger) { try await watchCertificates(context) },
            SupervisedLoop(name: "security events", logger: context.logger) { await deliverSecurityEvents(context) },
        ] + exporters(context) + registered.background + [try meshServer(context, registered.services)]
    }

    private static func meshServer(_ context: ServiceContext, _ services: [any RPCService]) throws -> MeshServer {
        let config = context.config
        let delegation = try config.keys.delegationKey.map { path in
            SignedDelegationVerifier(keys: [try ES256PublicKey(pem: try PEMFile.text(path))])
        }
        var configuration = RPCServer.Configuration(
            host: config.rpc.host, port: config.rpc.port, service: config.service, build: config.instance.build,
            security: .tls(context.mesh.server), delegation: delegation)
        configuration.reusePort = config.sharesPorts
        configuration.admission = config.admission
        configuration.interceptors = [DatabaseFailures()]
        configuration.observer = context.reporter
        let server = RPCServer(
            configuration: configuration, services: services + [HealthEndpoint.service(context.readiness, config)], logger: context.logger,
            onRefusal: { context.security.report($0) })
        context.rpcServer.withLock { $0 = server }
        return MeshServer(server: server, readiness: context.readiness, shutdown: config.shutdown, logger: context.logger)
    }

    /// None where no collector is configured.
    private static func exporters(_ context: ServiceContext) -> [any Service] {
        guard let endpoint = context.config.telemetry.endpoint else { return [] }
        let instance = context.config.instance
        let exporter = SpanExporter(
            recorder: context.spans,
            encoder: OTLPSpans(
                service: context.config.service.rawValue, instance: instance.name, build: instance.build, environment: instance.environment),
            transport: HTTPSpanTransport(endpoint: endpoint), metrics: context.metrics, logger: context.logger)
        return [exporter]
    }

    private static func watchCertificates(_ context: ServiceContext) async throws {
        try await context.mesh.watch(
            onChange: { context.logger.info("certificate reloaded") },
            onFailure: { context.logger.error("certificate not reloaded", metadata: ["error": "\($0)"]) })
    }

    private static func deliverSecurityEvents(_ context: ServiceContext) async {
        let sink = context.security.sink ?? LedgerSecuritySink(channel: context.channel(to: .ledger)).store
        await context.security.deliver(to: sink)
    }

    private static func read(_ path: String) throws -> JSONValue {
        guard let bytes = try? Data(contentsOf: URL(filePath: path)) else { throw ConfigError(["cannot read \(path)"]) }
        do { return try JSONValue(parsing: Array(bytes)) } catch { throw ConfigError(["\(path): \(error)"]) }
    }

    private static func usage(_ service: ServiceName) -> String { "usage: provable-\(service) " + LaunchOptions.usage }

    private static func fail(_ service: ServiceName, _ message: String, _ code: Int32) -> Never {
        let line = Array("provable-\(service): \(message)\n".utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        exit(code)
    }
}
