public import JSON

/// A request as a vendor's front door sees it, free of any HTTP library.
public struct StubRequest: Sendable {
    public var method: String
    /// Percent-decoded segments, without empty ones.
    public var path: [String]
    public var query: [String: String]
    /// Names in lower case.
    public var headers: [String: String]
    public var body: [UInt8]
    /// Scheme, host and port under which the caller reached us: vendors answer with absolute addresses.
    public var origin: String

    public init(
        method: String, path: [String], query: [String: String] = [:], headers: [String: String] = [:], body: [UInt8] = [],
        origin: String = "http://127.0.0.1:7301"
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.origin = origin
    }

    /// The parameters of the body, whether JSON or a form; nil where it is neither.
    var parameters: JSONObject? {
        if body.isEmpty { return [:] }
        if headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true { return FormEncoding.decode(body) }
        return (try? JSONValue(parsing: body))?.objectValue
    }

    /// The token of a `Bearer` or `token` header.
    var bearerToken: String? {
        guard let words = headers["authorization"]?.split(separator: " "), words.count == 2 else { return nil }
        return ["bearer", "token"].contains(words[0].lowercased()) ? String(words[1]) : nil
    }
}

/// A vendor's answer.
public struct StubResponse: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    /// Nil for an answer without a body.
    public var body: JSONValue?

    public init(_ status: Int, _ body: JSONValue?, headers: [(name: String, value: String)] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
