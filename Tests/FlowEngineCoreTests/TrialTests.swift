import FlowEngineCore
import Foundation
import JSON
import Testing

/// Runs with written-down answers.
@Suite struct TrialTests {
    private static let ask: JSONValue = [
        "id": "ask", "type": "approve", "role": "r", "title": "T", "inputs": ["x": 1], "ttl": "2h",
        "on": ["approved": "done", "rejected": "failed", "timeout": "failed"],
    ]
    private static let call: JSONValue = [
        "id": "work", "type": "call", "operation": "jira.issue.create", "with": ["summary": "${trigger.title}"],
        "retry": ["attempts": 2, "backoff": "10s"], "on": ["success": "ask", "error": "failed", "denied": "failed"],
    ]

    private static func run(_ nodes: [JSONValue], _ answers: JSONValue) throws -> Trial.Result {
        let document = try Fixture.document([Fixture.start] + nodes + [Fixture.done, Fixture.failed])
        return Trial.run(document, try TrialAnswers(answers, for: document), from: Fixture.now)
    }

    @Test func answersLeadToTheEnd() throws {
        let result = try Self.run(
            [Self.call, Self.ask],
            ["trigger": ["title": "x"], "nodes": ["work": ["output": ["key": "A-1"]], "ask": ["decision": "approve", "by": "kim", "after": "1h"]]])
        #expect(result.closing?.state == .succeeded && result.remarks == [])
        #expect(result.steps.map(\.record.node) == ["start", "work", "ask", "done"])
        #expect(result.steps[2].elapsed.milliseconds == 3_600_000 && result.steps[2].record.output["by"] == "kim")
    }

    @Test(
        arguments: [
            (["work": [["error": ["class": "network", "retryable": true]], ["output": [:]]], "ask": ["decision": "reject"]], "failed", 10_000),
            (["work": ["output": [:]], "ask": ["timeout": true]], "failed", 7_200_000), (["work": ["denied": true]], "failed", 0),
            (["work": ["output": [:]], "ask": ["decision": "approve", "after": "3h"]], "failed", 7_200_000),
        ] as [(JSONValue, String, Int64)])
    func portsAndTimersAreTaken(nodes: JSONValue, last: String, elapsed: Int64) throws {
        let result = try Self.run([Self.call, Self.ask], ["trigger": ["title": "x"], "nodes": nodes])
        #expect(result.steps.last?.record.node == last && result.closing?.state == .failed)
        #expect(result.steps.last?.elapsed.milliseconds == elapsed)
    }

    @Test func whatIsMissingIsNamed() throws {
        let result = try Self.run([Self.call, Self.ask], ["trigger": ["title": "x"], "nodes": ["work": ["output": [:]]]])
        #expect(result.closing == nil)
        #expect(result.remarks.first?.contains("node 'ask' has no answer") == true)
        let none = try Self.run([Self.call, Self.ask], ["trigger": ["title": "x"]])
        #expect(none.remarks.first?.contains("node 'work' has no answer") == true)
    }

    @Test func branchesElementsAndEventsAreTried() throws {
        let fork: JSONValue = [
            "id": "work", "type": "parallel", "branches": [["next": "heard"], ["next": "pause"]], "on": ["joined": "each", "error": "failed"],
        ]
        let heard: JSONValue = [
            "id": "heard", "type": "wait", "event": "order.paid", "match": "event.id == trigger.id", "timeout": "1d",
            "on": ["event": "work", "timeout": "work"],
        ]
        let pause: JSONValue = ["id": "pause", "type": "wait", "for": "3h", "on": ["elapsed": "work"]]
        let each: JSONValue = ["id": "each", "type": "each", "items": "${trigger.items}", "do": "note", "on": ["done": "done", "error": "failed"]]
        let note: JSONValue = ["id": "note", "type": "assign", "set": ["n": "${item * 2}"], "next": "each"]
        let result = try Self.run(
            [fork, heard, pause, each, note], ["trigger": ["id": 7, "items": [1, 2]], "nodes": ["heard": ["event": ["id": 7], "after": "1m"]]])
        #expect(result.closing?.state == .succeeded, "\(result.remarks)")
        #expect(result.steps.first { $0.record.node == "each" }?.record.output == [["n": 2], ["n": 4]])
        let unheard = try Self.run(
            [fork, heard, pause, each, note], ["trigger": ["id": 7, "items": []], "nodes": ["heard": ["event": ["id": 8]]]])
        #expect(unheard.remarks.first?.contains("does not meet 'match'") == true)
        #expect(unheard.steps.contains { $0.record.node == "heard" && $0.record.port == "timeout" })
    }

    @Test func misspeltAnswersAreRefused() throws {
        let document = try Fixture.document([Fixture.start, Fixture.call, Fixture.done, Fixture.failed])
        for answers in [["nodes": ["wrk": ["output": 1]]], ["nodes": ["work": ["outpt": 1]]], ["node": [:]], ["nodes": ["work": 3]]] as [JSONValue] {
            #expect(throws: TrialAnswers.Malformed.self) { try TrialAnswers(answers, for: document) }
        }
    }
}
