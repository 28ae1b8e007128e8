import FlowEngineCore
import JSON
import Testing

@Suite struct FlowDifferenceTests {
    private static let before =
        #"{"schema":"provable.dev/flow/v1","name":"a","title":"A","nodes":[{"id":"s","type":"trigger","next":"x"},{"id":"x","type":"decide","branches":[{"when":"1 > 2","next":"y"}]},{"id":"y","type":"end"}]}"#

    private static func changes(_ after: String) throws -> [String] {
        FlowDifference.changes(from: try JSONValue(parsing: before), to: try JSONValue(parsing: after)).map(\.description)
    }

    @Test func layoutAndOrderAreNoChange() throws {
        let after =
            #"{"layout":{"x":{"x":1}},"nodes":[{"id":"y","type":"end"},{"type":"trigger","id":"s","next":"x"},{"id":"x","type":"decide","branches":[{"when":"1 > 2","next":"y"}]}],"schema":"provable.dev/flow/v1","name":"a","title":"A"}"#
        #expect(try Self.changes(after) == [])
    }

    @Test func nodesPortsAndExpressionsAreNamed() throws {
        let after = Self.before.replacing("1 > 2", with: "1 > 3").replacing(#"{"id":"y","type":"end"}"#, with: #"{"id":"z","type":"end"}"#)
            .replacing(#""title":"A""#, with: #""title":"B","deadline":"1d""#)
        #expect(
            try Self.changes(after) == [
                #"changed the document: /title: "A" -> "B""#, #"changed the document: /deadline added: "1d""#,
                #"changed node 'x': /branches/0/when: "1 > 2" -> "1 > 3""#, "added node 'z' (end)", "removed node 'y' (end)",
            ])
    }
}
