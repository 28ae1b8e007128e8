internal import GatewayCore
internal import HTTPTypes
internal import JSON

/// OpenAPI 3.1, made from the endpoints that are served.
enum OpenAPIDocument {
    static func make(_ endpoints: [Endpoint]) -> JSONValue {
        var paths: JSONObject = [:]
        var schemas: [String: JSONValue] = ["Problem": problem]
        for endpoint in endpoints {
            var operations = paths[endpoint.path]?.objectValue ?? [:]
            operations[endpoint.method.rawValue.lowercased()] = operation(endpoint)
            paths[endpoint.path] = .object(operations)
            for shape in [endpoint.body, endpoint.answer].compactMap({ $0 }) { schemas.merge(shape.definitions) { own, _ in own } }
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Provable", "version": "1", "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
                "description":
                    "Runs work that people and machines share, and proves every action. Writes need an Idempotency-Key and, in a browser's session, an X-CSRF-Token.",
            ],
            "servers": [["url": "/"]],
            "paths": .object(paths),
            "components": [
                "schemas": .object(JSONObject(schemas.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })),
                "securitySchemes": ["session": ["type": "apiKey", "in": "cookie", "name": .string(SessionToken.cookieName)]],
            ],
        ]
    }

    private static func operation(_ endpoint: Endpoint) -> JSONValue {
        var operation: JSONObject = ["summary": .string(endpoint.summary), "operationId": .string(identifier(endpoint))]
        if case .open = endpoint.access { operation["security"] = [] } else { operation["security"] = [["session": []]] }
        if case .needs(let permission) = endpoint.access { operation["description"] = "Needs the permission `\(permission.rawValue)`." }
        var parameters = endpoint.parameters.map { parameter($0, in: "path") } + endpoint.query.map { parameter($0, in: "query") }
        if endpoint.isIdempotentWrite {
            for name in ["Idempotency-Key", "X-CSRF-Token"] {
                parameters.append(["name": .string(name), "in": "header", "required": true, "schema": ["type": "string", "maxLength": 200]])
            }
        }
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let body = endpoint.body { operation["requestBody"] = ["required": true, "content": ["application/json": ["schema": body.schema]]] }
        operation["responses"] = [
            "2XX": .object(answer(endpoint)),
            "default": [
                "description": "A problem (RFC 9457)",
                "content": [.init(Problem.contentType): ["schema": ["$ref": "#/components/schemas/Problem"]]],
            ],
        ]
        return .object(operation)
    }

    private static func answer(_ endpoint: Endpoint) -> JSONObject {
        var answer: JSONObject = ["description": .string(endpoint.summary)]
        if let shape = endpoint.answer { answer["content"] = ["application/json": ["schema": shape.schema]] }
        return answer
    }

    private static func parameter(_ field: Shape.Field, in place: String) -> JSONValue {
        [
            "name": .string(field.name), "in": .string(place), "required": .bool(place == "path" || field.isRequired),
            "description": .string(field.about), "schema": field.shape.schema,
        ]
    }

    /// `getV1RunsId` for `GET /v1/runs/{id}`.
    private static func identifier(_ endpoint: Endpoint) -> String {
        let words = endpoint.path.split { !$0.isLetter && !$0.isNumber }
        return endpoint.method.rawValue.lowercased() + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static let problem: JSONValue = [
        "type": "object",
        "required": ["type", "title", "status", "code", "detail", "instance", "trace_id", "errors"],
        "properties": [
            "type": ["type": "string"], "title": ["type": "string"], "status": ["type": "integer"], "code": ["type": "string"],
            "detail": ["type": "string"], "instance": ["type": "string"], "trace_id": ["type": "string"],
            "errors": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["field", "message", "fix"],
                    "properties": ["field": ["type": "string"], "message": ["type": "string"], "fix": ["type": "string"]],
                ],
            ],
        ],
    ]
}
