import Hummingbird
import Logging
import StubVendors

// Vendors for development and tests, on loopback only: `provable-stubs [--host 127.0.0.1] [--port 7301]`.
let options = StubOptions(CommandLine.arguments.dropFirst())
var logger = Logger(label: "stubs")
logger.logLevel = .notice
let server = StubServer()
let router = Router()
for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
    router.on("**", method: method) { request, _ in try await server.respond(to: request) }
}
let application = Application(
    router: router, configuration: .init(address: .hostname(options.host, port: options.port), serverName: nil),
    onServerRunning: { _ in print("stubs: http://\(options.host):\(options.port)") }, logger: logger)
try await application.runService()
