internal import FoundationEssentials
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import StubVendors

/// Carries HTTP to the stubs and back. One actor: a vendor sees requests one after the other.
actor StubServer {
    private static let bodyLimit = 1 << 20
    private var world = StubWorld()

    nonisolated func respond(to request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: Self.bodyLimit)
        let reply = await handle(Self.stubRequest(request, Array(body.readableBytesView)))
        if reply.delayMillis > 0 { try await Task.sleep(for: .milliseconds(reply.delayMillis)) }
        return Self.response(reply)
    }

    private func handle(_ request: StubRequest) -> StubReply { world.handle(request, at: Date()) }

    private static func stubRequest(_ request: Request, _ body: [UInt8]) -> StubRequest {
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        let query = Dictionary(request.uri.queryParameters.map { (String($0.key), String($0.value)) }, uniquingKeysWith: { first, _ in first })
        let path = request.uri.path.split(separator: "/").map { PercentEncoding.decode($0.utf8) ?? String($0) }
        return StubRequest(
            method: request.method.rawValue, path: path, query: query, headers: headers, body: body,
            origin: "http://\(request.head.authority ?? "127.0.0.1")")
    }

    private static func response(_ reply: StubReply) -> Response {
        var headers: HTTPFields = [:]
        for (name, value) in reply.response.headers {
            if let name = HTTPFields.Element.Name(name) { headers[name] = value }
        }
        guard let json = reply.response.body else { return Response(status: .init(code: reply.response.status), headers: headers) }
        headers[.contentType] = "application/json; charset=utf-8"
        let bytes = json.encoded()
        // Cut where no JSON ends, but well-formed HTTP: proxies do that.
        let sent = reply.isTruncated ? Array(bytes.prefix(bytes.count / 2)) : bytes
        return Response(status: .init(code: reply.response.status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: sent)))
    }
}
