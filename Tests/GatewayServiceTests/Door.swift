import Foundation
import GatewayCore
import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore
import TestKit
import Testing
import Trust

@testable import GatewayService
@testable import ServiceKit

/// The gateway without a network: requests in, answers out, fakes behind it.
struct Door {
    let mesh = FakeMesh()
    let sessions = FakeSessions()
    let idempotency = FakeIdempotency()
    let clock = ManualClock()
    let metrics = MetricsRegistry()
    let pipeline: RequestPipeline
    let responder: GatewayResponder

    init(environment: String = "development", redis: PrivateRedis? = nil) throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let mesh = mesh
        let (clock, metrics) = (clock, metrics)
        let shared = redis.map { SharedRates($0.configuration, clock: clock, metrics: metrics, logger: logger) }
        pipeline = RequestPipeline(
            sessions: sessions, idempotency: idempotency,
            mint: DelegationMint(key: try ES256PrivateKey.generate(), thumbprint: { Array(repeating: 7, count: 32) }, clock: clock),
            rates: RateGate(clock: clock, shared: shared), security: SecurityEvents(metrics: metrics, logger: logger), logger: logger)
        responder = try GatewayApplication.responder(
            pipeline, services: Backends(channel: { _ in mesh }), directory: FakeDirectory(), environment: environment, web: WebFiles(directory: nil),
            metrics: metrics)
    }

    func securityEvents(_ kind: String) -> Bool { metrics.text().contains("security_events_total{kind=\"\(kind)\"}") }

    func ask(_ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields = [:], _ body: [UInt8] = [], address: String = "192.0.2.1")
        async throws
        -> Answer
    {
        let request = Request(
            head: HTTPRequest(method: method, scheme: "http", authority: "test", path: path, headerFields: headers),
            body: RequestBody(buffer: ByteBuffer(bytes: body)))
        let response = await responder.respond(to: request, address: address)
        let bytes = Collected()
        try await response.body.write(CollectingWriter(into: bytes))
        return Answer(status: response.status.code, headers: response.headers, bytes: bytes.all)
    }

    func signIn(_ email: String = "dana@acme.example", _ tenant: String = "acme") async throws -> Person {
        Person(door: self, session: try #require(try await sessions.begin(email: email, slug: tenant)))
    }
}

/// Somebody with a session, who asks as the page does.
struct Person {
    let door: Door
    var session: Session

    func get(_ path: String) async throws -> Answer { try await door.ask(.get, path, headers) }

    func write(_ path: String, _ body: JSONValue, key: String = "key") async throws -> Answer {
        var headers = headers
        headers[.contentType] = "application/json"
        headers[.csrfToken] = session.token.csrfToken
        headers[.idempotencyKey] = key
        return try await door.ask(.post, path, headers, body.encoded())
    }

    var headers: HTTPFields { [.cookie: "\(SessionToken.cookieName)=\(session.token.text)"] }
}

struct Answer {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var json: JSONValue { (try? JSONValue(parsing: bytes)) ?? .null }
    var code: String? { json["code"]?.stringValue }
    var fields: [String] { (json["errors"]?.arrayValue ?? []).compactMap { $0["field"]?.stringValue } }
    subscript(header: String) -> String? { headers[.header(header)] }
}
