import FlowEngineCore
import JSON
import Testing

/// The kinds of node that the document has beyond those of a single line of work: their ports, their regions, and what is refused.
@Suite struct NodeKindTests {
    private static let pass: JSONValue = ["id": "one", "type": "call", "operation": "a.b", "on": ["success": "work", "error": "work"]]
    private static let other: JSONValue = ["id": "two", "type": "wait", "for": "1s", "on": ["elapsed": "work"]]

    private static func problems(_ nodes: [JSONValue], engine: EngineSupport = .everything) -> [FlowProblem] {
        let all = [Fixture.start] + nodes + [Fixture.done, Fixture.failed]
        return FlowParser.parse(Fixture.source(all), engine: engine).problems.filter { $0.severity == .error }
    }

    private static func parallel(_ branches: [JSONValue] = [["next": "one"], ["next": "two"]]) -> JSONValue {
        ["id": "work", "type": "parallel", "branches": .array(branches), "on": ["joined": "done", "error": "failed"]]
    }

    private static let each: JSONValue = [
        "id": "work", "type": "each", "items": "${trigger.orders}", "as": "order", "do": "one", "concurrency": 4,
        "on": ["done": "done", "error": "failed"],
    ]

    static let whole: [[JSONValue]] = [
        [parallel(), pass, other],
        [
            each,
            [
                "id": "one", "type": "call", "operation": "a.b", "with": ["x": "${order.id}", "n": "${order_index}"],
                "on": ["success": "work", "error": "work"],
            ],
        ],
        [["id": "work", "type": "assign", "set": ["a": 1, "b.c": "${trigger.x}"], "next": "done"]],
        [
            [
                "id": "work", "type": "guard", "action": "pay", "resource": ["type": "Account", "id": "${trigger.account}"],
                "on": ["allowed": "done", "denied": "failed", "error": "failed"],
            ]
        ],
        [
            [
                "id": "work", "type": "subflow", "flow": "other", "version": .string(String(repeating: "ab", count: 32)), "with": ["a": 1],
                "timeout": "1d", "on": ["success": "done", "error": "failed", "timeout": "failed"],
            ]
        ],
        [
            [
                "id": "work", "type": "agent", "goal": "Find out ${trigger.what}", "tools": ["jira.issue.get"], "timeout": "10m",
                "on": ["done": "done", "error": "failed", "timeout": "failed", "escalated": "failed"],
            ]
        ],
        [["id": "work", "type": "wait", "until": "${trigger.due}", "on": ["elapsed": "done"]]],
        [["id": "work", "type": "wait", "for": "${trigger.minutes}m", "on": ["elapsed": "done"]]],
    ]

    @Test(arguments: whole)
    func aDocumentMayUseEveryKind(nodes: [JSONValue]) {
        let problems = Self.problems(nodes).filter { $0.port != "type" }
        // A node that no port of these leads to is not the matter here.
        #expect(problems.filter { !$0.message.contains("no path from the trigger") } == [])
    }

    @Test func publishingRefusesWhatTheEngineDoesNotRun() throws {
        let agent = try #require(Self.whole.first { $0[0]["type"] == "agent" })
        let refused = Self.problems(agent, engine: .current).filter { $0.node == "work" && $0.port == "type" }
        #expect(refused.count == 1 && refused[0].message.contains("this engine does not run") && !refused[0].fix.isEmpty, "\(refused)")
        for nodes in Self.whole where nodes[0]["type"] != "agent" {
            #expect(!Self.problems(nodes, engine: .current).contains { $0.message.contains("this engine does not run") })
        }
    }

