import Cedar
import ConnectorManifests
import ConnectorsCore
import Foundation
import JSON
import Testing

@testable import PolicyCore

/// The schema that the shipped connectors make, and what its changes do to policies.
@Suite struct ConnectorSchemaTests {
    private static func shipped() throws -> [ConnectorOperation] {
        try ConnectorManifests.shipped().flatMap { manifest in
            manifest.operations.map {
                ConnectorOperation(name: $0.name, connector: manifest.name, version: manifest.version, inputSchema: .object($0.input.document))
            }
        }
    }

    private static func policies(_ name: String) throws -> String {
        let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: checkout.appendingPathComponent("deploy/dev/policies/\(name).cedar"), encoding: .utf8)
    }

    @Test(arguments: ["company", "agency"])
    func thePoliciesThatCompaniesStartWithAreValid(name: String) throws {
        let schema = ConnectorSchema(operations: try Self.shipped())
        let problems = SchemaValidator().problems(try PolicySet(parsing: Self.policies(name)), entities: [], schema: schema.text)
        #expect(problems.isEmpty, "\(problems.map(\.message))")
    }

    @Test func aPolicyThatAsksForWhatNoOperationHasIsFound() throws {
        let schema = ConnectorSchema(operations: try Self.shipped())
        let text = """
            @id("typo") forbid(principal, action == Action::"slack.chat.postMessage", resource) when { context.input.chanel like "#x" };
            @id("gone") permit(principal, action == Action::"slack.chat.post", resource);
            """
        let problems = SchemaValidator().problems(try PolicySet(parsing: text), entities: [], schema: schema.text)
        #expect(Set(problems.map(\.policy)) == ["typo", "gone"] && problems.allSatisfy { $0.line > 0 })
    }

    @Test func aChangeOfAConnectorIsShownAgainstBundlesInForce() throws {
        let before = try Self.shipped()
        let after = before.compactMap { operation -> ConnectorOperation? in
            guard operation.name != "jira.issue.comment" else { return nil }
            guard operation.name == "slack.chat.postMessage", let schema = operation.inputSchema.objectValue else { return operation }
            var properties = schema["properties"]?.objectValue ?? [:]
            properties["channel"] = nil
            properties["room"] = ["type": "string"]
            return ConnectorOperation(
                name: operation.name, connector: operation.connector, version: "2",
                inputSchema: .object(schema.merging(["properties": .object(properties)])))
        }
        let report = SchemaChangeReport(
            from: before, to: after, bundles: [("company", try CompiledBundle.compile(policies: Self.policies("company")))])
        #expect(
            report.changes.map(\.description) == [
                "jira.issue.comment is gone", "slack.chat.postMessage.input.channel is gone", "slack.chat.postMessage.input.room is new",
            ])
        #expect(report.isBreaking && report.changes.map(\.isBreaking) == [true, true, false])
        // The guardrail on channels asks `has` first: it stays valid, and would silently match nothing. What names the operation does not.
        let broken = try #require(report.broken.first)
        #expect(broken.bundle == "company" && broken.problems.map(\.policy).contains("operators-and-flows-may-work"), "\(broken)")
        #expect(SchemaChangeReport(from: before, to: before, bundles: []).changes.isEmpty)
    }

    @Test(
        arguments: [
            (#"{"type":"string"}"#, "String"), (#"{"type":["integer","null"]}"#, "Long"),
            (#"{"type":"array","items":{"type":"boolean"}}"#, "Set<Bool>"),
            (
                #"{"type":"object","required":["a","n"],"properties":{"a":{"type":"string"},"b c":{"type":"integer"},"n":{"type":["string","null"]}}}"#,
                #"{"a": String, "b c"?: Long, "n"?: String}"#
            ), (#"{"type":"number"}"#, nil), (#"{}"#, nil), (#"{"type":["string","integer"]}"#, nil), (#"{"type":"array"}"#, nil),
        ] as [(String, String?)])
    func typesOfArguments(schema: String, type: String?) throws {
        var reasons = 0
        #expect(InputType.type(of: try JSONValue(parsing: schema)) { _ in reasons += 1 }?.description == type)
        #expect(reasons == (type == nil ? 1 : 0))
    }

    @Test func whatHasNoOneTypeIsNamed() throws {
        let operation = ConnectorOperation(
            name: "x.pay", connector: "x", version: "1",
            inputSchema: ["type": "object", "properties": ["amount": ["type": "number"], "to": ["type": "string"]]])
        let schema = ConnectorSchema(operations: [operation])
        #expect(schema.omitted.count == 1 && schema.omitted[0].hasPrefix("x.pay: input.amount: "))
        #expect(schema.text.contains(#"{"to"?: String}"#))
        #expect(throws: Never.self) { try Schema(parsing: schema.text) }
    }
}
