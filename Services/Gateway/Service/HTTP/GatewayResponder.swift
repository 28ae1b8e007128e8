internal import FoundationEssentials
internal import GatewayCore
internal import HTTPTypes
internal import Hummingbird
internal import Identity
internal import Logging
internal import NIOCore
internal import RPC
internal import ServiceKit

/// Everything that comes in: finds the route, and sees to it that each answer, also that there is no such route, has the same form,
/// the security headers, and one line in the log under its trace.
struct GatewayResponder: HTTPResponder {
    enum Route: Sendable {
        case endpoint(Endpoint)
        /// A path of the web application, which routes by itself in the browser.
        case page
        case asset
    }

    private static let pages = [
        "/", "/signin", "/inbox", "/runs", "/runs/{id}", "/receipts", "/receipts/{id}", "/flows", "/flows/{name}", "/policies", "/connections",
        "/costs", "/copilot", "/verify",
    ]

    let table: RouteTable<Route>
    private let pipeline: RequestPipeline
    private let access: AccessControl
    private let web: WebFiles
    private let securityHeaders: HTTPFields
    private let metrics: MetricsRegistry
    private let spans: SpanRecorder?
    private let logger: Logger

    init(
        endpoints: [Endpoint], pipeline: RequestPipeline, web: WebFiles, isDevelopment: Bool, metrics: MetricsRegistry, spans: SpanRecorder? = nil,
        logger: Logger
    ) throws {
        access = try AccessControl(
            operations: endpoints.compactMap { if case .needs(let permission) = $0.access { ($0.id, permission) } else { nil } })
        var table = RouteTable<Route>()
        for endpoint in endpoints { table.add(endpoint.method.rawValue, endpoint.path, .endpoint(endpoint)) }
        for page in Self.pages { table.add("GET", page, .page) }
        table.add("GET", "/assets/{file}", .asset)
        self.table = table
        self.pipeline = pipeline
        self.web = web
        self.metrics = metrics
        self.spans = spans
        self.logger = logger
        securityHeaders = HTTPFields(SecurityHeaders.all(isDevelopment: isDevelopment).map { HTTPField(name: .header($0.name), value: $0.value) })
    }

    func respond(to request: Request, context: GatewayContext) async throws -> Response {
        await respond(to: request, address: context.address)
    }

    func respond(to request: Request, address: String) async -> Response {
        let started = ContinuousClock.now
        let caller = request.headers[.traceParent].flatMap { TraceContext(traceparent: $0) }
        let trace = caller?.child() ?? .make()
        return await RPC.RequestContext.$current.withValue(CallContext(caller: .gateway, trace: trace)) {
            let match = table.match(method: request.method.rawValue, path: request.uri.path)
            var response = await answer(match, request, trace: trace, address: address)
            response.headers.append(contentsOf: securityHeaders)
            if request.method == .head { response = Self.headOnly(response) }
            response.headers[.traceParent] = trace.traceparent
            // Whoever named its request finds the name on the answer, whatever the answer is.
            if let name = request.headers[.requestID] { response.headers[.requestID] = name }
            note(response, request, match, trace, below: caller, took: started.duration(to: .now))
            return response
        }
    }

    private func answer(_ match: RouteTable<Route>.Match, _ request: Request, trace: TraceContext, address: String) async -> Response {
        let path = request.uri.path
        let problem: Problem
        switch match {
        case .found(let entry, let parameters):
            switch entry.route {
            case .endpoint(let endpoint):
                return await pipeline.respond(
                    endpoint, Visit(request: request, parameters: parameters, trace: trace, address: address, session: nil), access: access)
            case .page: if let page = web.page(request) { return page } else { problem = .webNotBuilt }
            case .asset: if let file = web.asset(parameters["file"] ?? "", request) { return file } else { problem = .noSuchPath }
            }
        case .malformed(_, let malformed): problem = malformed
        case .notFound:
            if let page = pageForNobody(request) { return page }
            problem = .noSuchPath
        case .methodNotAllowed(let methods):
            var response = Problem.methodNotAllowed(methods).response(instance: path, trace: trace)
            response.headers[.allow] = methods.joined(separator: ", ")
            return response
        }
        return problem.response(instance: path, trace: trace)
    }

    /// A person who mistyped an address gets the page, which says so and shows the way back; a program gets a problem.
    private func pageForNobody(_ request: Request) -> Response? {
        guard request.method == .get, !request.uri.path.hasPrefix("/v1/"), !request.uri.path.hasPrefix("/access/"),
            request.headers[.accept]?.contains("text/html") == true,
            var page = web.page(request)
        else { return nil }
        page.status = .notFound
        return page
    }

    /// The headers of `GET`, and nothing else (RFC 9110 §9.3.2).
    private static func headOnly(_ response: Response) -> Response {
        var headers = response.headers
        if let length = response.body.contentLength { headers[.contentLength] = String(length) }
        return Response(status: response.status, headers: headers)
    }

    private func note(
        _ response: Response, _ request: Request, _ match: RouteTable<Route>.Match, _ trace: TraceContext, below caller: TraceContext?, took: Duration
    ) {
        let route =
            switch match {
            case .found(let entry, _), .malformed(let entry, _): entry.template.description
            case .notFound, .methodNotAllowed: "none"
            }
        let status = response.status.code
        let labels = [("method", request.method.rawValue), ("route", route), ("status", "\(status / 100)xx")]
        let end = Date()
        spans?.record(
            Span(
                name: "\(request.method.rawValue) \(route)", kind: .server, trace: trace, parentSpanID: caller?.spanID,
                start: end.addingTimeInterval(-(took / .seconds(1))), end: end,
                attributes: [
                    .text("http.request.method", request.method.rawValue), .text("http.route", route),
                    .number("http.response.status_code", Int64(status)),
                ], failure: status >= 500 ? "\(status)" : nil))
        // Methods are whatever a client writes; the registry bounds the series.
        metrics.observe("http_request_seconds", help: "From the request's head to the answer's head.", took, labels: labels)
        logger.log(
            level: status >= 400 ? .info : .debug, "request",
            metadata: ["method": "\(request.method.rawValue)", "route": "\(route)", "status": "\(status)", "ms": "\(Int64(took / .milliseconds(1)))"])
    }
}

extension Problem {
    static let noSuchPath = Problem(
        404, code: "NO_SUCH_PATH", title: "There is nothing at this path", detail: "GET /openapi.json lists what there is.")
    static let webNotBuilt = Problem(503, code: "WEB_NOT_BUILT", title: "The web page is not built; run `make web`")

    static func methodNotAllowed(_ methods: [String]) -> Problem {
        Problem(405, code: "METHOD_NOT_ALLOWED", title: "Not that way", detail: "This path takes \(methods.joined(separator: ", ")).")
    }
}
