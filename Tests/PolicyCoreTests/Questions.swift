import FoundationEssentials
import Identity
import JSON
import Trust

@testable import PolicyCore

let noon = Date(timeIntervalSince1970: 1_750_000_000)

func bundle(_ policies: String, entities: JSONValue = []) throws -> CompiledBundle {
    try CompiledBundle.compile(policies: policies, entities: entities)
}

func question(
    _ action: String = "pay", roles: [String] = ["operator"], input: JSONValue = ["amount": 900, "note": "n"], grants: [ApprovalGrant] = []
) -> Question {
    Question(
        principalType: "User", principal: "dana@acme.example", roles: roles, action: action, resourceType: "Account", resource: "main", input: input,
        grants: grants, time: noon)
}

func grant(_ role: String, for input: JSONValue, by approver: String = "chris@acme.example", expires: Date = noon + 60) throws -> ApprovalGrant {
    ApprovalGrant(role: role, approver: approver, task: .make(), enforcedIdentity: try Question.identity(of: input), expires: expires)
}

let operatorsMayPay = "@id(\"may\") permit(principal in Role::\"operator\", action == Action::\"pay\", resource);\n"
let largeNeedsFinance = """
    @id("large") @gate("approval") @approvers("finance") @ttl("4h")
    forbid(principal, action == Action::"pay", resource) when { context.input.amount > 500 }
    unless { context.grants.approval.contains(Role::"finance") };

    """
let notesAreRedacted = """
    @id("notes") @gate("redact") @redact("note")
    forbid(principal, action, resource) when { context.input has note } unless { context.grants.redact.contains("note") };

    """
