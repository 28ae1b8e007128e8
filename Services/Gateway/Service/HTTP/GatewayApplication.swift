internal import Foundation
internal import GatewayCore
internal import JSON
internal import Logging
internal import Redis
package import ServiceKit
package import ServiceLifecycle
internal import Trust

/// The only public door: the API, the event stream, webhooks, and the web page.
package enum GatewayApplication {
    /// Settings: `delegation_private_key` (a path), `http_host`, `http_port`, `web_root` (a folder), `public_url` (as callers reach
    /// the gateway; else as their requests say), `seed_file` (development only).
    package static func make(kit: ServiceContext) async throws -> any Service {
        let settings = kit.config.settings
        let environment = kit.config.instance.environment
        let directory = PostgresDirectoryStore(system: kit.systemPostgres)
        try await seed(directory, settings, environment: environment)
        let sweeper = ExpirySweeper(system: kit.systemPostgres, clock: kit.clock, logger: kit.logger)
        kit.background("expiry sweeper") { try await sweeper.run() }
        let sessions = PostgresSessionStore(system: kit.systemPostgres, directory: directory, clock: kit.clock)
        let mint = DelegationMint(
            key: try delegationKey(at: try settings.string("delegation_private_key")), thumbprint: { try kit.certificateThumbprint() },
            clock: kit.clock)
        let shared = kit.redis.map { SharedRates($0.configuration, clock: kit.clock, metrics: kit.metrics, logger: kit.logger) }
        let pipeline = RequestPipeline(
            sessions: sessions, idempotency: PostgresIdempotencyStore(pool: kit.postgres, clock: kit.clock), mint: mint,
            rates: RateGate(clock: kit.clock, shared: shared), security: kit.security, logger: kit.logger)
        let responder = try responder(
            pipeline, services: Backends(channel: { kit.channel(to: $0) }), directory: directory, environment: environment,
            web: WebFiles(directory: try settings.string("web_root", default: "")), publicURL: try settings.string("public_url", default: ""),
            metrics: kit.metrics, spans: kit.spans)
        return GatewayListener(
            responder: responder, host: try settings.string("http_host", default: "127.0.0.1"),
            port: Int(try settings.int("http_port", default: 8080)), sharesPort: kit.config.sharesPorts, readiness: kit.readiness,
            logger: kit.logger)
    }

    static func responder(
        _ pipeline: RequestPipeline, services: Backends, directory: any DirectoryStore, environment: String, web: WebFiles,
        publicURL: String = "", metrics: MetricsRegistry, spans: SpanRecorder? = nil
    ) throws -> GatewayResponder {
        let endpoints = PublicAPI.endpoints(
            services: services, sessions: pipeline.sessions, directory: directory, environment: environment, publicURL: publicURL,
            events: EventStream(services: services, sessions: pipeline.sessions, mint: pipeline.mint, logger: pipeline.logger),
            hooks: WebhookDoor(services: services, directory: directory, rates: pipeline.rates, security: pipeline.security))
        return try GatewayResponder(
            endpoints: endpoints, pipeline: pipeline, web: web, isDevelopment: environment == "development", metrics: metrics, spans: spans,
            logger: pipeline.logger)
    }

    private static func delegationKey(at path: String) throws -> ES256PrivateKey {
        guard let pem = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw ConfigError(["settings.delegation_private_key: cannot read \(path)"])
        }
        return try ES256PrivateKey(pem: pem)
    }

    private static func seed(_ directory: PostgresDirectoryStore, _ settings: ServiceSettings, environment: String) async throws {
        let path = try settings.string("seed_file", default: "")
        guard !path.isEmpty else { return }
        guard environment == "development" else {
            throw ConfigError(["settings.seed_file: the built-in sign-in and its people are for development; this is \(environment)"])
        }
        guard let bytes = FileManager.default.contents(atPath: path), let json = try JSONValue(parsing: [UInt8](bytes)).objectValue else {
            throw ConfigError(["settings.seed_file: \(path) is not a readable JSON object"])
        }
        let people = try DevelopmentSeed(json)
        try await directory.seed(people.tenants, people.memberships)
    }
}
