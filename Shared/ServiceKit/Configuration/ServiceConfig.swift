internal import FoundationEssentials
public import Identity
public import JSON
public import Logging
public import Postgres
public import RPC
public import Redis
internal import Trust

/// What a service is told from outside: one JSON file, over which `PROVABLE_<SECTION>_<KEY>` of the environment is laid.
public struct ServiceConfig: Sendable {
    public struct Address: Sendable, Hashable, CustomStringConvertible {
        public var host: String
        public var port: Int
        public var description: String { "\(host):\(port)" }

        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    public struct Instance: Sendable {
        /// Tells the instances of a service apart; stable over restarts, because receipts are numbered per instance.
        public var name: String
        public var environment: String
        public var logLevel: Logger.Level
        public var build: String
    }

    /// Paths of PEM files.
    public struct TLSFiles: Sendable {
        public var certificate: String
        public var key: String
        public var authority: String
        /// Host of the SPIFFE ids that are believed.
        public var trustDomain: String
    }

    public struct Keys: Sendable {
        /// Path of the ES256 key that signs this service's receipts.
        public var signingKey: String
        /// Path of the gateway's public key, against which delegation tokens are checked.
        public var delegationKey: String?
    }

    public struct Telemetry: Sendable {
        /// Base URL of a collector that takes OTLP over HTTP, such as `http://collector:4318`; spans are recorded only where it is set.
        public var endpoint: String?
        /// A call that takes longer is worth a line in the log.
        public var slowCall: Duration
    }

    /// How this process ends: not ready, a pause, then open calls may finish.
    public struct Shutdown: Sendable {
        /// How long it goes on as before once it says that it is not ready: load balancers look only so often.
        public var preStop: Duration
        /// How long open calls may take to finish before they are cancelled.
        public var grace: Duration
    }

    public var service: ServiceName
    public var instance: Instance
    public var rpc: Address
    /// Whether a second instance may listen on this one's ports, to take over from it.
    public var sharesPorts: Bool
    public var tls: TLSFiles
    public var health: Address
    public var postgres: PostgresConfiguration
    public var systemPostgres: PostgresConfiguration
    /// Only where migrations are to be run.
    public var ownerPostgres: PostgresConfiguration?
    public var redis: RedisConfiguration?
    public var peers: [ServiceName: Address]
    public var keys: Keys
    public var settings: ServiceSettings
    public var telemetry: Telemetry
    /// How many calls are served at once, and how many may wait.
    public var admission: AdmissionSettings
    public var shutdown: Shutdown
    /// For `--print-config`.
    public var listing: ConfigListing
}

extension ServiceConfig {
    /// Reports every problem at once.
    public init(service: ServiceName, file: JSONValue, environment: [String: String]) throws(ConfigError) {
        var reader = ConfigReader(file: file, environment: environment)
        self.service = service
        instance = Self.instance(service, &reader)
        rpc = Self.address("rpc", &reader)
        sharesPorts = reader.flag("rpc", "share_ports", default: false)
        tls = TLSFiles(
            certificate: reader.string("tls", "certificate"), key: reader.string("tls", "key"), authority: reader.string("tls", "authority"),
            trustDomain: reader.string("tls", "trust_domain", default: TLSContext.defaultTrustDomain))
        health = Self.address("health", &reader)
        let database = service.databaseName
        postgres = Self.postgres(user: "\(database)_app", passwordKey: "app_password", service, &reader)
        systemPostgres = Self.postgres(user: "\(database)_system", passwordKey: "system_password", service, &reader)
        ownerPostgres =
            reader.optionalString("postgres", "owner_password") == nil
            ? nil : Self.postgres(user: "\(database)_owner", passwordKey: "owner_password", service, &reader)
        // A relay, a sweeper and a sequencer at most.
        systemPostgres.maximumConnections = 4
        redis = Self.redis(service, &reader)
        peers = Self.peers(&reader)
        keys = Keys(signingKey: reader.string("keys", "signing_key"), delegationKey: reader.optionalString("keys", "delegation_key"))
        settings = ServiceSettings(reader.object("settings"))
        telemetry = Self.telemetry(&reader)
        admission = Self.admission(&reader)
        shutdown = Shutdown(
            preStop: .milliseconds(reader.integer("shutdown", "pre_stop_ms", in: 0...60_000, default: 2_000)),
            grace: .milliseconds(reader.integer("shutdown", "grace_ms", in: 0...600_000, default: 10_000)))
        reader.reportUnknownKeys()
        listing = reader.listing
        guard reader.problems.isEmpty else { throw ConfigError(reader.problems) }
    }

