import FlowEngineCore
import Identity
import JSON
import Testing
import Trust

/// Several positions of one run: `parallel`, `each`, and what calls them off.
@Suite struct BranchTests {
    static func call(_ id: String, next: String, error: String? = nil, with input: JSONValue = [:], compensate: JSONValue? = nil) -> JSONValue {
        var node: JSONObject = [
            "id": .string(id), "type": "call", "operation": "jira.issue.create", "with": input,
            "on": ["success": .string(next), "error": .string(error ?? next)],
        ]
        node["compensate"] = compensate
        return .object(node)
    }

    static func parallel(needed: Int? = nil, timeout: String? = nil) -> JSONValue {
        var node: JSONObject = ["id": "work", "type": "parallel", "branches": [["next": "a"], ["next": "b"]]]
        var on: JSONObject = ["joined": "done", "error": "failed"]
        node["needed"] = needed.map { .int(Int64($0)) }
        node["timeout"] = timeout.map(JSONValue.string)
        if timeout != nil { on["timeout"] = "failed" }
        node["on"] = .object(on)
        return .object(node)
    }

    static func each(_ body: [JSONValue], head: String, concurrency: Int64 = 2) throws -> FlowDocument {
        let node: JSONValue = [
            "id": "work", "type": "each", "items": "${trigger.orders}", "as": "order", "do": .string(head), "concurrency": .int(concurrency),
            "on": ["done": "report", "error": "failed"],
        ]
        let report: JSONValue = ["id": "report", "type": "end", "outcome": "success", "output": ["made": "${steps.work.output}"]]
        return try Fixture.document([Fixture.start, node] + body + [report, Fixture.failed])
    }

    private func two(_ parallel: JSONValue) throws -> Simulation {
        let nodes = [
            Fixture.start, parallel, Self.call("a", next: "work"), Self.call("b", next: "work"), Fixture.done, Fixture.failed,
        ]
        return Simulation(try Fixture.document(nodes), trigger: [:])
    }

    @Test func branchesRunSideBySideAndJoin() throws {
        var run = try two(Self.parallel())
        #expect(run.questions.map(\.node) == ["a", "b"])
        run.allow("b")
        run.succeed("b", ["n": 2])
        #expect(run.closing == nil && run.questions.map(\.node) == ["a"])
        run.allow("a")
        run.succeed("a", ["n": 1])
        #expect(run.closing?.state == .succeeded)
        #expect(run.steps[1]?.output == [["n": 1], ["n": 2]] && run.steps[1]?.port == "joined")
        #expect(run.steps.keys.sorted() == [0, 1, 2, 3, 4])
    }

    @Test func whatIsNotNeededIsCalledOff() throws {
        var run = try two(Self.parallel(needed: 1))
        run.allow("a")
        run.succeed("a")
        #expect(run.closing?.state == .succeeded && run.steps[3]?.state == .skipped)
    }

    @Test func aCallUnderWayIsHeardOutBeforeTheRunCloses() throws {
        var run = try two(Self.parallel(needed: 1))
        run.allow("b")
        run.allow("a")
        run.succeed("a")
        #expect(run.closing == nil && run.state.ending?.state == .succeeded && run.calls.map(\.node) == ["b"])
        run.succeed("b", ["n": 2])
        #expect(run.closing?.state == .succeeded && run.closings.count == 1 && run.steps[3]?.output == ["n": 2])
    }

    @Test func aLimitCallsEverythingOff() throws {
        var run = try two(Self.parallel(timeout: "1h"))
        #expect(run.last.contains(.startTimer(.limit, seq: 1, after: FlowDuration(milliseconds: 3_600_000))))
        run.send(.timerFired(seq: 1, .limit))
        #expect(run.closing?.state == .failed && run.steps[1]?.port == "timeout" && run.steps[2]?.state == .skipped)
    }

