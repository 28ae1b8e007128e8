import FlowEngineCore
import Foundation
import Identity
import JSON
import Testing
import Trust

/// `assign`, `guard`, `subflow` and the waits whose time is computed.
@Suite struct MoreNodeKindTests {
    private static let version = String(repeating: "ab", count: 32)

    @Test func assignedValuesAreSeenFromThereOn() throws {
        let nodes: [JSONValue] = [
            Fixture.start,
            ["id": "work", "type": "assign", "set": ["order": ["total": "${trigger.amount * 2}"], "order.currency": "EUR"], "next": "again"],
            ["id": "again", "type": "assign", "set": ["order.total": "${vars.order.total + 1}"], "next": "done"],
            ["id": "done", "type": "end", "outcome": "success", "output": ["order": "${vars.order}"]],
        ]
        let run = Simulation(try Fixture.document(nodes), trigger: ["amount": 20])
        #expect(run.closing?.output == ["order": ["total": 41, "currency": "EUR"]])
    }

    private func guarded() throws -> Simulation {
        let nodes: [JSONValue] = [
            Fixture.start,
            [
                "id": "work", "type": "guard", "action": "payments.payment.release", "resource": ["type": "Account", "id": "${trigger.account}"],
                "context": ["amount": "${trigger.amount}"], "on": ["allowed": "done", "denied": "failed", "error": "failed"],
            ],
            Fixture.done, Fixture.failed,
        ]
        return Simulation(try Fixture.document(nodes), trigger: ["account": "a-1", "amount": 7])
    }

    @Test func aGuardAsksPolicyAndCallsNothing() throws {
        var run = try guarded()
        #expect(run.question?.resource == PolicyResource(type: "Account", id: "a-1") && run.question?.input == ["amount": 7])
        run.allow()
        #expect(run.closing?.state == .succeeded && run.steps[1]?.port == "allowed" && run.steps[1]?.decision != nil)
    }

    @Test func aGuardMayWantAPerson() throws {
        var run = try guarded()
        let gate = PolicyAnswer.Gate(policy: "p", role: "finance", ttlSeconds: 60)
        run.send(.policyAnswered(seq: 1, Fixture.answer(.requireApproval, run.question!, gates: [gate])))
        #expect(run.request?.role == "finance")
        var late = run
        late.send(.timerFired(seq: 1, .answer))
        #expect(late.closing?.state == .failed && late.steps[1]?.port == "timeout")
        run.answer(.approve, by: "nils@acme.example")
        run.allow()
        #expect(run.steps[1]?.port == "allowed")
    }

    private func nested(timeout: String? = nil) throws -> Simulation {
        var on: JSONObject = ["success": "done", "error": "failed"]
        if timeout != nil { on["timeout"] = "failed" }
        var node: JSONObject = [
            "id": "work", "type": "subflow", "flow": "other", "version": .string(Self.version), "with": ["x": 1], "on": .object(on),
        ]
        node["timeout"] = timeout.map(JSONValue.string)
        let done: JSONValue = ["id": "done", "type": "end", "outcome": "success", "output": ["of_child": "${steps.work.output}"]]
        return Simulation(try Fixture.document([Fixture.start, .object(node), done, Fixture.failed]), trigger: [:])
    }

    @Test func anotherFlowIsStartedOnceAndWaitedFor() throws {
        var run = try nested()
        guard case .startChild(let child)? = run.last.first(where: { if case .startChild = $0 { true } else { false } }) else {
            Issue.record("no run is started: \(run.last)")
            return
        }
        #expect(child.flow == "other" && child.version.hex == Self.version && child.input == ["x": 1] && child.parent.run == Fixture.run)
        #expect(run.state.branches.map(\.phase) == [.running(child.run)])
        run.send(.childClosed(seq: 1, RunClosing(state: .succeeded, outcome: "success", output: ["y": 2])))
        #expect(run.closing?.output == ["of_child": ["y": 2]])
        run.send(.childClosed(seq: 1, RunClosing(state: .failed, outcome: "late")))
        #expect(run.closings.count == 1)
    }

    @Test func aFailedOrSlowChildHasItsPorts() throws {
        var failed = try nested()
        failed.send(.childClosed(seq: 1, RunClosing(state: .failed, outcome: "deadline", message: "too slow")))
        #expect(failed.steps[1]?.port == "error" && failed.steps[1]?.error == "too slow")
        var slow = try nested(timeout: "1h")
        slow.send(.timerFired(seq: 1, .limit))
        #expect(slow.steps[1]?.port == "timeout")
        #expect(slow.last.contains { if case .abandonChild = $0 { true } else { false } })
    }

    @Test func cancellingAbandonsTheChild() throws {
        var run = try nested()
        run.send(.stopRequested(RunStop(cause: .cancelled, by: "d", reason: "r")))
        #expect(run.closing?.state == .cancelled && run.last.contains { if case .abandonChild = $0 { true } else { false } })
    }

    private static let pauses: [(JSONValue, Int64)] = [("90s", 90_000), (2.5, 2_500), (0, 0)]

    @Test(arguments: pauses)
    func aComputedWaitTakesWhatTheExpressionSays(pause: JSONValue, milliseconds: Int64) throws {
        let nodes: [JSONValue] = [
            Fixture.start, ["id": "work", "type": "wait", "for": "${trigger.pause}", "on": ["elapsed": "done"]], Fixture.done,
        ]
        let run = Simulation(try Fixture.document(nodes), trigger: ["pause": pause])
        #expect(run.last.contains(.startTimer(.wait, seq: 1, after: FlowDuration(milliseconds: milliseconds))))
    }

    @Test(arguments: ["soon", "-3s", "99999d"])
    func aComputedWaitThatIsNoTimeFailsAndSaysWhatItWas(pause: String) throws {
        let nodes: [JSONValue] = [
            Fixture.start, ["id": "work", "type": "wait", "for": "${trigger.pause}", "on": ["elapsed": "done"]], Fixture.done,
        ]
        let run = Simulation(try Fixture.document(nodes), trigger: ["pause": .string(pause)])
        #expect(run.closing?.state == .failed && run.steps[1]?.error.contains(pause) == true)
    }

    @Test func aMomentThatIsPastIsOverAtOnce() throws {
        let nodes: [JSONValue] = [
            Fixture.start, ["id": "work", "type": "wait", "until": "${trigger.at}", "on": ["elapsed": "done"]], Fixture.done,
        ]
        let later = Timestamp.text(Fixture.now.addingTimeInterval(90))
        let run = Simulation(try Fixture.document(nodes), trigger: ["at": .string(later)])
        #expect(run.last.contains(.startTimer(.wait, seq: 1, after: FlowDuration(milliseconds: 90_000))))
        let past = Simulation(try Fixture.document(nodes), trigger: ["at": "2001-01-01T00:00:00+02:00"])
        #expect(past.last.contains(.startTimer(.wait, seq: 1, after: FlowDuration(milliseconds: 0))))
    }
}
