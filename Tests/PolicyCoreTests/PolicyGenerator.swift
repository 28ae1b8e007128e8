import JSON

@testable import PolicyCore

/// Small policies over few roles and attributes, so that they meet often; some err, some gates are not opened by their own role.
struct PolicyGenerator {
    var source: SplitMix

    init(seed: UInt64) { source = SplitMix(state: seed &* 0x9E37_79B9 &+ 1) }

    private mutating func pick<T>(_ values: [T]) -> T { values[Int(source.next() % UInt64(values.count))] }

    mutating func policies() -> [String] {
        let permits = (0...Int(source.next() % 2)).map { _ in permit() }
        let forbids = (0..<Int(source.next() % 4)).map { _ in forbid() }
        return permits + forbids
    }

    mutating func permit() -> String { "permit(\(scope()))\(condition());" }

    mutating func forbid() -> String {
        let role = pick(["finance", "legal", "chief"])
        let path = pick(["a", "b", "c.d"])
        switch source.next() % 5 {
        case 0: return "forbid(\(scope()))\(condition());"
        case 1, 2:
            let opens = source.next() % 6 == 0 ? pick(["finance", "legal", "chief"]) : role
            return
                "@gate(\"approval\") @approvers(\"\(role)\") forbid(principal, action, resource)\(condition()) unless { context.grants.approval.contains(Role::\"\(opens)\") };"
        default:
            return
                "@gate(\"redact\") @redact(\"\(path)\") forbid(principal, action, resource)\(condition()) unless { context.grants.redact.contains(\"\(path)\") };"
        }
    }

    private mutating func scope() -> String {
        pick([
            "principal, action, resource", "principal, action, resource", "principal, action == Action::\"pay\", resource",
            "principal in Role::\"operator\", action, resource", "principal, action == Action::\"read\", resource",
        ])
    }

    private mutating func condition() -> String {
        pick([
            "", "", " when { context.input.n > 3 }", " when { context.input has c.d }", " when { principal in Role::\"operator\" }",
            " unless { context.input.n > 5 }", " when { context.input.missing > 1 }",
        ])
    }

    mutating func question() throws -> Question {
        let input: JSONValue = ["n": .int(Int64(source.next() % 8)), "a": "x", "b": [1, 2], "c": ["d": "y"]]
        var grants: [ApprovalGrant] = []
        if source.next() % 2 == 0 { grants.append(try grant(pick(["finance", "legal"]), for: input)) }
        return PolicyCoreTests.question(pick(["pay", "pay", "read"]), roles: [pick(["operator", "guest"])], input: input, grants: grants)
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