    @Test func everyElementHasItsOwnResults() throws {
        let body = [
            Self.call("make", next: "note", error: "work", with: ["summary": "${order.name} ${string(order_index)}"]),
            ["id": "note", "type": "assign", "set": ["made": "${steps.make.output.key}"], "next": "tell"],
            Self.call("tell", next: "work", with: ["summary": "${vars.made}"]),
        ]
        var run = Simulation(try Self.each(body, head: "make"), trigger: ["orders": [["name": "x"], ["name": "y"], ["name": "z"]]])
        #expect(run.questions.map { $0.input["summary"] } == ["x 0", "y 1"])
        run.allow("make")
        run.allow("make")
        // The second overtakes the first.
        let calls = run.calls
        run.send(.callFinished(seq: calls[1].seq, .succeeded(output: ["key": "Y"])))
        run.send(.callFinished(seq: calls[0].seq, .succeeded(output: ["key": "X"])))
        #expect(Set(run.questions.map { $0.input["summary"] }) == ["X", "Y"])
        while run.closing == nil {
            if run.question != nil { run.allow() } else if let call = run.call { run.succeed(call.node, ["key": call.input["summary"] ?? .null]) }
        }
        #expect(run.closing?.output == ["made": [["key": "X"], ["key": "Y"], ["key": "z 2"]]])
        #expect(run.state.vars.isEmpty && run.state.steps["make"] == nil)
    }

    @Test func nothingToGoThroughIsDoneAtOnce() throws {
        let run = Simulation(try Self.each([Self.call("make", next: "work")], head: "make"), trigger: ["orders": []])
        #expect(run.closing?.output == ["made": []])
    }

    @Test func tooManyElementsLeaveByError() throws {
        let many = JSONValue.array(Array(repeating: 1, count: RunMachine.maximumItems + 1))
        let run = Simulation(try Self.each([Self.call("make", next: "work")], head: "make"), trigger: ["orders": many])
        #expect(run.closing?.state == .failed && run.steps[1]?.error.contains("10001 elements") == true)
    }

    @Test func anExpressionWithoutAValueFailsTheWholeScope() throws {
        let body: [JSONValue] = [
            ["id": "check", "type": "decide", "branches": [["when": "order.total > 3", "next": "make"]], "otherwise": "work"],
            Self.call("make", next: "work"),
        ]
        let run = Simulation(try Self.each(body, head: "check"), trigger: ["orders": [["total": 9], ["name": "no total"]]])
        #expect(run.closing?.state == .failed && run.steps[1]?.port == "error")
        #expect(run.steps[1]?.error.contains("check") == true && run.steps.values.contains { $0.node == "make" && $0.state == .skipped })
    }

    @Test func thousandsOfStepsAreDoneInTurns() throws {
        let body: [JSONValue] = [["id": "note", "type": "assign", "set": ["n": "${order_index}"], "next": "work"]]
        let orders = JSONValue.array((0..<1_000).map { .int(Int64($0)) })
        var run = Simulation(try Self.each(body, head: "note", concurrency: 10), trigger: ["orders": orders])
        var turns = 1
        while run.closing == nil, turns < 100 {
            #expect(run.last.count { if case .recordStep = $0 { true } else { false } } <= RunMachine.stepsPerTransition + 2)
            #expect(run.machine.outstanding(run.state) == [.proceed])
            run.send(.proceed)
            turns += 1
        }
        #expect(run.closing?.state == .succeeded && turns == 6)
        #expect(run.steps.keys.sorted() == Array(0..<1_003))
    }

    // MARK: By hand

    @Test func aPausedRunKeepsWhatComesBackAndStartsNothing() throws {
        var run = try two(Self.parallel())
        run.allow("a")
        run.send(.pauseRequested(RunPause(by: "dana@acme.example", reason: "the vendor is down")))
        run.succeed("a", ["n": 1])
        #expect(run.questions.isEmpty && run.machine.whyWaiting(run.state) == "paused by dana@acme.example: the vendor is down")
        run.send(.resumeRequested)
        #expect(run.questions.map(\.node) == ["b"])
        run.allow("b")
        run.succeed("b")
        #expect(run.closing?.state == .succeeded)
    }

