internal import JSON

/// The flows that the golden scenario publishes and runs; they call no vendor, so that the figures are the platform's own.
extension GoldenScenario {
    /// Three steps that decide and end. Another `index` is another meaning, and so another version.
    static func flow(name: String, index: Int) -> JSONValue {
        [
            "schema": "provable.dev/flow/v1", "name": .string(name), "title": "Bench", "description": .string("Bench version \(index)"),
            "nodes": [
                ["id": "start", "type": "trigger", "trigger": ["kind": "manual"], "next": "first"],
                ["id": "first", "type": "decide", "branches": [["when": "1 + 1 == 2", "next": "second"]], "otherwise": "second"],
                ["id": "second", "type": "decide", "branches": [["when": "size('abc') == 3", "next": "done"]], "otherwise": "done"],
                ["id": "done", "type": "end", "outcome": "success"],
            ],
        ]
    }

    static let approvalFlow: JSONValue = [
        "schema": "provable.dev/flow/v1", "name": "bench-approval", "title": "Bench approval",
        "nodes": [
            ["id": "start", "type": "trigger", "trigger": ["kind": "manual"], "next": "ask"],
            [
                "id": "ask", "type": "approve", "role": "change-approver", "title": "Bench", "inputs": ["index": "${trigger.index}"], "ttl": "1h",
                "on": ["approved": "done", "rejected": "stopped", "timeout": "stopped"],
            ],
            ["id": "done", "type": "end", "outcome": "success"],
            ["id": "stopped", "type": "end", "outcome": "rejected"],
        ],
    ]
}
