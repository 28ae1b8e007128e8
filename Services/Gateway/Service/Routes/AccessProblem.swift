internal import GatewayCore
internal import JSON
internal import RPC

/// The problems that AuthZEN's profile for access requests gives a name.
enum AccessProblem {
    private static let names: [String: (name: String, status: Int, title: String)] = [
        "NOT_REQUESTABLE": ("not_requestable", 400, "Access is not requestable"),
        "EXPIRED_DENIAL": ("expired_denial", 410, "The denial is too old to be asked about"),
        "INVALID_DENIAL_BINDING": ("invalid_denial_binding", 400, "The request is not that of the denied evaluation"),
        "DUPLICATE_REQUEST": ("duplicate_request", 409, "Something else was asked for before"),
        "UNKNOWN_TASK": ("unknown_task", 404, "There is no such access request"),
        "INVALID_TASK_STATE": ("invalid_task_state", 409, "The access request is decided"),
    ]

    static var notBound: Problem {
        problem(
            "INVALID_DENIAL_BINDING", "the evaluation is not known",
            FieldProblem(field: "/denial/evaluation_id", message: "is no id of an evaluation", fix: "send context.evaluation_id of the denial"))
    }

    static func naming<Answer>(_ ask: () async throws -> Answer) async throws -> Answer {
        do {
            return try await ask()
        } catch let error as RPCError where names[error.reason] != nil {
            let field = error.details["field"].map {
                FieldProblem(field: "/" + $0.split(separator: ".").joined(separator: "/"), message: error.message, fix: error.details["fix"] ?? "")
            }
            throw problem(error.reason, error.message, field)
        }
    }

    private static func problem(_ reason: String, _ detail: String, _ field: FieldProblem?) -> Problem {
        let (name, status, title) = names[reason] ?? ("failed", 500, "It failed")
        return Problem(
            status, code: reason, title: title, detail: detail, errors: field.map { [$0] } ?? [],
            members: ["type": .string("urn:openid:authzen:access-request:error:\(name)")])
    }
}
