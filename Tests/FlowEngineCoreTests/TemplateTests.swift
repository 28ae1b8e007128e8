import JSON
import Testing

@testable import FlowEngineCore

@Suite struct TemplateTests {
    private func resolve(_ text: JSONValue) throws -> JSONValue {
        var parser = TemplateParser()
        let template = parser.parse(text, at: "")
        #expect(parser.failures.isEmpty)
        return try template.resolve(Scope(trigger: ["n": 3, "s": "x", "none": nil, "list": [1, 2]]))
    }

    @Test(arguments: [
        (#""${trigger.n}""#, #"3"#),
        (#""n=${trigger.n}""#, #""n=3""#),
        (#""${trigger.list}""#, #"[1,2]"#),
        (#""${trigger.list}!""#, #""[1,2]!""#),
        (#""<${trigger.none}>""#, #""<>""#),
        (#""${trigger.none}""#, #"null"#),
        (#""$${trigger.n}""#, #""${trigger.n}""#),
        (#""${ {'a': '}'}['a'] }""#, #""}""#),
        (#""${\"\\\"}\"}""#, #""\"}""#),
        (#""a${trigger.s}b${trigger.s}""#, #""axbx""#),
        (#""""#, #""""#),
        (#""$5""#, #""$5""#),
        (#"{"a":["${trigger.n}","x"]}"#, #"{"a":[3,"x"]}"#),
        (#""${'''it's }'''}""#, #""it's }""#),
        (#""${r'\\'}""#, #""\\""#),
    ])
    func values(template: String, value: String) throws {
        let resolved = try resolve(JSONValue(parsing: template))
        let expected = try JSONValue(parsing: value)
        #expect(resolved == expected)
    }

    @Test func aFailureNamesItsPlace() {
        var parser = TemplateParser()
        let template = parser.parse(["a": ["${trigger.missing}"]], at: "/with")
        #expect { _ = try template.resolve(Scope(trigger: [:])) } throws: { ($0 as? ExpressionFailure)?.pointer == "/with/a/0" }
    }
}
