internal import GatewayCore
internal import HTTPTypes
internal import Hummingbird
internal import Identity
internal import JSON
internal import Logging
internal import Postgres
internal import RPC
internal import ServiceKit
internal import Trust

/// What every request passes, in this order: session, rate, permission, CSRF, shapes, idempotency, the endpoint; and what every
/// failure becomes: a problem, and for a refusal a line in the security log.
struct RequestPipeline: Sendable {
    let sessions: any SessionStore
    let idempotency: any IdempotencyStore
    let mint: DelegationMint
    let rates: RateGate
    let security: SecurityEvents
    let logger: Logger

    func respond(_ endpoint: Endpoint, _ visit: Visit, access: AccessControl) async -> Response {
        var visit = visit
        var verdict: RateVerdict?
        var response: Response
        do {
            visit.session = try await session(of: visit.request)
            let (key, tenant) = rateKey(of: visit, endpoint)
            verdict = await rates.take(endpoint.rate, key, tenant: tenant)
            if let verdict, !verdict.isAllowed { throw Problem.rateLimited(verdict) }
            try check(endpoint, visit.session, access)
            response = try await answer(endpoint, visit)
        } catch {
            let problem = problem(of: error)
            report(problem, visit)
            response = problem.response(instance: visit.path, trace: visit.trace)
        }
        if let verdict { response.headers.set(verdict) }
        return response
    }

    // MARK: Checks

    private func session(of request: Request) async throws -> Session? {
        // A cookie beside it is not looked at: who sends a token means that one.
        if let header = request.headers[.authorization] {
            guard let token = SessionToken.from(authorizationHeader: header) else { return nil }
            return try await sessions.session(token)
        }
        guard let header = request.headers[.cookie], let token = SessionToken.from(cookieHeader: header) else { return nil }
        return try await sessions.session(token)
    }

    private func rateKey(of visit: Visit, _ endpoint: Endpoint) -> (key: String, tenant: TenantID?) {
        guard let session = visit.session, endpoint.rate == .standard else { return ("address|\(visit.address)", nil) }
        return ("session|\(session.token.digest.hex)", session.tenant)
    }

    private func check(_ endpoint: Endpoint, _ session: Session?, _ access: AccessControl) throws(Problem) {
        switch endpoint.access {
        case .open: return
        case .member: if session == nil { throw .unauthenticated }
        case .needs(let permission):
            guard let session else { throw .unauthenticated }
            let judgement = access.judge(endpoint.id, by: session.principal, roles: session.roles, tenant: session.membership.tenant.slug)
            guard judgement.isAllowed else { throw .forbidden(permission, roles: judgement.rolesThatWould) }
        }
    }

    private func checkToken(_ visit: Visit) throws(Problem) {
        guard let session = visit.session else { throw .unauthenticated }
        // A browser adds cookies by itself; a token in this header was put there by whoever means the request.
        guard visit.request.headers[.authorization] == nil else { return }
        guard let csrf = visit.request.headers[.csrfToken], session.token.accepts(csrf: csrf) else { throw .csrf }
    }

    // MARK: Answers

    private func answer(_ endpoint: Endpoint, _ visit: Visit) async throws -> Response {
        if endpoint.isWrite { try checkToken(visit) }
        switch endpoint.handler {
        case .raw(let run): return try await run(visit)
        case .checked(let run):
            let exchange = try await exchange(endpoint, visit)
            guard endpoint.isKeyed else { return try await run(exchange).response }
            return try await once(exchange, run).response
        }
    }

    private func exchange(_ endpoint: Endpoint, _ visit: Visit) async throws -> Exchange {
        let session = visit.session
        var effectKey: String?
        if endpoint.isKeyed, let session {
            effectKey = try IdempotencyKey(header: visit.request.headers[.idempotencyKey])
                .effectKey(tenant: session.tenant.bytes, principal: session.principal)
        }
        let reading = try await RequestReading(visit, for: endpoint)
        return Exchange(
            method: endpoint.method.rawValue, path: visit.path, authority: visit.request.head.authority, headers: visit.request.headers,
            parameters: visit.parameters,
            query: reading.query, body: reading.body, rawBody: reading.rawBody, session: session, effectKey: effectKey,
            options: try session.map { try mint.options(for: $0) } ?? CallOptions())
    }

    /// A repeated request gets the first one's answer.
    private func once(_ exchange: Exchange, _ run: @Sendable (Exchange) async throws -> Reply) async throws -> Reply {
        let session = try exchange.requireSession()
        let key = try IdempotencyKey(header: exchange.headers[.idempotencyKey]).text
        let print = IdempotencyKey.fingerprint(method: exchange.method, path: exchange.path, body: exchange.rawBody)
        if let stored = try await idempotency.begin(key: key, request: print, session: session) { return .replayed(stored) }
        do {
            let reply = try await run(exchange)
            if case .json(let value, let status, _) = reply {
                try await idempotency.finish(key: key, StoredAnswer(status: status, body: value.encoded()), session: session)
            } else {
                try await idempotency.finish(key: key, StoredAnswer(status: 204, body: []), session: session)
            }
            return reply
        } catch {
            // Nothing took effect, or it did under the effect's key further down: the request may be made again.
            do { try await idempotency.abandon(key: key, session: session) } catch {
                logger.warning("idempotency key not given back; it is free again in a minute", metadata: ["error": "\(error)"])
            }
            throw error
        }
    }

    // MARK: Failures

    func problem(of error: any Error) -> Problem {
        switch error {
        case let problem as Problem: return problem
        case let error as RPCError:
            let problem = StatusMapping.problem(
                code: Int(error.code.rawValue), reason: error.reason, message: error.message, details: error.details,
                retryAfterSeconds: error.retryAfter.map { max(1, Int($0.components.seconds)) })
            if problem.status >= 500 { logger.error("request failed", metadata: ["error": "\(error)"]) }
            return problem
        case is CancellationError: return Problem(499, code: "CANCELLED", title: "The request was cancelled")
        case PostgresError.commitOutcomeUnknown:
            logger.error("request failed", metadata: ["error": "\(error)"])
            return Problem(
                503, code: "OUTCOME_UNKNOWN", title: "Whether this took effect is not known",
                detail: "Look before trying again, or repeat the request with the same idempotency key.")
        case PostgresError.unavailable, PostgresError.poolExhausted, PostgresError.timeout:
            logger.error("request failed", metadata: ["error": "\(error)"])
            return Problem(
                503, code: "UNAVAILABLE", title: "A part of the system is not there right now", detail: "Trying again is safe.", retryAfterSeconds: 1)
        default:
            logger.error("request failed", metadata: ["error": "\(error)"])
            return Problem(500, code: "INTERNAL", title: "Something failed on our side", detail: "The cause is logged under the trace id.")
        }
    }

    /// Asking for what is not one's own is worth a line, whether it was refused or just not found.
    private func report(_ problem: Problem, _ visit: Visit) {
        guard [401, 403, 404].contains(problem.status), visit.session != nil || problem.code != Problem.unauthenticated.code else { return }
        security.report(
            "http.refused", tenant: visit.session?.tenant, principal: visit.session?.principal,
            detail: [
                "code": .string(problem.code), "method": .string(visit.request.method.rawValue), "path": .string(String(visit.path.prefix(500))),
                "trace_id": .string(visit.trace.traceIDText),
            ])
    }
}
