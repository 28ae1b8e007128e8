internal import Foundation
internal import GatewayCore
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Logging
internal import NIOCore
package import ServiceKit
package import ServiceLifecycle
internal import Trust

/// The only public door: the API, the event stream, webhooks, and the web page.
package enum GatewayApplication {
    /// Pages of the web application, which routes by itself in the browser.
    private static let pages = [
        "", "signin", "inbox", "runs", "runs/{id}", "receipts", "receipts/{id}", "flows", "flows/{name}", "policies", "connections", "costs",
        "copilot", "verify",
    ]

    /// Settings: `delegation_private_key` (a path), `http_host`, `http_port`, `web_root` (a folder), `seed_file` (development only).
    package static func make(kit: ServiceContext) async throws -> any Service {
        let settings = kit.config.settings
        let environment = kit.config.instance.environment
        let directory = DirectoryStore(system: kit.systemPostgres)
        try await seed(directory, settings, environment: environment)
        let sessions = SessionStore(system: kit.systemPostgres, directory: directory, clock: kit.clock)
        let mint = DelegationMint(
            key: try delegationKey(at: try settings.string("delegation_private_key")),
            thumbprint: { try kit.certificateThumbprint() }, clock: kit.clock)
        let pipeline = RequestPipeline(
            sessions: sessions, idempotency: IdempotencyStore(pool: kit.postgres, clock: kit.clock), mint: mint, security: kit.security,
            logger: kit.logger)
        let services = Backends(kit: kit)
        let endpoints = endpoints(services: services, sessions: sessions, directory: directory, environment: environment)
        let router = router(
            endpoints, pipeline: pipeline, events: EventStream(services: services, pipeline: pipeline),
            hooks: WebhookDoor(services: services, directory: directory, security: kit.security),
            web: WebFiles(directory: try settings.string("web_root", default: "")))
        let address = BindAddress.hostname(
            try settings.string("http_host", default: "127.0.0.1"), port: Int(try settings.int("http_port", default: 8080)))
        return Application(
            router: router, configuration: .init(address: address, serverName: nil),
            onServerRunning: { _ in kit.logger.info("http listening", metadata: ["address": "\(address)"]) }, logger: kit.logger)
    }

    private static func delegationKey(at path: String) throws -> ES256PrivateKey {
        guard let pem = try? String(contentsOfFile: path, encoding: .utf8) else { throw ConfigError(["settings.delegation_private_key: cannot read \(path)"]) }
        return try ES256PrivateKey(pem: pem)
    }

    private static func seed(_ directory: DirectoryStore, _ settings: ServiceSettings, environment: String) async throws {
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

    static func endpoints(services: Backends, sessions: SessionStore, directory: DirectoryStore, environment: String) -> [Endpoint] {
        SessionRoutes(sessions: sessions, directory: directory, environment: environment).endpoints
            + WorkRoutes(services: services).endpoints + FlowRoutes(services: services).endpoints + ProofRoutes(services: services).endpoints
            + GovernanceRoutes(services: services).endpoints + CostRoutes(services: services).endpoints
    }

    private static func router(
        _ endpoints: [Endpoint], pipeline: RequestPipeline, events: EventStream, hooks: WebhookDoor, web: WebFiles
    ) -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.add(middleware: SecurityHeaders())
        for endpoint in endpoints {
            let names = endpoint.parameters.map(\.name)
            router.on(RouterPath(endpoint.path), method: endpoint.method) { request, context in
                var parameters: [String: String] = [:]
                for name in names { parameters[name] = context.parameters.get(name)?.removingPercentEncoding }
                return await pipeline.respond(endpoint, request, parameters: parameters)
            }
        }
        let document = OpenAPIDocument.make(endpoints)
        router.get("/openapi.json") { _, _ in Reply.json(document).response }
        router.get("/v1/events") { request, _ in try await events.respond(request) }
        router.post("/v1/hooks/{tenant}/{connector}") { request, context in
            try await hooks.respond(
                request, tenant: context.parameters.get("tenant") ?? "", connector: context.parameters.get("connector") ?? "")
        }
        router.get("/assets/{file}") { request, context in web.asset(context.parameters.get("file") ?? "", request) }
        for page in pages { router.get(RouterPath("/" + page)) { request, _ in web.page(request) } }
        return router
    }
}
