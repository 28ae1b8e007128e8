internal import GatewayCore
internal import HTTPTypes
internal import JSON

/// OpenAPI 3.1, made from the endpoints that are served.
enum OpenAPIDocument {
    static func make(_ endpoints: [Endpoint]) -> JSONValue {
        var paths: JSONObject = [:]
        var schemas: [String: JSONValue] = ["Problem": ProblemResponses.schema]
        for endpoint in endpoints {
            var operations = paths[endpoint.path]?.objectValue ?? [:]
            operations[endpoint.method.rawValue.lowercased()] = operation(endpoint)
            paths[endpoint.path] = .object(operations)
            let shapes =
                [endpoint.body].compactMap { $0 } + endpoint.answers.compactMap(\.shape)
                + (endpoint.parameters + endpoint.query).map(\.shape)
            for shape in shapes { schemas.merge(shape.definitions) { own, _ in own } }
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Provable", "version": "1", "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
                "description":
                    "Runs work that people and machines share, and proves every action. Times are UTC, money is in millionths, ids are UUIDs in lower case. What belongs to another tenant is answered like what does not exist.",
            ],
            "servers": [["url": "/"]],
            "paths": .object(paths),
            "components": [
                "schemas": .object(JSONObject(schemas.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })),
                "responses": ProblemResponses.all,
                "headers": ProblemResponses.headers,
                "securitySchemes": [
                    "session": ["type": "apiKey", "in": "cookie", "name": .string(SessionToken.cookieName)],
                    "bearer": [
                        "type": "http", "scheme": "bearer", "description": "The session's token, for programs; no CSRF token is wanted then.",
                    ],
                ],
            ],
        ]
    }

    private static func operation(_ endpoint: Endpoint) -> JSONValue {
        var operation: JSONObject = ["operationId": .string(endpoint.id), "summary": .string(endpoint.summary)]
        switch endpoint.access {
        case .open: operation["security"] = []
        case .member: operation["security"] = [["session": []], ["bearer": []]]
        case .needs(let permission):
            operation["security"] = [["session": []], ["bearer": []]]
            operation["x-permission"] = .string(permission.rawValue)
        }
        let parameters =
            endpoint.parameters.map { parameter($0, in: "path") } + endpoint.query.map { parameter($0, in: "query") }
            + (endpoint.headers + writeHeaders(of: endpoint)).map { parameter($0, in: "header") }
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let body = requestBody(of: endpoint) { operation["requestBody"] = body }
        var responses: JSONObject = [:]
        for answer in endpoint.answers { responses[String(answer.status)] = .object(response(answer, endpoint)) }
        for status in ProblemResponses.statuses(of: endpoint) { responses[String(status)] = ProblemResponses.reference(to: status) }
        operation["responses"] = .object(responses)
        return .object(operation)
    }

    private static func response(_ answer: Endpoint.Answer, _ endpoint: Endpoint) -> JSONObject {
        var headers = ProblemResponses.rateHeaders
        if endpoint.isKeyed { headers["Idempotency-Replayed"] = ["$ref": "#/components/headers/Idempotency-Replayed"] }
        var response: JSONObject = ["description": .string(endpoint.summary), "headers": .object(headers)]
        if let shape = answer.shape { response["content"] = [.init(answer.contentType): ["schema": shape.schema]] }
        return response
    }

    private static func requestBody(of endpoint: Endpoint) -> JSONValue? {
        if let body = endpoint.body {
            return ["required": .bool(!endpoint.bodyIsOptional), "content": ["application/json": ["schema": body.schema]]]
        }
        guard case .raw = endpoint.handler, endpoint.method != .get else { return nil }
        return ["required": true, "content": ["*/*": ["schema": [:]]]]
    }

    private static func writeHeaders(of endpoint: Endpoint) -> [Shape.Field] {
        (endpoint.isKeyed ? [Shape.Field(IdempotencyKey.header, .text(maximum: 200), "New for each intention, the same for its retries.")] : [])
            + (endpoint.isWrite ? [Shape.Field("X-CSRF-Token", .text(maximum: 200), "csrf_token of GET /v1/session.")] : [])
    }

    private static func parameter(_ field: Shape.Field, in place: String) -> JSONValue {
        var parameter: JSONObject = ["name": .string(field.name), "in": .string(place), "required": .bool(place == "path" || field.isRequired)]
        if !field.about.isEmpty { parameter["description"] = .string(field.about) }
        parameter["schema"] = field.shape.schema
        return .object(parameter)
    }
}
