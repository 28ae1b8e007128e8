public import JSON

/// An error of the public API (RFC 9457, `application/problem+json`).
public struct Problem: Error, Hashable, Sendable {
    public static let contentType = "application/problem+json"

    public var status: Int
    /// STABLE_UPPER_SNAKE: what programs tell one problem from another by.
    public var code: String
    public var title: String
    public var detail: String
    public var errors: [FieldProblem]
    /// Members that one operation adds, beside those of every problem.
    public var members: JSONObject
    /// Seconds after which the same request may succeed.
    public var retryAfterSeconds: Int?

    public init(
        _ status: Int, code: String, title: String, detail: String = "", errors: [FieldProblem] = [], members: JSONObject = [:],
        retryAfterSeconds: Int? = nil
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.errors = errors
        self.members = members
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// - Parameters:
    ///   - instance: The path that was asked for.
    ///   - trace: The 32 hexadecimal digits under which the logs have the cause.
    public func json(instance: String, trace: String) -> JSONValue {
        var document: JSONObject = [
            "type": .string("urn:provable:problem:\(code)"), "title": .string(title),
            "status": .int(Int64(status)), "code": .string(code), "detail": .string(detail), "instance": .string(instance),
            "trace_id": .string(trace), "errors": .array(errors.map(\.json)),
        ]
        for (key, value) in members { document[key] = value }
        return .object(document)
    }
}

extension Problem {
    public static func invalid(_ errors: [FieldProblem]) -> Problem {
        Problem(
            400, code: "INVALID_REQUEST", title: "The request cannot be taken as it is",
            detail: errors.first.map { "\($0.field) \($0.message): \($0.fix)" } ?? "", errors: errors)
    }

    public static func invalid(_ field: String, _ message: String, fix: String) -> Problem {
        invalid([FieldProblem(field: field, message: message, fix: fix)])
    }

    public static let notFound = Problem(404, code: "NOT_FOUND", title: "There is no such thing in this tenant")
    public static let unauthenticated = Problem(401, code: "SIGN_IN_REQUIRED", title: "Sign in first")
    public static let csrf = Problem(
        403, code: "CSRF_TOKEN", title: "The X-CSRF-Token header is missing or not this session's",
        errors: [FieldProblem(field: "X-CSRF-Token", message: "is missing or wrong", fix: "send csrf_token of GET /v1/session")])

    /// - Parameter roles: Any of which would allow it.
    public static func forbidden(_ permission: Permission, roles: [String]) -> Problem {
        let who = roles.isEmpty ? "" : ", which \(roles.joined(separator: ", ")) \(roles.count == 1 ? "has" : "have")"
        return Problem(403, code: "FORBIDDEN", title: "Your roles do not allow this", detail: "it needs the permission \(permission.rawValue)\(who)")
    }
}