    @Test func branchesComeBackAndStayApart() {
        func first(_ nodes: [JSONValue], _ word: String) -> FlowProblem? { Self.problems(nodes).first { $0.message.contains(word) } }
        let ending: JSONValue = ["id": "one", "type": "call", "operation": "a.b", "on": ["success": "done", "error": "work"]]
        #expect(first([Self.parallel(), ending, Self.other], "ends the run inside")?.node == "done")
        let stuck: JSONValue = ["id": "one", "type": "wait", "for": "1s", "on": ["elapsed": "one"]]
        #expect(first([Self.parallel(), stuck, Self.other], "deadlock")?.node == "one")
        let joined: JSONValue = ["id": "one", "type": "wait", "for": "1s", "on": ["elapsed": "two"]]
        #expect(first([Self.parallel(), joined, Self.other], "double join")?.node == "two")
        let fork: JSONValue = ["id": "in", "type": "decide", "branches": [["when": "trigger.a", "next": "two"]], "otherwise": "work"]
        let begin: JSONValue = ["id": "start", "type": "trigger", "trigger": ["kind": "manual"], "next": "in"]
        let jumped = FlowParser.parse(
            Fixture.source([begin, fork, Self.parallel(), Self.pass, Self.other, Fixture.done, Fixture.failed]), engine: .everything)
        #expect(jumped.problems.contains { $0.node == "two" && $0.message.contains("from outside") })
    }

    @Test func aCircleThroughABodyNeedsAPause() {
        let end: JSONValue = ["id": "again", "type": "decide", "branches": [["when": "trigger.more", "next": "work"]], "otherwise": "done"]
        func looped(_ body: JSONValue) -> Bool {
            let each: JSONValue = ["id": "work", "type": "each", "items": [1, 2], "do": "one", "on": ["done": "again", "error": "failed"]]
            return Self.problems([each, body, end]).contains { $0.message.contains("circle without a pause") }
        }
        #expect(looped(Self.pass))
        #expect(!looped(["id": "one", "type": "wait", "for": "1s", "on": ["elapsed": "work"]]))
    }

    @Test func variablesAreAssignedBeforeTheyAreRead() {
        func read(_ name: String, set: JSONValue = ["total": 1]) -> FlowProblem? {
            let end: JSONValue = ["id": "finish", "type": "end", "outcome": "success", "output": ["x": .string("${vars.\(name)}")]]
            let fork: JSONValue = ["id": "work", "type": "decide", "branches": [["when": "trigger.a", "next": "sum"]], "otherwise": "late"]
            let late: JSONValue = ["id": "late", "type": "assign", "set": ["other": 2], "next": "finish"]
            let sum: JSONValue = ["id": "sum", "type": "assign", "set": set, "next": "late"]
            return FlowParser.parse(Fixture.source([Fixture.start, fork, sum, late, end]), engine: .everything).problems.first {
                $0.severity == .error
            }
        }
        #expect(read("other") == nil)
        #expect(read("total")?.message.contains("is not assigned") == true)
        #expect(read("totl")?.fix == "did you mean 'total'?")
    }

    @Test func whatEveryBranchDoesIsThereAfterTheJoin() {
        func end(_ expression: String) -> [FlowProblem] {
            let end: JSONValue = ["id": "finish", "type": "end", "outcome": "success", "output": ["x": .string("${\(expression)}")]]
            let scope: JSONValue = [
                "id": "work", "type": "parallel", "branches": [["next": "one"], ["next": "two"]], "on": ["joined": "finish", "error": "failed"],
            ]
            return FlowParser.parse(Fixture.source([Fixture.start, scope, Self.pass, Self.other, end, Fixture.failed]), engine: .everything).problems
                .filter { $0.severity == .error }
        }
        #expect(end("steps.two.port") == [])
        #expect(end("steps.one.output.a").first?.message.contains("does not exist") == true)
    }

    @Test func calendars() throws {
        #expect(try CronExpression("*/15 8-17 * jan,jul mon-fri").fields[0] == [0, 15, 30, 45])
        #expect(try CronExpression("0 0 * * 7").fields[4] == [0])
        for bad in ["", "* * * *", "60 * * * *", "* * 0 * *", "*/0 * * * *", "5-1 * * * *", "a * * * *", "* * * * * *"] {
            #expect(throws: CronExpression.Malformed.self, "\(bad)") { try CronExpression(bad) }
        }
    }
}
