internal import GatewayCore
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import RPC

extension Reply {
    var response: Response {
        switch self {
        case .json(let value, let status, let headers):
            var fields = HTTPFields(headers)
            fields[.contentType] = "application/json"
            return Response(bytes: value.encoded(), status: status, headers: fields)
        case .empty(let headers): return Response(status: .noContent, headers: HTTPFields(headers))
        case .download(let bytes, let type, let name):
            return Response(bytes: bytes, headers: [.contentType: type, .contentDisposition: "attachment; filename=\"\(name)\""])
        case .bytes(let bytes, let type, let status): return Response(bytes: bytes, status: status, headers: [.contentType: type])
        case .replayed(let answer):
            let replayed = HTTPField(name: .idempotencyReplayed, value: "true")
            guard !answer.body.isEmpty else { return Response(status: .init(code: answer.status), headers: [replayed.name: replayed.value]) }
            return Response(
                bytes: answer.body, status: answer.status, headers: [.contentType: "application/json", replayed.name: replayed.value])
        }
    }
}

extension Response {
    /// Answers of the API are a person's own: nothing on the way keeps them.
    init(bytes: [UInt8], status: Int = 200, headers: HTTPFields) {
        var headers = headers
        headers[.cacheControl] = "no-store"
        self.init(status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

extension Problem {
    func response(instance: String, trace: TraceContext) -> Response {
        var headers: HTTPFields = [.contentType: Problem.contentType]
        if status == 401, code == Problem.unauthenticated.code { headers[.wwwAuthenticate] = "Bearer realm=\"provable\"" }
        if let retryAfterSeconds { headers[.retryAfter] = String(retryAfterSeconds) }
        return Response(bytes: json(instance: instance, trace: trace.traceIDText).encoded(), status: status, headers: headers)
    }
}

extension HTTPFields {
    mutating func set(_ verdict: RateVerdict) {
        self[.header("RateLimit-Limit")] = String(verdict.limit)
        self[.header("RateLimit-Remaining")] = String(verdict.remaining)
        self[.header("RateLimit-Reset")] = String(verdict.resetSeconds)
    }
}

extension HTTPField.Name {
    static let idempotencyKey = header(IdempotencyKey.header)
    static let idempotencyReplayed = header("Idempotency-Replayed")
    static let csrfToken = header("X-CSRF-Token")
    static let traceParent = header("traceparent")
    static let requestID = header("X-Request-ID")
    static let lastEventID = header("Last-Event-ID")

    /// Only for names in the code, which are tokens.
    static func header(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is no header name") }
        return field
    }
}
