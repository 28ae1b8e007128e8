internal import AsyncHTTPClient
internal import Foundation
internal import JSON
internal import NIOCore
internal import NIOHTTP1

/// A signed-in member of a tenant.
struct Person: Sendable {
    let client: HTTPClient
    let baseURL: String
    let cookie: String
    let csrf: String

    static func signIn(_ email: String, tenant: String, baseURL: String, client: HTTPClient) async throws -> Person {
        let body: JSONValue = ["email": .string(email), "tenant": .string(tenant)]
        var request = HTTPClientRequest(url: baseURL + "/v1/auth/dev/sign-in")
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "idempotency-key", value: UUID().uuidString)
        request.body = .bytes(ByteBuffer(bytes: body.encoded()))
        let response = try await client.execute(request, timeout: .seconds(10))
        let session = try await Self.json(of: response)
        guard let setCookie = response.headers.first(name: "set-cookie"), let cookie = setCookie.split(separator: ";").first,
            let csrf = session["csrf_token"]?.stringValue
        else { throw LoadError(what: "sign-in as \(email)", answer: session) }
        return Person(client: client, baseURL: baseURL, cookie: String(cookie), csrf: csrf)
    }

    func get(_ path: String) async throws -> JSONValue { try await send("GET", path, body: nil) }
    func post(_ path: String, _ body: JSONValue) async throws -> JSONValue { try await send("POST", path, body: body) }

    private func send(_ method: String, _ path: String, body: JSONValue?) async throws -> JSONValue {
        var request = HTTPClientRequest(url: baseURL + path)
        request.method = .RAW(value: method)
        request.headers.add(name: "cookie", value: cookie)
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.headers.add(name: "idempotency-key", value: UUID().uuidString)
            request.headers.add(name: "x-csrf-token", value: csrf)
            request.body = .bytes(ByteBuffer(bytes: body.encoded()))
        }
        let response = try await client.execute(request, timeout: .seconds(30))
        let answer = try await Self.json(of: response)
        guard (200..<300).contains(response.status.code) else { throw LoadError(what: "\(method) \(path): \(response.status.code)", answer: answer) }
        return answer
    }

    private static func json(of response: HTTPClientResponse) async throws -> JSONValue {
        let bytes = try await response.body.collect(upTo: 8 << 20)
        return bytes.readableBytes == 0 ? .null : try JSONValue(parsing: Array(bytes.readableBytesView))
    }
}

struct LoadError: Error, CustomStringConvertible {
    let what: String
    let answer: JSONValue

    var description: String { "\(what): \(answer.encodedString().prefix(300))" }
}
