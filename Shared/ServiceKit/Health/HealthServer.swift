internal import Hummingbird
internal import JSON
internal import Logging
internal import NIOCore
internal import ServiceLifecycle

/// Plain HTTP for probes and scrapes, on a port of its own that no user reaches: `/livez`, `/readyz`, `/metrics`.
struct HealthServer: Service, CustomStringConvertible {
    let address: ServiceConfig.Address
    let readiness: Readiness
    let metrics: MetricsRegistry
    let logger: Logger

    var description: String { "health server" }

    func run() async throws {
        let router = Router()
        router.get("/livez") { _, _ in Self.response(.ok, ["status": "ok"]) }
        router.get("/readyz") { [readiness] _, _ in
            let failing = await readiness.failing()
            return failing.isEmpty
                ? Self.response(.ok, ["status": "ready"])
                : Self.response(.serviceUnavailable, ["status": "not ready", "failing": .array(failing.map { .string($0) })])
        }
        router.get("/metrics") { [metrics] _, _ in
            Response(status: .ok, headers: [.contentType: "text/plain; version=0.0.4"], body: .init(byteBuffer: ByteBuffer(string: metrics.text())))
        }
        let application = Application(
            router: router, configuration: .init(address: .hostname(address.host, port: address.port), serverName: nil), logger: logger)
        try await application.run()
    }

    private static func response(_ status: HTTPResponse.Status, _ body: JSONObject) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: JSONValue.object(body).encoded())))
    }
}
