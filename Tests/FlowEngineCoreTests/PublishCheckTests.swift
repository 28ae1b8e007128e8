import FlowEngineCore
import JSON
import Testing

/// What publishing demands of a version: each with node, reason and repair.
@Suite struct PublishCheckTests {
    private static let schema: JSONValue = [
        "type": "object", "required": ["amount", "who"],
        "properties": ["amount": ["type": "integer"], "who": ["type": "string"], "tags": ["type": "array", "items": ["type": "string"]]],
    ]
    private static let closed: JSONValue = [
        "type": "object", "properties": ["amount": ["type": "integer"]], "required": ["amount"], "additionalProperties": false,
    ]
    private static let catalogue = OperationCatalogue([
        .init(
            name: "jira.issue.create", version: "2.1.0",
            output: ["type": "object", "required": ["key"], "properties": ["key": ["type": "string"]], "additionalProperties": false]),
        .init(name: "payments.payment.release"),
    ])

    private static func start(_ schema: JSONValue, kind: JSONValue = ["kind": "manual"]) -> JSONValue {
        ["id": "start", "type": "trigger", "trigger": kind, "input": schema, "next": "work"]
    }

    private static func problems(
        _ nodes: [JSONValue], deadline: String? = nil, catalogue: OperationCatalogue? = nil,
        _ requirements: PublishRequirements = PublishRequirements()
    ) -> [FlowProblem] {
        FlowParser.parse(
            Fixture.source(nodes + [Fixture.done, Fixture.failed], deadline: deadline), catalogue: catalogue, engine: .everything,
            requirements: requirements
        ).problems
    }

    private static func decide(_ when: String) -> JSONValue {
        ["id": "work", "type": "decide", "branches": [["when": .string(when), "next": "done"]], "otherwise": "failed"]
    }

    // MARK: Types

    @Test(arguments: [
        ("trigger.amount > 'x'", "", true), ("trigger.amount + 1", "expected bool", true), ("trigger.amont > 1", "amont", true),
        ("run.started_at > 3", "", true), ("trigger.amount.size() > 1", "", true),
    ])
    func typesAreHeldAgainstTheTriggersSchema(when: String, message: String, isError: Bool) throws {
        let found = Self.problems([Self.start(Self.closed), Self.decide(when)]).filter { $0.node == "work" }
        let problem = try #require(found.first { message.isEmpty || $0.message.contains(message) }, "\(found)")
        #expect((problem.severity == .error) == isError)
        #expect(problem.port == "branch:1" && problem.pointer == "/nodes/1/branches/0/when" && !problem.fix.isEmpty)
    }

    @Test(arguments: ["trigger.amount > 1", "trigger.who == 'x' && size(trigger.who) > 1", "run.id != ''", "trigger.amount > 1 ? true : false"])
    func whatIsRightIsNotBlamed(when: String) {
        #expect(Self.problems([Self.start(Self.schema), Self.decide(when)]).filter { $0.node == "work" } == [])
    }

    /// A schema without `additionalProperties` allows them, and nobody holds a webhook's payload against one.
    @Test func whatMayBeThereIsNoError() {
        let slip = Self.problems([Self.start(Self.schema), Self.decide("trigger.other == 1")]).filter { $0.node == "work" }
        #expect(slip.map(\.severity) == [.warning])
        let webhook: JSONValue = ["kind": "webhook", "connector": "github", "event": "issues.opened"]
        #expect(Self.problems([Self.start(Self.closed, kind: webhook), Self.decide("trigger.other == 1")]).filter { $0.node == "work" } == [])
        #expect(Self.problems([Fixture.start, Self.decide("trigger.anything.at_all > 3 && trigger.x")]).filter { $0.node == "work" } == [])
    }

