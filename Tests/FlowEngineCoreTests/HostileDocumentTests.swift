import FlowEngineCore
import JSON
import Testing

/// Documents made to be too much: an error that names the limit, and a bound on the work.
@Suite struct HostileDocumentTests {
    private static func problems(_ nodes: [JSONValue]) -> [FlowProblem] {
        FlowParser.parse(Fixture.source(nodes), engine: .everything, requirements: PublishRequirements()).problems
    }

    @Test func tenThousandNodesAreTooMany() {
        let nodes = (0..<10_000).map { index -> JSONValue in ["id": .string("n\(index)"), "type": "end", "outcome": "success"] }
        let found = Self.problems(nodes)
        // Not one problem for each node: the list is refused before it is read.
        #expect(found.map(\.message) == ["a flow has at most 1000 nodes"])
    }

    @Test func aThousandConnectedNodesAreRead() {
        var nodes = [Fixture.start]
        for index in 0..<997 {
            let next = index == 996 ? "done" : "n\(index + 1)"
            nodes.append(
                ["id": .string(index == 0 ? "work" : "n\(index)"), "type": "assign", "set": ["x": "${trigger.a}"], "next": .string(next)])
        }
        #expect(!Self.problems(nodes + [Fixture.done]).hasErrors)
    }

    @Test func anExpressionThatIsTooLongOrTooDeepIsNamed() {
        func fault(_ when: String) -> String {
            let node: JSONValue = ["id": "work", "type": "decide", "branches": [["when": .string(when), "next": "done"]], "otherwise": "done"]
            return Self.problems([Fixture.start, node, Fixture.done]).first { $0.node == "work" }?.message ?? ""
        }
        #expect(fault(String(repeating: "(", count: 5_000) + "1" + String(repeating: ")", count: 5_000)).contains("96"))
        #expect(fault("1 == " + String(repeating: "1 + ", count: 10_000) + "1").contains("16384"))
    }

    /// A hundred times a hundred times a hundred: the steps run out, and the run goes on by its ports.
    @Test func anExpressionThatNeverEndsHasABound() throws {
        let list = "[" + (0..<100).map(String.init).joined(separator: ", ") + "]"
        let node: JSONValue = [
            "id": "work", "type": "each", "items": .string("${\(list).map(a, \(list).map(b, \(list).map(c, a * b * c)))}"), "do": "note",
            "on": ["done": "done", "error": "failed"],
        ]
        let note: JSONValue = ["id": "note", "type": "assign", "set": ["x": 1], "next": "work"]
        let document = try Fixture.document([Fixture.start, node, note, Fixture.done, Fixture.failed])
        let result = Trial.run(document, try TrialAnswers(["trigger": [:]], for: document), from: Fixture.now)
        #expect(result.closing?.outcome == "failure")
        #expect(result.steps.first { $0.record.node == "work" }?.record.error.contains("100000 steps") == true, "\(result.steps)")
        #expect(result.steps.count == 3)
    }

    @Test func aDeepValueIsRefusedWhereItIsRead() {
        let text = String(repeating: "{\"a\":", count: 200) + "1" + String(repeating: "}", count: 200)
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }
}
