internal import GatewayCore
internal import HTTPTypes
internal import Hummingbird
internal import JSON

/// One operation of the public API: its route, its documentation and its code in one value, so that they cannot differ.
struct Endpoint: Sendable {
    enum Access: Sendable {
        /// Anybody: sign-in, webhooks.
        case open
        /// Any signed-in member.
        case member
        case needs(Permission)
    }

    enum Write: Sendable {
        case none
        /// Wants the session's CSRF token. Doing it twice does no harm.
        case checked
        /// Also wants an `Idempotency-Key`, under which the first answer is kept.
        case keyed
    }

    enum Handler: Sendable {
        /// Takes a request of which everything was checked.
        case checked(@Sendable (Exchange) async throws -> Reply)
        /// Reads its body itself and answers in its own way.
        case raw(@Sendable (Visit) async throws -> Response)
    }

    struct Answer: Sendable {
        var status = 200
        var contentType = "application/json"
        /// Nil where there is no content.
        var shape: Shape?
    }

    /// `operationId` of the document: the name that generated clients give it.
    let id: String
    let method: HTTPRequest.Method
    /// With `{name}` parameters.
    let path: String
    let summary: String
    let access: Access
    let rate: RateGate.Class
    let write: Write
    let parameters: [Shape.Field]
    let query: [Shape.Field]
    let headers: [Shape.Field]
    let body: Shape?
    /// Whether a request without a body is as good as one with an empty object.
    var bodyIsOptional = false
    let answers: [Answer]
    let handler: Handler

    /// Writes of a member are keyed unless something else is said.
    init(
        _ id: String, _ method: HTTPRequest.Method, _ path: String, _ summary: String, _ access: Access, rate: RateGate.Class = .standard,
        write: Write? = nil, parameters: [Shape.Field] = [], query: [Shape.Field] = [], headers: [Shape.Field] = [], body: Shape? = nil,
        answers: [Answer], handler: Handler
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.summary = summary
        self.access = access
        self.rate = rate
        self.parameters = parameters
        self.query = query
        self.headers = headers
        self.body = body
        self.answers = answers
        self.handler = handler
        if case .open = access { self.write = .none } else { self.write = write ?? (method == .get ? .none : .keyed) }
    }

    /// The usual one: JSON in, JSON out.
    init(
        _ id: String, _ method: HTTPRequest.Method, _ path: String, _ summary: String, _ access: Access, rate: RateGate.Class = .standard,
        write: Write? = nil, parameters: [Shape.Field] = [], query: [Shape.Field] = [], body: Shape? = nil, answer: Shape?, status: Int = 200,
        run: @escaping @Sendable (Exchange) async throws -> Reply
    ) {
        self.init(
            id, method, path, summary, access, rate: rate, write: write, parameters: parameters, query: query, body: body,
            answers: [Answer(status: status, shape: answer)], handler: .checked(run))
    }

    var isWrite: Bool { if case .none = write { false } else { true } }
    var isKeyed: Bool { if case .keyed = write { true } else { false } }
}

/// What an endpoint answers.
enum Reply: Sendable {
    case json(JSONValue, status: Int = 200, headers: [HTTPField] = [])
    case empty(headers: [HTTPField] = [])
    /// A file that the browser saves.
    case download([UInt8], contentType: String, fileName: String)
    case bytes([UInt8], contentType: String, status: Int = 200)
    /// The answer that was kept under the request's key.
    case replayed(StoredAnswer)
}
