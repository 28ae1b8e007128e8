internal import Hummingbird
internal import JSON
internal import Logging
internal import NIOCore
internal import ServiceLifecycle

/// Plain HTTP for probes and scrapes, on a port of its own that no user reaches: `/livez`, `/readyz`, `/metrics`.
struct HealthServer: Service, CustomStringConvertible {
    let context: ServiceContext

    var description: String { "health server" }

    func run() async throws {
        let router = Router()
        let instance = JSONValue.string(context.config.instance.name)
        router.get("/livez") { _, _ in Self.response(.ok, ["status": "ok", "instance": instance]) }
        router.get("/readyz") { [readiness = context.readiness] _, _ in
            let failing = await readiness.failing()
            return failing.isEmpty
                ? Self.response(.ok, ["status": "ready", "instance": instance])
                : Self.response(
                    .serviceUnavailable,
                    ["status": "not ready", "instance": instance, "failing": .array(failing.map { .string($0) })])
        }
        router.get("/metrics") { [scrape = Scrape(context: context)] _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4"], body: .init(byteBuffer: ByteBuffer(string: await scrape.text())))
        }
        let address = context.config.health
        let application = Application(
            router: router, configuration: .init(address: .hostname(address.host, port: address.port), serverName: nil), logger: context.logger)
        try await application.run()
    }

    private static func response(_ status: HTTPResponse.Status, _ body: JSONObject) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: JSONValue.object(body).encoded())))
    }
}
