import FlowEngineCore
import Foundation
import JSON
import Testing

/// The schema and the page that are published say what the parser does.
@Suite struct PublishedSchemaTests {
    private static func file(_ path: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return Array(try Data(contentsOf: folder.appendingPathComponent(path)))
    }

    @Test(arguments: [
        "trigger", "call", "decide", "approve", "task", "wait", "parallel", "each", "guard", "assign", "subflow", "agent", "end",
    ])
    func theParserKnowsExactlyTheFieldsOfTheSchema(type: String) throws {
        let schema = try JSONValue(parsing: Self.file("docs/flow-document.schema.json"))
        let fields = try #require(schema["$defs"]?[type]?["properties"]?.objectValue).keys
        var node: JSONObject = ["id": "work", "type": .string(type), "bogus": 1]
        // A wait for an event and one for time know different fields; both are offered.
        for field in fields where node[field] == nil && !(type == "wait" && ["for", "until"].contains(field)) { node[field] = 7 }
        let problems = FlowParser.parse(Fixture.source([.object(node)])).problems.filter { $0.node == "work" }
        let unknown = problems.filter { $0.message.hasSuffix("is no field here") }.map(\.port)
        #expect(unknown == ["bogus"], "\(problems)")
        // Whatever the schema demands, the parser misses.
        let required = try #require(schema["$defs"]?[type]?["required"]?.arrayValue).compactMap(\.stringValue)
        let bare = FlowParser.parse(Fixture.source([["id": "work", "type": .string(type)]])).problems.filter { $0.node == "work" }
        for field in required where field != "id" && field != "type" { #expect(bare.contains { $0.port == field }, "\(field): \(bare)") }
    }

    @Test func theExampleOfThePageIsValid() throws {
        let page = String(decoding: try Self.file("docs/flow-document.md"), as: UTF8.self)
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
        let begin = try #require(lines.firstIndex { $0 == "    {" })
        let end = try #require(lines[begin...].firstIndex { $0 == "    }" })
        let reading = FlowParser.parse(try JSONValue(parsing: lines[begin...end].joined(separator: "\n")))
        #expect(reading.problems.filter { $0.severity == .error } == [])
    }
}
