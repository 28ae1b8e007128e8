import JSON

@testable import Cedar

/// What a condition comes to in a small world: alice is in staff, staff is in everyone.
enum Outcome: Equatable, CustomStringConvertible {
    case holds, fails
    case errs(String)

    var description: String {
        switch self {
        case .holds: "holds"
        case .fails: "fails"
        case .errs(let reason): "errs: \(reason)"
        }
    }
}

func outcome(_ condition: String, context: JSONValue = [:]) throws -> Outcome {
    let policies = try PolicySet(parsing: "permit(principal, action, resource) when { \(condition) };")
    let response = Authorizer.isAuthorized(try request(context: context), policies, try smallWorld())
    if let error = response.errors.first { return .errs(error.error.description) }
    return response.decision == .allow ? .holds : .fails
}

func errs(_ condition: String, context: JSONValue = [:]) throws -> Bool {
    if case .errs = try outcome(condition, context: context) { true } else { false }
}

func request(context: JSONValue = [:]) throws -> Request {
    Request(
        principal: EntityUID(type: "User", id: "alice"), action: EntityUID(type: "Action", id: "view"),
        resource: EntityUID(type: "Photo", id: "sunset"), context: try RecordValue(json: context))
}

func smallWorld() throws -> Entities {
    try Entities(json: [
        [
            "uid": ["type": "User", "id": "alice"],
            "attrs": ["age": 30, "manager": ["__entity": ["type": "User", "id": "bob"]], "address": ["city": "Bern"]],
            "parents": [["type": "Group", "id": "staff"]], "tags": ["team": "blue"],
        ],
        ["uid": ["type": "Group", "id": "staff"], "attrs": [:], "parents": [["type": "Group", "id": "everyone"]]],
        ["uid": ["type": "Group", "id": "everyone"], "attrs": [:], "parents": []],
        ["uid": ["type": "Photo", "id": "sunset"], "attrs": ["size": 5], "parents": []],
    ])
}

func diagnostics(_ text: String) -> [SyntaxDiagnostic] {
    do {
        _ = try PolicySet(parsing: text)
        return []
    } catch {
        return error.diagnostics
    }
}