    @Test func aPauseHoldsTheNextStep() throws {
        let nodes = [Fixture.start, Self.call("work", next: "more"), Self.call("more", next: "done"), Fixture.done]
        var run = Simulation(try Fixture.document(nodes), trigger: [:])
        run.allow()
        run.send(.pauseRequested(RunPause(by: "d", reason: "r")))
        run.succeed()
        #expect(run.machine.outstanding(run.state).isEmpty && run.steps.count == 2)
        run.send(.resumeRequested)
        #expect(run.question?.node == "more" && run.steps.count == 3)
    }

    @Test func aStepCanBeSkippedUnlessItsCallIsUnderWay() throws {
        let nodes = [Fixture.start, Self.call("work", next: "done"), Fixture.done]
        var run = Simulation(try Fixture.document(nodes), trigger: [:])
        let skip = RunEvent.skipRequested(seq: 1, port: "success", output: ["key": "by hand"], by: "dana@acme.example", reason: "done by hand")
        var called = run
        called.allow()
        called.send(skip)
        #expect(called.closing == nil && called.call != nil)
        run.send(skip)
        #expect(run.closing?.state == .succeeded && run.steps[1]?.state == .skipped && run.steps[1]?.output == ["key": "by hand"])
        #expect(run.steps[1]?.error == "dana@acme.example: done by hand")
    }

    // MARK: Taking back

    @Test func whatWasDoneIsTakenBackInReverse() throws {
        func undo(_ key: String) -> JSONValue { ["operation": "jira.issue.close", "with": ["key": .string("${steps.\(key).output.key}")]] }
        let nodes = [
            Fixture.start, Self.call("work", next: "second", compensate: undo("work")),
            Self.call("second", next: "third", compensate: undo("second")),
            Self.call("third", next: "failed"), Fixture.failed,
        ]
        var run = Simulation(try Fixture.document(nodes), trigger: [:])
        for key in ["A", "B", "C"] {
            run.allow()
            run.succeed(nil, ["key": .string(key)])
        }
        #expect(run.closing == nil && run.question?.action == "jira.issue.close" && run.question?.input == ["key": "B"])
        run.allow()
        run.succeed()
        #expect(run.question?.input == ["key": "A"])
        run.send(.policyAnswered(seq: run.state.lastSeq, Fixture.answer(.deny, run.question!)))
        #expect(run.closing?.state == .failed && run.closing?.message.contains("'work' was not taken back: because") == true)
        #expect(run.steps.values.filter { $0.type == "compensation" }.count == 2 && run.steps.keys.sorted() == Array(0..<run.steps.count))
    }

    @Test func aCompensationIsCheckedAsACallIs() throws {
        func problems(_ compensate: JSONValue) -> [FlowProblem] {
            let nodes = [Fixture.start, Self.call("work", next: "done", compensate: compensate), Fixture.done]
            let catalogue = OperationCatalogue([.init(name: "jira.issue.create", title: ""), .init(name: "jira.issue.close", title: "")])
            return FlowParser.parse(Fixture.source(nodes), catalogue: catalogue).problems.filter { $0.severity == .error }
        }
        #expect(problems(["operation": "jira.issue.close", "with": ["key": "${steps.work.output.key}"]]) == [])
        #expect(problems(["operation": "jira.issue.clse"]).first?.fix == "did you mean 'jira.issue.close'?")
        #expect(problems(["operation": "jira.issue.close", "with": ["key": "${steps.wrk.output.key}"]]).first?.port == "compensate")
        #expect(problems(["opration": "jira.issue.close"]).count == 2)
    }

    @Test func aRunThatSucceedsTakesNothingBack() throws {
        let nodes = [Fixture.start, Self.call("work", next: "done", compensate: ["operation": "jira.issue.close"]), Fixture.done]
        var run = Simulation(try Fixture.document(nodes), trigger: [:])
        run.allow()
        run.succeed()
        #expect(run.closing?.state == .succeeded && run.steps.count == 3)
    }
}
