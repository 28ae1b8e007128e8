/// How gRPC's canonical codes (by number) appear in HTTP. Reasons that need another status stand in ``byReason``.
public enum StatusMapping {
    private static let byCode: [Int: (status: Int, title: String)] = [
        1: (499, "The request was cancelled"), 2: (500, "Something failed on our side"), 3: (400, "The request cannot be taken as it is"),
        4: (504, "It took too long; nothing is known of the outcome"), 5: (404, "There is no such thing in this tenant"),
        6: (409, "It exists already with other content"), 7: (403, "This is not allowed"), 8: (429, "Too much at once"),
        9: (409, "It cannot be done in this state"), 10: (409, "Somebody else changed it meanwhile"), 11: (400, "Out of range"),
        12: (501, "Not available in this build"), 13: (500, "Something failed on our side"), 14: (503, "A part of the system is not there right now"),
        15: (500, "Stored data is damaged"), 16: (401, "Sign in first"),
    ]

    private static let byReason: [String: Int] = ["FLOW_INVALID": 422, "POLICY_INVALID": 422, "WEBHOOK_REJECTED": 401]

    public static func problem(
        code: Int, reason: String, message: String, details: [String: String], retryAfterSeconds: Int?
    ) -> Problem {
        let mapped = byCode[code] ?? (500, "Something failed on our side")
        var errors: [FieldProblem] = []
        if let field = details["field"] { errors.append(FieldProblem(field: field, message: message, fix: details["fix"] ?? "")) }
        return Problem(
            byReason[reason] ?? mapped.status, code: reason, title: mapped.title, detail: message, errors: errors,
            retryAfterSeconds: retryAfterSeconds)
    }
}