    @Test func outputsOfOperationsAndFormsHaveTypes() {
        let call: JSONValue = [
            "id": "work", "type": "call", "operation": "jira.issue.create", "on": ["success": "ask", "error": "failed", "denied": "failed"],
        ]
        func ask(_ key: String) -> JSONValue {
            [
                "id": "ask", "type": "task", "role": "operator", "title": "T", "inputs": ["key": .string("${\(key)}")], "ttl": "1d",
                "form": ["type": "object", "required": ["n"], "properties": ["n": ["type": "integer"]], "additionalProperties": false],
                "on": ["completed": "check", "timeout": "failed"],
            ]
        }
        func check(_ when: String) -> JSONValue {
            ["id": "check", "type": "decide", "branches": [["when": .string(when), "next": "done"]], "otherwise": "failed"]
        }
        func errors(_ key: String, _ when: String) -> [String] {
            Self.problems([Fixture.start, call, ask(key), check(when)], catalogue: Self.catalogue).filter { $0.severity == .error }.map(\.node)
        }
        #expect(errors("steps.work.output.key", "steps.ask.output.answer.n > 1") == [])
        #expect(errors("steps.work.output.kee", "steps.ask.output.answer.n > 1") == ["ask"])
        #expect(errors("steps.work.output.key", "steps.ask.output.answer.m > 1") == ["check"])
        #expect(errors("steps.work.output.key * 2", "steps.ask.output.answer.n == 'x'") == ["ask", "check"])
    }

    @Test func elementsHaveTheTypeOfTheirList() {
        func each(_ items: String, _ value: String) -> [FlowProblem] {
            Self.problems([
                Self.start(Self.schema),
                ["id": "work", "type": "each", "items": .string(items), "as": "tag", "do": "note", "on": ["done": "done", "error": "failed"]],
                ["id": "note", "type": "assign", "set": ["x": .string("${\(value)}")], "next": "work"],
            ]).filter { $0.severity == .error }
        }
        #expect(each("${trigger.tags}", "tag + '!' + string(tag_index)") == [])
        #expect(each("${trigger.tags}", "tag * 2").map(\.node) == ["note"])
        #expect(each("${trigger.amount}", "tag").map(\.port) == ["items"])
    }

    // MARK: Deadlines

