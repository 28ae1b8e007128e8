internal import GatewayCore
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore

/// Reads what an endpoint takes from a request, and names every field that is not as it should be.
struct RequestReading: Sendable {
    static let bodyLimit = 1 << 20
    private static let depthMax = 64

    let query: [String: String]
    let rawBody: [UInt8]
    let body: JSONValue

    init(_ visit: Visit, for endpoint: Endpoint) async throws(Problem) {
        let query = try QueryText.members(of: visit.request.uri.query ?? "")
        var problems = Self.problems(in: visit.parameters, fields: endpoint.parameters) + Self.problems(in: query, fields: endpoint.query)
        let raw = try await Self.bytes(of: visit.request, limit: Self.bodyLimit)
        var body = JSONValue.null
        if endpoint.bodyIsOptional, raw.isEmpty {
            body = [:]
        } else if let shape = endpoint.body {
            try Self.checkType(visit.request.headers)
            body = try Self.parsed(raw)
            problems += shape.problems(in: body)
        } else if !raw.isEmpty {
            problems.append(FieldProblem(field: "body", message: "is given, and nothing here takes one", fix: "leave it out"))
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        self.query = query
        rawBody = raw
        self.body = body
    }

    static func bytes(of request: Request, limit: Int) async throws(Problem) -> [UInt8] {
        do {
            return Array(try await request.body.collect(upTo: limit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem(413, code: "BODY_TOO_LARGE", title: "The body is too large", detail: "It may have at most \(limit) bytes.")
        } catch {
            throw Problem(400, code: "BODY_UNREADABLE", title: "The body broke off")
        }
    }

    private static func problems(in values: [String: String], fields: [Shape.Field]) -> [FieldProblem] {
        values.sorted { $0.key < $1.key }.flatMap { name, value in
            guard let field = fields.first(where: { $0.name == name }) else {
                return [Shape.unknown(name, at: name, known: fields.map(\.name))]
            }
            return field.shape.problems(inText: value, at: name)
        }
    }

    private static func checkType(_ headers: HTTPFields) throws(Problem) {
        let type = (headers[.contentType] ?? "").split(separator: ";").first.map { $0.filter { $0 != " " }.lowercased() }
        guard type == "application/json" else {
            throw Problem(
                415, code: "NOT_JSON", title: "The body is not JSON",
                errors: [FieldProblem(field: "Content-Type", message: "is not application/json", fix: "send Content-Type: application/json")])
        }
    }

    private static func parsed(_ bytes: [UInt8]) throws(Problem) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: bytes, limits: JSONLimits(size: bodyLimit, depth: depthMax))
        } catch {
            throw .invalid("body", error.description, fix: "send one JSON document in UTF-8")
        }
    }
}
