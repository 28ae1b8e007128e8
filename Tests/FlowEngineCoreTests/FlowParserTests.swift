import FlowEngineCore
import JSON
import Testing

@Suite struct FlowParserTests {
    @Test(arguments: ["incident-response", "change-and-approval", "cost-anomaly"])
    func playbooksAreValid(name: String) throws {
        let document = try Fixture.playbook(name)
        #expect(document.name == name)
        #expect(FlowParser.parse(document.source).problems == [] || FlowParser.parse(document.source).problems.allSatisfy { $0.severity == .warning })
    }

    @Test func layoutDoesNotChangeTheVersion() throws {
        let nodes = [Fixture.start, Fixture.call, Fixture.done, Fixture.failed]
        var moved = Fixture.source(nodes).objectValue!
        moved["layout"] = ["work": ["x": 4]]
        let original = try Fixture.document(nodes).versionID
        #expect(FlowParser.parse(.object(moved)).document?.versionID == original)
        moved["title"] = "Other"
        #expect(FlowParser.parse(.object(moved)).document?.versionID != original)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var node: String
        var id: String
        var port: String
        var fix: String
        var testDescription: String { node }
    }

    /// Each fault in an otherwise valid document, with the node, the port and a word of the repair.
    static let faults: [Fault] = [
        Fault(
            node: #"{"id":"work","type":"call","operation":"a.b","with":{},"on":{"success":"done"}}"#, id: "work", port: "error", fix: "connect it"),
        Fault(
            node: #"{"id":"work","type":"call","operation":"a.b","on":{"success":"don","error":"failed"}}"#, id: "work", port: "success",
            fix: "did you mean 'done'?"),
        Fault(
            node: #"{"id":"work","type":"call","operation":"a.b","on":{"succes":"done","success":"done","error":"failed"}}"#, id: "work",
            port: "succes", fix: "did you mean 'success'?"),
        Fault(
            node: #"{"id":"work","type":"call","operation":"a.b","retri":3,"on":{"success":"done","error":"failed"}}"#, id: "work", port: "retri",
            fix: "did you mean 'retry'?"),
        Fault(
            node: #"{"id":"work","type":"call","operation":"a.b","with":{"x":"${trigger.a +}"},"on":{"success":"done","error":"failed"}}"#,
            id: "work", port: "with", fix: "correct"),
        Fault(
            node: #"{"id":"work","type":"call","operation":"a.b","with":{"x":"${trigger.a"},"on":{"success":"done","error":"failed"}}"#, id: "work",
            port: "with", fix: "close the expression"),
        Fault(
            node: #"{"id":"work","type":"call","operation":"a.b","with":{"x":"${lenght(trigger.a)}"},"on":{"success":"done","error":"failed"}}"#,
            id: "work", port: "with", fix: "CEL's standard functions"),
        Fault(
            node: #"{"id":"work","type":"call","operation":"a.b","with":{"x":"${triger.a}"},"on":{"success":"done","error":"failed"}}"#, id: "work",
            port: "with", fix: "did you mean 'trigger'?"),
        Fault(
            node: #"{"id":"work","type":"call","operation":"a.b","with":{"x":"${steps.wrk.output.a}"},"on":{"success":"done","error":"failed"}}"#,
            id: "work", port: "with", fix: "did you mean 'work'?"),
        Fault(
            node: #"{"id":"work","type":"call","operation":"a.b","with":{"x":"${steps.other.output.a}"},"on":{"success":"done","error":"failed"}}"#,
            id: "work", port: "with", fix: "name a node"),
        Fault(
            node: #"{"id":"work","type":"decide","branches":[{"when":"${trigger.a}","next":"done"}],"otherwise":"failed"}"#, id: "work", port: "when",
            fix: "leave the ${ } out"),
        Fault(node: #"{"id":"work","type":"decide","branches":[],"otherwise":"failed"}"#, id: "work", port: "branches", fix: "write"),
        Fault(
            node:
                #"{"id":"work","type":"approve","role":"x","title":"t","inputs":{"a":1},"on":{"approved":"done","rejected":"failed","timeout":"failed"}}"#,
            id: "work", port: "ttl", fix: "how long"),
        Fault(
            node:
                #"{"id":"work","type":"approve","role":"x","title":"t","ttl":"1h","on":{"approved":"done","rejected":"failed","timeout":"failed"}}"#,
            id: "work", port: "inputs", fix: "what the approver sees"),
        Fault(node: #"{"id":"work","type":"wait","for":"1 hour","on":{"elapsed":"done"}}"#, id: "work", port: "for", fix: "numbers with units"),
        Fault(
            node: #"{"id":"work","type":"wait","event":"a.b","timeout":"1h","match":"evnt.x == 1","on":{"event":"done","timeout":"failed"}}"#,
            id: "work", port: "match", fix: "did you mean 'event'?"),
        Fault(
            node: #"{"id":"work","type":"wait","event":"a.b","on":{"event":"done","timeout":"failed"}}"#, id: "work", port: "timeout", fix: "how long"
        ),
        Fault(
            node: #"{"id":"work","type":"task","role":"x","title":"t","ttl":"1h","form":{"oneOf":[]},"on":{"completed":"done","timeout":"failed"}}"#,
            id: "work", port: "form", fix: "use type"),
        Fault(node: #"{"id":"work","type":"cal"}"#, id: "work", port: "type", fix: "did you mean 'call'?"),
        Fault(node: #"{"id":"Work Item","type":"end","outcome":"success"}"#, id: "Work Item", port: "id", fix: "steps.work_item"),
        Fault(node: #"{"id":"work","type":"end","outcome":"succes"}"#, id: "work", port: "outcome", fix: "success"),
    ]

    @Test(arguments: faults)
    func faultsNameNodePortAndFix(fault: Fault) throws {
        let node = try JSONValue(parsing: fault.node)
        let reading = FlowParser.parse(Fixture.source([Fixture.start, node, Fixture.done, Fixture.failed]))
        #expect(reading.document == nil)
        #expect(reading.problems.contains { $0.node == fault.id && $0.port == fault.port && $0.fix.contains(fault.fix) }, "\(reading.problems)")
    }

    @Test func everyFaultIsReportedAtOnce() throws {
        let reading = FlowParser.parse(
            try JSONValue(
                parsing:
                    #"{"schema":"x","nmae":"t","title":"","nodes":[{"id":"a","type":"trigger","trigger":{"kind":"webhook"}},{"id":"a","type":"end","outcome":"success"},7]}"#
            ))
        for pointer in [
            "/schema", "/nmae", "/name", "/title", "/nodes/0/trigger/connector", "/nodes/0/trigger/event", "/nodes/0/next", "/nodes/1/id", "/nodes/2",
        ] {
            #expect(reading.problems.contains { $0.pointer == pointer }, "\(pointer)")
        }
    }

    /// An open port is one fault, not also one of every node behind it.
    @Test func oneOpenPortIsOneFault() throws {
        let call = try JSONValue(parsing: #"{"id":"work","type":"call","operation":"a.b","on":{"sucess":"done","error":"failed"}}"#)
        let problems = FlowParser.parse(Fixture.source([Fixture.start, call, Fixture.done, Fixture.failed])).problems.filter { $0.severity == .error }
        #expect(problems.map(\.port) == ["sucess", "success"])
    }

    @Test func unreachableAndEndlessNodes() {
        let lost: JSONValue = ["id": "lost", "type": "wait", "for": "1s", "on": ["elapsed": "done"]]
        #expect(
            FlowParser.parse(Fixture.source([Fixture.start, Fixture.call, lost, Fixture.done, Fixture.failed])).problems.contains {
                $0.node == "lost" && $0.message.contains("no path from the trigger")
            })
        let spin: JSONValue = ["id": "work", "type": "decide", "branches": [["when": "true", "next": "work"]], "otherwise": "done"]
        #expect(
            FlowParser.parse(Fixture.source([Fixture.start, spin, Fixture.done])).problems.contains {
                $0.node == "work" && $0.message.contains("circle without a pause")
            })
        let trap: JSONValue = ["id": "trap", "type": "wait", "for": "1s", "on": ["elapsed": "trap"]]
        let fork: JSONValue = ["id": "work", "type": "decide", "branches": [["when": "true", "next": "trap"]], "otherwise": "done"]
        #expect(
            FlowParser.parse(Fixture.source([Fixture.start, fork, trap, Fixture.done])).problems.contains {
                $0.node == "trap" && $0.message.contains("no path from here")
            })
        let paced: JSONValue = ["id": "work", "type": "wait", "for": "1s", "on": ["elapsed": "again"]]
        let again: JSONValue = ["id": "again", "type": "decide", "branches": [["when": "trigger.more", "next": "work"]], "otherwise": "done"]
        #expect(!FlowParser.parse(Fixture.source([Fixture.start, paced, again, Fixture.done])).problems.hasErrors)
    }

    @Test func anOutputThatMayBeMissingNeedsAGuard() {
        func use(_ expression: String) -> [FlowProblem] {
            let end: JSONValue = ["id": "done", "type": "end", "outcome": "success", "output": ["x": .string("${\(expression)}")]]
            let call: JSONValue = ["id": "work", "type": "call", "operation": "a.b", "on": ["success": "done", "error": "done"]]
            return FlowParser.parse(Fixture.source([Fixture.start, call, end])).problems.filter { $0.severity == .error }
        }
        #expect(use("steps.work.output.key").first?.fix == "guard it: has(steps.work.output) ? … : …")
        #expect(use("has(steps.work.output) ? steps.work.output.key : ''") == [])
        #expect(use("steps.work.port") == [])
        #expect(use("steps.work.key").first?.fix.contains("steps.work.output.key") == true)
    }

    @Test func operationsAreHeldAgainstTheCatalogue() {
        let schema = FormSchema([
            "type": "object", "required": ["summary"], "additionalProperties": false,
            "properties": ["summary": ["type": "string"], "count": ["type": "integer"]],
        ])
        let catalogue = OperationCatalogue([.init(name: "jira.issue.create", input: schema)])
        func problems(_ operation: String, _ input: JSONValue) -> [FlowProblem] {
            let call: JSONValue = [
                "id": "work", "type": "call", "operation": .string(operation), "with": input, "on": ["success": "done", "error": "failed"],
            ]
            return FlowParser.parse(Fixture.source([Fixture.start, call, Fixture.done, Fixture.failed]), catalogue: catalogue).problems.filter {
                $0.severity == .error
            }
        }
        #expect(problems("jira.issue.create", ["summary": "x", "count": "${trigger.n}"]) == [])
        #expect(problems("jira.isue.create", ["summary": "x"]).first?.fix == "did you mean 'jira.issue.create'?")
        #expect(problems("jira.issue.create", [:]).first?.pointer == "/nodes/1/with/summary")
        #expect(problems("jira.issue.create", ["summary": "x", "sumary": "x"]).first?.fix == "did you mean 'summary'?")
        #expect(problems("jira.issue.create", ["summary": "x", "count": "3"]).first?.message == "'count' must be integer, not string")
    }

    @Test func durations() {
        #expect(FlowDuration("1h30m")?.milliseconds == 5_400_000)
        for bad in ["", "1", "h", "30m1h", "1h1h", "0s", "-1s", "999999999999d", "1.5h", "367d"] { #expect(FlowDuration(bad) == nil, "\(bad)") }
        #expect(FlowDuration("90m")?.description == "1h30m")
    }
}