    @Test func aChildsLimitIsWithinItsParents() {
        let wait: JSONValue = ["id": "work", "type": "wait", "for": "3h", "on": ["elapsed": "done"]]
        #expect(Self.problems([Fixture.start, wait], deadline: "3h").filter { $0.node == "work" } == [])
        let late = Self.problems([Fixture.start, wait], deadline: "2h").filter { $0.node == "work" }
        #expect(late.map(\.message) == ["3h is longer than the 2h of the flow's deadline"])
        #expect(late.map(\.pointer) == ["/nodes/1/for"])
        let scope: JSONValue = [
            "id": "work", "type": "parallel", "branches": [["next": "ask"]], "timeout": "1h",
            "on": ["joined": "done", "error": "failed", "timeout": "failed"],
        ]
        let ask: JSONValue = [
            "id": "ask", "type": "approve", "role": "r", "title": "T", "inputs": ["x": 1], "ttl": "90m",
            "on": ["approved": "work", "rejected": "work", "timeout": "work"],
        ]
        #expect(
            Self.problems([Fixture.start, scope, ask], deadline: "1d").map(\.message).contains("1h30m is longer than the 1h of 'work' around it"))
        // A default is nobody's intention.
        #expect(!Self.problems([Fixture.start, Fixture.call], deadline: "10s").contains { $0.port == "timeout" || $0.port == "approval_ttl" })
    }

    // MARK: What is outside

    @Test func operationsAreThoseOfTheVersion() {
        let call: JSONValue = ["id": "work", "type": "call", "operation": "jira.issue.destroy", "on": ["success": "done", "error": "failed"]]
        #expect(
            Self.problems([Fixture.start, call], catalogue: Self.catalogue).contains {
                $0.message == "'jira' 2.1.0 has no operation 'jira.issue.destroy'"
            })
    }

    @Test func subflowsAreLocked() {
        let version = String(repeating: "ab", count: 32)
        func problems(_ flow: String, _ locked: String?, _ requirements: PublishRequirements) -> [FlowProblem] {
            var node: JSONObject = ["id": "work", "type": "subflow", "flow": .string(flow), "on": ["success": "done", "error": "failed"]]
            node["version"] = locked.map(JSONValue.string)
            return Self.problems([Fixture.start, .object(node)], requirements).filter { $0.node == "work" }
        }
        let known = PublishRequirements(flows: ["refund": ["00", version]])
        #expect(problems("refund", version, known) == [])
        #expect(problems("refund", nil, known).map(\.fix) == ["write \"version\": \"\(version)\", which is the newest"])
        #expect(problems("refund", String(repeating: "cd", count: 32), known).map(\.port) == ["version"])
        #expect(problems("refunds", version, known).map(\.fix) == ["did you mean 'refund'?"])
        #expect(problems("refund", nil, PublishRequirements()).map(\.severity) == [.error])
        #expect(problems("refund", nil, .draft).map(\.severity) == [.warning])
        #expect(problems("refund", version, PublishRequirements()) == [])
    }

    @Test func toolsAndActionsExist() {
        let agent: JSONValue = [
            "id": "work", "type": "agent", "goal": "G", "tools": ["jira.issue.create", "jira.issue.crate"], "timeout": "5m",
            "on": ["done": "ask", "error": "failed", "timeout": "failed"],
        ]
        func ask(_ action: String) -> JSONValue {
            [
                "id": "ask", "type": "guard", "action": .string(action), "resource": ["type": "A", "id": "1"],
                "on": ["allowed": "done", "denied": "failed", "error": "failed"],
            ]
        }
        let found = Self.problems(
            [Fixture.start, agent, ask("flow.publsh")], catalogue: Self.catalogue, PublishRequirements(actions: ["flow.publish"])
        ).filter { $0.severity == .error }
        #expect(found.map(\.pointer) == ["/nodes/1/tools/1", "/nodes/2/action"])
        #expect(found.map(\.fix) == ["did you mean 'jira.issue.create'?", "did you mean 'flow.publish'?"])
        #expect(!Self.problems([Fixture.start, agent, ask("flow.publsh")]).hasErrors)
    }

    @Test func guardrailsStandBeforeWhatTheyGuard() {
        let pay: JSONValue = [
            "id": "pay", "type": "call", "operation": "payments.payment.release", "on": ["success": "done", "error": "failed", "denied": "failed"],
        ]
        func gate(_ denied: String) -> JSONValue {
            [
                "id": "work", "type": "guard", "action": "payments.release", "resource": ["type": "A", "id": "1"],
                "on": ["allowed": "pay", "denied": .string(denied), "error": "failed"],
            ]
        }
        let demand = PublishRequirements(guardrails: [.init(operations: "payments.*", action: "payments.release")])
        func errors(_ nodes: [JSONValue]) -> [FlowProblem] { Self.problems(nodes, demand).filter { $0.severity == .error } }
        #expect(errors([Fixture.start, gate("failed"), pay]) == [])
        #expect(errors([Fixture.start, gate("pay"), pay]).map(\.node) == ["pay"])
        let around: JSONValue = ["id": "work", "type": "decide", "branches": [["when": "true", "next": "gate"]], "otherwise": "pay"]
        var inner = gate("failed").objectValue ?? [:]
        inner["id"] = "gate"
        let found = errors([Fixture.start, around, .object(inner), pay])
        #expect(found.map(\.pointer) == ["/nodes/3/operation"])
        #expect(found.first?.fix.contains("\"action\": \"payments.release\"") == true)
        // Another connector's call wants nothing.
        #expect(!PublishRequirements.Guardrail(operations: "payments.*", action: "a").covers("payroll.run.start"))
        #expect(PublishRequirements.Guardrail(operations: "a.b.c", action: "a").covers("a.b.c"))
    }

    /// What is stored is read without them: a rule that came later strands no run.
    @Test func storedVersionsAreReadWithoutThem() {
        let wait: JSONValue = ["id": "work", "type": "wait", "for": "3h", "on": ["elapsed": "done"]]
        #expect(FlowParser.parse(Fixture.source([Fixture.start, wait, Fixture.done], deadline: "2h")).document != nil)
    }

    @Test(arguments: ["incident-response", "cost-anomaly", "change-and-approval"])
    func playbooksMeetThem(name: String) throws {
        let document = try Fixture.playbook(name)
        #expect(FlowParser.parse(document.source, requirements: PublishRequirements()).problems.filter { $0.severity == .error } == [])
    }
}
