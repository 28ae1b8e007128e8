import JSON
import Testing

@testable import ConnectorsCore

@Suite struct TemplateTests {
    let scope: JSONObject = ["input": ["name": "a b/c?d", "count": 3, "tags": ["x", "y"], "up": "..", "line": "one\ntwo\n\nthree"]]

    @Test func aLoneReferenceKeepsItsType() throws {
        #expect(try TextTemplate("${input.count}").value(in: scope) == 3)
        #expect(try TextTemplate("${input.tags.1}").value(in: scope) == "y")
        #expect(try TextTemplate("n=${input.count}").value(in: scope) == "n=3")
        #expect(try TextTemplate("${input.absent}").value(in: scope) == nil)
    }

    @Test func membersThatReferToNothingAreLeftOut() throws {
        let template = try JSONTemplate(["a": "${input.count}", "b": "${input.absent}", "c": ["fixed", "${input.tags}"]])
        #expect(try template.value(in: scope) == ["a": 3, "c": ["fixed", "x", "y"]])
    }

    @Test func whatFillsAPathStaysOneSegment() throws {
        let request = RequestTemplate(
            method: "GET", path: try TextTemplate("/things/${input.name}"), query: [.init(name: "q", value: try TextTemplate("${input.name}&x=1"))],
            headers: [])
        let rendered = try request.render(scope)
        #expect(rendered.path == "/things/a%20b%2Fc%3Fd")
        #expect(rendered.query == "q=a%20b%2Fc%3Fd%26x%3D1")
    }

    @Test(arguments: ["..", ".", ""])
    func aSegmentThatClimbsIsRefused(text: String) throws {
        let request = RequestTemplate(method: "GET", path: try TextTemplate("/things/${input.x}"), query: [], headers: [])
        #expect(throws: TemplateError.self) { try request.render(["input": ["x": .string(text)]]) }
    }

    @Test func aHeaderCannotBeginAnother() throws {
        let request = RequestTemplate(
            method: "GET", path: try TextTemplate("/"), query: [], headers: [.init(name: "X", value: try TextTemplate("${input.x}"))])
        #expect(throws: TemplateError.self) { try request.render(["input": ["x": "a\r\nAuthorization: b"]]) }
    }

    @Test func textBecomesAnAtlassianDocument() throws {
        let document = try TextTemplate("${input.line | adf}").value(in: scope)
        #expect(document?["type"] == "doc" && document?["version"] == 1)
        #expect(document?["content"]?.arrayValue?.count == 2)
        #expect(document?["content"]?[0]?["content"]?.arrayValue?.map { $0["type"] ?? .null } == ["text", "hardBreak", "text"])
    }

    @Test(arguments: ["${", "${}", "${a..b}", "${a | b | c}", "${a | nope}"])
    func whatIsNoTemplateIsRefused(text: String) { #expect(throws: TemplateError.self) { try TextTemplate(text) } }
}