    private static func instance(_ service: ServiceName, _ reader: inout ConfigReader) -> Instance {
        let level = reader.string("service", "log_level", default: "info")
        if Logger.Level(rawValue: level) == nil {
            let levels = Logger.Level.allCases.map(\.rawValue)
            reader.report(
                "service", "log_level", "must be one of \(levels.joined(separator: ", "))",
                fix: KeySuggestion.nearest(to: level, in: levels).map { "did you mean \($0)?" } ?? "give one of them")
        }
        return Instance(
            name: reader.string("service", "instance", default: "\(service)-1"),
            environment: reader.string("service", "environment", default: "production"),
            logLevel: Logger.Level(rawValue: level) ?? .info, build: reader.string("service", "build", default: "dev"))
    }

    private static func address(_ section: String, _ reader: inout ConfigReader) -> Address {
        Address(host: reader.string(section, "host", default: "127.0.0.1"), port: reader.integer(section, "port", in: 0...65_535))
    }

    private static func postgres(
        user: String, passwordKey: String, _ service: ServiceName, _ reader: inout ConfigReader
    ) -> PostgresConfiguration {
        var configuration = PostgresConfiguration(
            host: reader.string("postgres", "host", default: "127.0.0.1"),
            port: reader.integer("postgres", "port", in: 1...65_535, default: 5432),
            database: reader.string("postgres", "database", default: "provable_\(service.databaseName)"), user: user,
            password: reader.string("postgres", passwordKey), applicationName: service.rawValue,
            maximumConnections: reader.integer("postgres", "max_connections", in: 1...500, default: 8))
        configuration.statementTimeout = .milliseconds(reader.integer("postgres", "statement_timeout_ms", in: 10...3_600_000, default: 10_000))
        if let path = reader.optionalString("postgres", "tls_root") { configuration.tls = .verifyFull(rootCertificatePath: path) }
        return configuration
    }

    private static func redis(_ service: ServiceName, _ reader: inout ConfigReader) -> RedisConfiguration? {
        guard reader.hasSection("redis") else { return nil }
        var configuration = RedisConfiguration(
            host: reader.string("redis", "host", default: "127.0.0.1"),
            port: reader.integer("redis", "port", in: 1...65_535, default: 6379),
            user: reader.optionalString("redis", "user"), password: reader.optionalString("redis", "password"),
            clientName: service.rawValue)
        if let path = reader.optionalString("redis", "tls_authority") { RedisTLS.apply(authority: path, to: &configuration) }
        return configuration
    }

    private static func telemetry(_ reader: inout ConfigReader) -> Telemetry {
        let endpoint = reader.optionalString("telemetry", "otlp_endpoint")
        if let endpoint, !endpoint.hasPrefix("http://"), !endpoint.hasPrefix("https://") {
            reader.report("telemetry", "otlp_endpoint", "must be an http or https URL", fix: "for example http://collector:4318")
        }
        return Telemetry(
            endpoint: endpoint, slowCall: .milliseconds(reader.integer("telemetry", "slow_call_ms", in: 1...3_600_000, default: 1_000)))
    }

    private static func admission(_ reader: inout ConfigReader) -> AdmissionSettings {
        AdmissionSettings(
            limit: .fixed(reader.integer("rpc", "running_max", in: 1...100_000, default: 256)),
            tenantShareMax: Double(reader.integer("rpc", "tenant_share_percent", in: 1...100, default: 75)) / 100,
            queuedPerMethodMax: reader.integer("rpc", "queued_per_method_max", in: 0...1_000_000, default: 1024),
            queuedMax: reader.integer("rpc", "queued_max", in: 0...1_000_000, default: 4096),
            queuedBytesMax: reader.integer("rpc", "queued_mib_max", in: 1...4096, default: 64) << 20,
            streamsMax: reader.integer("rpc", "streams_max", in: 1...1_000_000, default: 4096))
    }

    private static func peers(_ reader: inout ConfigReader) -> [ServiceName: Address] {
        var peers: [ServiceName: Address] = [:]
        for (name, text) in reader.texts("peers", keys: ServiceName.allCases.map(\.rawValue)) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard let service = ServiceName(rawValue: name) else { continue }
            guard parts.count == 2, !parts[0].isEmpty, let port = Int(parts[1]), (1...65_535).contains(port) else {
                reader.report("peers", name, "must be host:port", fix: "for example \(name).internal:7100")
                continue
            }
            peers[service] = Address(host: String(parts[0]), port: port)
        }
        return peers
    }
}
