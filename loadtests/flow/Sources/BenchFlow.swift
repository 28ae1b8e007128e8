internal import JSON

/// Flows of one shape each, made for a figure.
struct BenchFlow {
    let name: String
    private let nodes: [JSONValue]

    var document: [UInt8] {
        JSONValue.object(["schema": "provable.dev/flow/v1", "name": .string(name), "title": .string(name), "nodes": .array(nodes)]).encoded()
    }

    private static func trigger(_ next: String) -> JSONValue {
        ["id": "start", "type": "trigger", "trigger": ["kind": "manual"], "next": .string(next)]
    }
    private static let ends: [JSONValue] = [
        ["id": "done", "type": "end", "outcome": "success", "output": ["n": "${trigger.n}"]], ["id": "failed", "type": "end", "outcome": "failure"],
    ]

    /// Three steps that need nobody: a run is one commit.
    static let inline = BenchFlow(
        name: "inline",
        nodes: [
            trigger("first"), ["id": "first", "type": "assign", "set": ["n": "${trigger.n + 1}"], "next": "second"],
            ["id": "second", "type": "decide", "branches": [["when": "vars.n > 0", "next": "third"]], "otherwise": "failed"],
            ["id": "third", "type": "assign", "set": ["m": "${vars.n * 2}"], "next": "done"],
        ] + ends)

    /// Calls one after the other, each asked of policy, done, and committed after either.
    static func calls(_ count: Int) -> BenchFlow {
        let calls: [JSONValue] = (0..<count).map { index in
            [
                "id": .string("c\(index)"), "type": "call", "operation": "bench.thing.do", "with": ["n": "${trigger.n}"],
                "on": ["success": .string(index + 1 < count ? "c\(index + 1)" : "done"), "error": "failed"],
            ]
        }
        return BenchFlow(name: "calls-\(count)", nodes: [trigger("c0")] + calls + ends)
    }

    /// Waits for a person.
    static let approval = BenchFlow(
        name: "approval",
        nodes: [
            trigger("ask"),
            [
                "id": "ask", "type": "approve", "role": "manager", "title": "Go on?", "inputs": ["n": "${trigger.n}"], "ttl": "30d",
                "on": ["approved": "done", "rejected": "failed", "timeout": "failed"],
            ],
        ] + ends)
}
