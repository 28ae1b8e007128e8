internal import GatewayCore
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore

extension Reply {
    var response: Response {
        switch self {
        case .json(let value, let status, let headers):
            var fields = HTTPFields(headers)
            fields[.contentType] = "application/json"
            fields[.cacheControl] = "no-store"
            return Response(status: .init(code: status), headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: value.encoded())))
        case .empty(let headers): return Response(status: .noContent, headers: HTTPFields(headers))
        case .download(let bytes, let type, let name):
            let fields: HTTPFields = [
                .contentType: type, .contentDisposition: "attachment; filename=\"\(name)\"", .cacheControl: "no-store",
            ]
            return Response(status: .ok, headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        case .bytes(let bytes, let type, let status):
            return Response(
                status: .init(code: status), headers: [.contentType: type, .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        }
    }
}

extension Problem {
    func response(instance: String, trace: String) -> Response {
        var headers: HTTPFields = [.contentType: Problem.contentType, .cacheControl: "no-store"]
        if let retryAfterSeconds { headers[.retryAfter] = String(retryAfterSeconds) }
        let bytes = json(instance: instance, trace: trace).encoded()
        return Response(status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// Headers that every answer carries. No inline script or style, no framing, nothing from elsewhere.
struct SecurityHeaders<Context: RequestContext>: RouterMiddleware {
    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
        var response = try await next(request, context)
        for (name, value) in Self.fields { response.headers[name] = value }
        return response
    }

    private static var fields: [(HTTPField.Name, String)] {
        [
            (
                .contentSecurityPolicy,
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            ),
            (.xContentTypeOptions, "nosniff"), (.header("Referrer-Policy"), "no-referrer"), (.header("X-Frame-Options"), "DENY"),
            (.header("Cross-Origin-Opener-Policy"), "same-origin"), (.header("Permissions-Policy"), "camera=(), geolocation=(), microphone=()"),
        ]
    }
}
