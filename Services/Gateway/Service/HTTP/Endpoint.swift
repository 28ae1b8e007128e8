internal import GatewayCore
internal import HTTPTypes
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

    let method: HTTPRequest.Method
    /// With `{name}` parameters.
    let path: String
    let summary: String
    let access: Access
    let query: [Shape.Field]
    let parameters: [Shape.Field]
    let body: Shape?
    let answer: Shape?
    let run: @Sendable (Exchange) async throws -> Reply

    init(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, _ access: Access, parameters: [Shape.Field] = [],
        query: [Shape.Field] = [], body: Shape? = nil, answer: Shape? = nil, run: @escaping @Sendable (Exchange) async throws -> Reply
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.access = access
        self.parameters = parameters
        self.query = query
        self.body = body
        self.answer = answer
        self.run = run
    }

    /// Writes by a member are repeatable by key; sign-in has nobody yet whose key it could be.
    var isIdempotentWrite: Bool {
        if case .open = access { return false }
        return method != .get
    }
}

/// What an endpoint answers.
enum Reply: Sendable {
    case json(JSONValue, status: Int = 200, headers: [HTTPField] = [])
    case empty(headers: [HTTPField] = [])
    /// A file that the browser saves.
    case download([UInt8], contentType: String, fileName: String)
    case bytes([UInt8], contentType: String, status: Int = 200)
}
