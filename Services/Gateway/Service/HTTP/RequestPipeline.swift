internal import FoundationEssentials
internal import GatewayCore
internal import HTTPTypes
internal import Hummingbird
internal import Identity
internal import JSON
internal import Logging
internal import NIOCore
internal import RPC
internal import ServiceKit
internal import Synchronization
internal import Trust

/// What every request passes, in this order: session, permission, rate, body, shapes, CSRF, idempotency, the endpoint; and what every
/// failure becomes: a problem, and for a refusal a line in the security log.
final class RequestPipeline: Sendable {
    static let bodyLimit = 1 << 20
    /// Requests of one session at once, and per second.
    private static let burst = 200.0
    private static let perSecond = 100.0
    private static let bucketsMax = 10_000

    let sessions: SessionStore
    let idempotency: IdempotencyStore
    let mint: DelegationMint
    let security: SecurityEvents
    let logger: Logger
    private let buckets = Mutex<[SHA256Digest: TokenBucket]>([:])

    init(sessions: SessionStore, idempotency: IdempotencyStore, mint: DelegationMint, security: SecurityEvents, logger: Logger) {
        self.sessions = sessions
        self.idempotency = idempotency
        self.mint = mint
        self.security = security
        self.logger = logger
    }

    func respond(_ endpoint: Endpoint, _ request: Request, parameters: [String: String]) async -> Response {
        let trace = TraceContext.make()
        let path = request.uri.path
        var session: Session?
        do {
            session = try await self.session(of: request)
            try check(endpoint.access, session)
            if let session { try take(session) }
            let exchange = try await exchange(endpoint, request, parameters: parameters, session: session, trace: trace)
            return try await answer(endpoint, exchange).response
        } catch {
            let problem = problem(of: error, path: path)
            report(problem, path: path, method: request.method.rawValue, session: session)
            return problem.response(instance: path, trace: trace.traceparent)
        }
    }

    // MARK: Checks

    func session(of request: Request) async throws -> Session? {
        guard let header = request.headers[.cookie], let token = SessionToken.from(cookieHeader: header) else { return nil }
        return try await sessions.session(token)
    }

    func check(_ access: Endpoint.Access, _ session: Session?) throws(Problem) {
        switch access {
        case .open: return
        case .member: if session == nil { throw .unauthenticated }
        case .needs(let permission):
            guard let session else { throw .unauthenticated }
            guard Role.allows(session.roles, permission) else { throw .forbidden(permission) }
        }
    }

    private func take(_ session: Session) throws(Problem) {
        let now = sessions.clock.now.timeIntervalSinceReferenceDate
        let wait = buckets.withLock { buckets in
            if buckets.count > Self.bucketsMax { buckets.removeAll() }
            return buckets[session.token.digest, default: TokenBucket(capacity: Self.burst, perSecond: Self.perSecond, now: now)].take(now: now)
        }
        guard let wait else { return }
        throw Problem(
            429, code: "RATE_LIMITED", title: "Too many requests of this session", retryAfterSeconds: max(1, Int(wait.rounded(.up))))
    }

    private func exchange(
        _ endpoint: Endpoint, _ request: Request, parameters: [String: String], session: Session?, trace: TraceContext
    ) async throws -> Exchange {
        var problems: [FieldProblem] = []
        for field in endpoint.parameters { problems += field.shape.problems(in: .string(parameters[field.name] ?? ""), at: field.name) }
        var query: [String: String] = [:]
        for (key, value) in request.uri.queryParameters { query[String(key)] = String(value) }
        for (key, value) in query {
            guard let field = endpoint.query.first(where: { $0.name == key }) else {
                let known = endpoint.query.map(\.name).joined(separator: ", ")
                problems.append(FieldProblem(field: key, message: "is no query parameter here", fix: known.isEmpty ? "leave it out" : "use \(known)"))
                continue
            }
            problems += field.shape.problems(in: .string(value), at: key)
        }
        let raw = try await body(of: request)
        var body = JSONValue.null
        if let shape = endpoint.body {
            body = try Self.parsed(raw)
            problems += shape.problems(in: body)
        }
        guard problems.isEmpty else { throw Problem.invalid(problems) }
        let options = try session.map { try mint.options(for: $0, trace: trace) } ?? CallOptions(trace: trace)
        return Exchange(
            path: request.uri.path, headers: request.headers, parameters: parameters, query: query, body: body, rawBody: raw, session: session,
            trace: trace, options: options)
    }

    private func body(of request: Request) async throws -> [UInt8] {
        do {
            let buffer = try await request.body.collect(upTo: Self.bodyLimit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem(413, code: "BODY_TOO_LARGE", title: "The body is larger than \(Self.bodyLimit) bytes")
        }
    }

    private static func parsed(_ bytes: [UInt8]) throws(Problem) -> JSONValue {
        do {
            return try JSONValue(parsing: bytes, limits: JSONLimits(size: bodyLimit, depth: 64))
        } catch {
            throw .invalid("body", error.description, fix: "send one JSON document in UTF-8")
        }
    }

    // MARK: Answers

    private func answer(_ endpoint: Endpoint, _ exchange: Exchange) async throws -> Reply {
        guard endpoint.isIdempotentWrite else { return try await endpoint.run(exchange) }
        let session = try exchange.requireSession()
        guard let csrf = exchange.headers[.csrfToken], session.token.accepts(csrf: csrf) else { throw Problem.csrf }
        let key = exchange.idempotencyKey
        guard (1...200).contains(key.utf8.count), !key.utf8.contains(0) else {
            throw Problem.invalid("Idempotency-Key", "is missing or longer than 200 bytes", fix: "send a fresh UUID for each new act")
        }
        let request = SHA256Digest(hashing: Array("\(endpoint.method.rawValue) \(exchange.path)\n".utf8) + exchange.rawBody)
        if let stored = try await idempotency.begin(key: key, request: request, session: session) {
            return .bytes(stored.body, contentType: "application/json", status: stored.status)
        }
        do {
            let reply = try await endpoint.run(exchange)
            if case .json(let value, let status, _) = reply {
                try await idempotency.finish(key: key, .init(status: status, body: value.encoded()), session: session)
            } else {
                try await idempotency.finish(key: key, .init(status: 204, body: []), session: session)
            }
            return reply
        } catch {
            // Nothing took effect, or it did under this very key further down: the request may be made again.
            try await idempotency.abandon(key: key, session: session)
            throw error
        }
    }

    private func problem(of error: any Error, path: String) -> Problem {
        switch error {
        case let problem as Problem: return problem
        case let error as RPCError:
            return StatusMapping.problem(
                code: Int(error.code.rawValue), reason: error.reason, message: error.message, details: error.details,
                retryAfterSeconds: error.retryAfter.map { max(1, Int($0.components.seconds)) })
        default:
            logger.error("request failed", metadata: ["path": "\(path)", "error": "\(error)"])
            return Problem(500, code: "INTERNAL", title: "Something failed on our side")
        }
    }

    /// Asking for what is not one's own is worth a line, whether it was refused or just not found.
    private func report(_ problem: Problem, path: String, method: String, session: Session?) {
        guard [401, 403, 404].contains(problem.status), session != nil || problem.code != Problem.unauthenticated.code else { return }
        security.report(
            "http.refused", tenant: session?.tenant, principal: session?.principal,
            detail: ["code": .string(problem.code), "method": .string(method), "path": .string(String(path.prefix(500)))])
    }
}
