internal import FoundationEssentials
internal import GatewayCore
internal import HTTPTypes
internal import Identity
internal import JSON
internal import RPC

/// One checked request: its parameters have their shapes, its body is the endpoint's, its session stands.
struct Exchange: Sendable {
    let path: String
    let headers: HTTPFields
    let parameters: [String: String]
    let query: [String: String]
    let body: JSONValue
    let rawBody: [UInt8]
    let session: Session?
    let trace: TraceContext
    /// Tenant, person and delegation for the mesh; empty for open endpoints.
    let options: CallOptions

    func requireSession() throws(Problem) -> Session {
        guard let session else { throw .unauthenticated }
        return session
    }

    /// A path parameter of shape `uuid`.
    func id<ID: Identifier>(_ name: String, as type: ID.Type = ID.self) throws(Problem) -> ID {
        guard let id = parameters[name].flatMap({ ID($0) }) else { throw .invalid(name, "is not an id", fix: "send a UUID in lower case") }
        return id
    }

    func text(_ name: String) -> String { parameters[name] ?? "" }
    func optionalID<ID: Identifier>(query name: String, as type: ID.Type = ID.self) -> ID? { query[name].flatMap { ID($0) } }

    var idempotencyKey: String { headers[.idempotencyKey] ?? "" }
}

extension HTTPField.Name {
    static let idempotencyKey = header("Idempotency-Key")
    static let csrfToken = header("X-CSRF-Token")
    static let traceParent = header("traceparent")
    static let lastEventID = header("Last-Event-ID")

    /// Only for names in the code, which are tokens.
    static func header(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is no header name") }
        return field
    }
}

extension Exchange {
    /// As ``options``, with the request's own key, so that a repeated write has one effect all the way down.
    var writeOptions: CallOptions {
        var options = options
        options.idempotencyKey = idempotencyKey
        return options
    }
}
