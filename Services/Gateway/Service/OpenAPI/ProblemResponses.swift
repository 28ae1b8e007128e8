internal import GatewayCore
internal import JSON

/// How the document tells of refusals and failures.
enum ProblemResponses {
    private static let known: [(status: Int, name: String, about: String)] = [
        (400, "BadRequest", "The request cannot be taken as it is; errors name each field and its fix."),
        (401, "Unauthorized", "There is no session, or it has ended."),
        (403, "Forbidden", "The person's roles do not allow it, or the CSRF token is wrong. Leaves a security event."),
        (404, "NotFound", "It does not exist, or it belongs to another tenant: the answer is the same. Leaves a security event."),
        (409, "Conflict", "The state has moved on, or a request with this Idempotency-Key is under way."),
        (410, "Gone", "It was there, and its time has passed."),
        (413, "TooLarge", "The body is larger than 1 MiB (webhooks: 3 MiB)."),
        (415, "NotJSON", "The body is not application/json."),
        (422, "Unprocessable", "The document has errors, or the Idempotency-Key was used for another request."),
        (429, "TooManyRequests", "Wait for Retry-After seconds."),
        (500, "Failed", "Something failed on our side; the cause is logged under the trace id."),
        (502, "MeshRefused", "A part of the system did not take the gateway's word: a fault of the installation."),
        (503, "Unavailable", "A part of the system is not there right now; trying again is safe."),
        (504, "TooSlow", "It took too long; nothing is known of the outcome, and trying again with the same key is safe."),
    ]

    /// Those that the endpoint can answer by its nature.
    static func statuses(of endpoint: Endpoint) -> [Int] {
        var statuses = [400]
        switch endpoint.access {
        case .open: if endpoint.isSignIn || endpoint.isHook { statuses.append(401) }
        case .member: statuses += endpoint.isWrite ? [401, 403] : [401]
        case .needs: statuses += [401, 403]
        }
        if !endpoint.parameters.isEmpty || endpoint.id == "getActivePolicies" || endpoint.body != nil { statuses.append(404) }
        if endpoint.path == AccessMetadata.requests { statuses += [409, 410] }
        if endpoint.path.hasPrefix(AccessMetadata.requests), endpoint.path.hasSuffix("/cancel") { statuses.append(409) }
        if endpoint.isKeyed { statuses += [409, 422] }
        if endpoint.body != nil { statuses += [413, 415] }
        if endpoint.isHook { statuses.append(413) }
        return (statuses + [429, 500, 502, 503, 504]).sorted()
    }

    static func reference(to status: Int) -> JSONValue {
        let name = known.first { $0.status == status }?.name ?? "Failed"
        return ["$ref": .string("#/components/responses/\(name)")]
    }

    static var all: JSONValue {
        var all: JSONObject = [:]
        for response in known {
            var headers = rateHeaders
            if [429, 503].contains(response.status) { headers["Retry-After"] = ["$ref": "#/components/headers/Retry-After"] }
            all[response.name] = [
                "description": .string(response.about), "headers": .object(headers),
                "content": [.init(Problem.contentType): ["schema": ["$ref": "#/components/schemas/Problem"]]],
            ]
        }
        return .object(all)
    }

    static let headers: JSONValue = [
        "RateLimit-Limit": ["description": "Requests that fit into the bucket.", "schema": ["type": "integer"]],
        "RateLimit-Remaining": ["description": "Requests that are left in it.", "schema": ["type": "integer"]],
        "RateLimit-Reset": ["description": "Seconds until it is full again.", "schema": ["type": "integer"]],
        "Retry-After": ["description": "Seconds after which the same request may succeed.", "schema": ["type": "integer"]],
        "Idempotency-Replayed": [
            "description": "Where the first answer of the key was sent again.", "schema": ["type": "string", "enum": ["true"]],
        ],
    ]

    static let rateHeaders = JSONObject(
        ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"].map { ($0, ["$ref": .string("#/components/headers/\($0)")]) })

    static let schema: JSONValue = [
        "type": "object",
        "description": "RFC 9457. Some operations add members of their own.",
        "required": ["type", "title", "status", "code", "detail", "instance", "trace_id", "errors"],
        "properties": [
            "type": ["type": "string", "description": "Stable per code; not to be fetched."], "title": ["type": "string"],
            "status": ["type": "integer"], "code": ["type": "string", "description": "What programs tell one problem from another by."],
            "detail": ["type": "string"], "instance": ["type": "string", "description": "The path that was asked for."],
            "trace_id": ["type": "string", "pattern": "^[0-9a-f]{32}$", "description": "Under which the cause stands in the logs."],
            "errors": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["field", "message", "fix"],
                    "properties": [
                        "field": ["type": "string", "description": "JSON pointer into the body, or the name of a parameter or header."],
                        "message": ["type": "string"], "fix": ["type": "string"], "line": ["type": "integer"], "column": ["type": "integer"],
                        "policy_id": ["type": "string"],
                    ],
                ],
            ],
            "problems": [
                "type": "array", "description": "With FLOW_INVALID: what the validator found.",
                "items": ["$ref": "#/components/schemas/FlowProblem"],
            ],
        ],
    ]
}

extension Endpoint {
    fileprivate var isSignIn: Bool { rate == .signIn }
    fileprivate var isHook: Bool { rate == .hook }
}
