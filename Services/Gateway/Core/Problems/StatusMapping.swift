/// How gRPC's canonical codes (by number) appear in HTTP. Reasons that need another status stand in ``byReason``.
public enum StatusMapping {
    private static let failed = (status: 500, title: "Something failed on our side")
    private static let permissionDenied = 7
    private static let unauthenticated = 16

    private static let byCode: [Int: (status: Int, title: String)] = [
        1: (499, "The request was cancelled"), 2: failed, 3: (400, "The request cannot be taken as it is"),
        4: (504, "It took too long; nothing is known of the outcome"), 5: (404, "There is no such thing in this tenant"),
        6: (409, "It exists already with other content"), 7: (403, "This is not allowed"), 8: (429, "Too much at once"),
        9: (409, "It cannot be done in this state"), 10: (409, "Somebody else changed it meanwhile"), 11: (400, "Out of range"),
        12: (501, "Not available in this build"), 13: failed, 14: (503, "A part of the system is not there right now"),
        15: (500, "Stored data is damaged"),
    ]

    private static let byReason = ["FLOW_INVALID": 422, "POLICY_INVALID": 422]

    /// Why the mesh refuses the gateway itself. The person who asked can do nothing about it and is not to sign in again.
    private static let meshReasons: Set<String> = [
        "CALLER_NOT_ALLOWED", "TENANT_MISSING", "PRINCIPAL_MISSING", "DELEGATION_MISSING", "DELEGATION_UNVERIFIABLE", "DELEGATION_EXPIRED",
        "DELEGATION_INVALID", "DELEGATION_NOT_BOUND", "TENANT_MISMATCH", "PRINCIPAL_MISMATCH",
    ]

    public static func problem(
        code: Int, reason: String, message: String, details: [String: String], retryAfterSeconds: Int?
    ) -> Problem {
        guard code != unauthenticated, !isOfMesh(code: code, reason: reason) else {
            return Problem(
                502, code: "MESH_UNAUTHENTICATED", title: "A part of the system did not take the gateway's word",
                detail: "This is a fault of the installation; signing in again does not help. The cause is logged under the trace id.")
        }
        let mapped = byCode[code] ?? failed
        var errors: [FieldProblem] = []
        if let field = details["field"] { errors.append(FieldProblem(field: field, message: message, fix: details["fix"] ?? "")) }
        return Problem(
            byReason[reason] ?? mapped.status, code: reason, title: mapped.title, detail: message, errors: errors,
            retryAfterSeconds: retryAfterSeconds)
    }

    /// Whether the gate before a method refused, and not the method.
    public static func isOfMesh(code: Int, reason: String) -> Bool {
        (code == unauthenticated || code == permissionDenied) && meshReasons.contains(reason)
    }
}
