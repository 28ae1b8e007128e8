import Cedar
import Foundation
import JSON
import Testing

@testable import provable

@Suite("Cases of Cedar's tests")
struct CedarTestRunTests {
    /// A folder with one case, which is gone when the test ends.
    private final class Folder {
        let url = FileManager.default.temporaryDirectory.appending(path: "cedar-cases-\(UUID().uuidString)")

        init(_ files: [String: String]) throws {
            for (path, text) in files {
                let file = url.appending(path: path)
                try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            }
        }

        deinit { try? FileManager.default.removeItem(at: url) }
    }

    private static let files = [
        "tests/one.json": """
        {"policies": "tests/one.cedar", "entities": "tests/entities.json", "schema": "tests/one.cedarschema", "shouldValidate": true,
         "requests": [{"principal": {"type": "U", "id": "a"}, "action": {"type": "Action", "id": "do"}, "resource": {"type": "U", "id": "a"},
           "context": {}, "validateRequest": true, "decision": "allow", "reason": ["policy0"], "errors": []}]}
        """,
        "tests/one.cedar": "permit(principal, action, resource) when { principal.n == 1 };",
        "tests/one.cedarschema": "entity U { n: Long }; action do appliesTo { principal: U, resource: U };",
        "tests/entities.json": #"[{"uid": {"type": "U", "id": "a"}, "attrs": {"n": 1}, "parents": []}]"#,
        "verdicts/one.validation.json": """
        {"policyValidation": {"strict": true, "permissive": true, "perPolicy": {"policy0": {"strict": true, "permissive": true}}},
         "entityValidation": {"perEntity": {"U::a": {}, "Action::do": {}}}, "requestValidation": [{"strict": true, "permissive": true}]}
        """,
        "schemas/one.cedarschema.json": """
        {"": {"entityTypes": {"U": {"shape": {"type": "Record", "attributes": {"n": {"type": "Long"}}}}},
              "actions": {"do": {"appliesTo": {"principalTypes": ["U"], "resourceTypes": ["U"]}}}}}
        """,
    ]

    /// The differences of the case, with one of its files replaced.
    private func differences(_ path: String = "", _ old: String = "", _ new: String = "") throws -> [String] {
        var files = Self.files
        if !path.isEmpty {
            let text = try #require(files[path])
            try #require(text.contains(old))
            files[path] = text.replacingOccurrences(of: old, with: new)
        }
        let folder = try Folder(files)
        let cases = CaseFolder(root: folder.url)
        let schemas = CaseFolder(root: folder.url.appending(path: "schemas"))
        let checks: [any CaseCheck] = [
            DecisionCheck(shapes: { try Schema(parsing: $0.schemaText) }), ValidationCheck(), SchemaCheck(folder: schemas),
            VerdictCheck(folder: CaseFolder(root: folder.url.appending(path: "verdicts"))) { test in
                try Schema(json: try schemas.document(of: test, ".cedarschema.json") ?? [:])
            },
        ]
        var lines: [String] = []
        let report = try CedarTestRun(folder: cases, checks: checks).run { lines.append($0) }
        #expect(report.cases == 1)
        #expect(report.requests == 1)
        #expect(report.differences == lines.count)
        return lines
    }

    @Test("What is as it should be differs in nothing") func same() throws { #expect(try differences() == []) }

    @Test(
        "Every verdict is compared",
        arguments: [
            ("tests/one.json", "\"allow\"", "\"deny\"", "expected [[\"deny\"]"),
            ("tests/one.json", "\"shouldValidate\": true", "\"shouldValidate\": false", "the policies are not valid, found []"),
            (
                "verdicts/one.validation.json", "\"strict\": true, \"permissive\": true, \"perPolicy\"",
                "\"strict\": false, \"permissive\": true, \"perPolicy\"", "strict: the policies are valid here"
            ),
            (
                "verdicts/one.validation.json", "{\"policy0\": {\"strict\": true, \"permissive\": true}}",
                "{\"policy0\": {\"strict\": true, \"permissive\": false}}", "permissive: policy0 is valid here"
            ),
            (
                "verdicts/one.validation.json", "\"requestValidation\": [{\"strict\": true", "\"requestValidation\": [{\"strict\": false",
                "strict: request 0 is valid here"
            ),
            ("verdicts/one.validation.json", "\"U::a\": {}", "\"U::a\": {\"strict\": false}", "the entity U::a is valid here"),
            ("schemas/one.cedarschema.json", "\"Long\"", "\"String\"", "its schema in JSON says something else"),
            ("tests/entities.json", "\"n\": 1", "\"n\": 1, \"m\": 2", "the entity U::a is not valid here"),
            ("tests/one.json", "\"context\": {}", "\"context\": {\"x\": 1}", "request 0: it is valid, found"),
        ])
    func compared(_ path: String, _ old: String, _ new: String, _ words: String) throws {
        let lines = try differences(path, old, new)
        #expect(lines.contains { $0.contains(words) }, "\(lines)")
    }
}
