import JSON
import Testing

@testable import ConnectorsCore

@Suite struct InputSchemaTests {
    let schema = InputSchema([
        "type": "object", "required": ["name"], "additionalProperties": false,
        "properties": [
            "name": ["type": "string", "minLength": 2, "maxLength": 4], "count": ["type": "integer", "minimum": 1, "maximum": 9],
            "tags": ["type": "array", "maxItems": 2, "items": ["type": "string"]], "mode": ["enum": ["a", "b"]], "ok": ["const": true],
        ],
    ])

    @Test(arguments: [
        (#"{"name":"ab","count":9,"tags":["x"],"mode":"a","ok":true}"#, []),
        (#"{}"#, ["/name is required"]),
        (#"{"name":1}"#, ["/name must be of type string, not integer"]),
        (#"{"name":"a"}"#, ["/name must have at least 2 characters"]),
        (#"{"name":"abcde"}"#, ["/name must have at most 4 characters"]),
        (#"{"name":"ab","count":0}"#, ["/count must be at least 1"]),
        (#"{"name":"ab","count":10}"#, ["/count must be at most 9"]),
        (#"{"name":"ab","count":1.5}"#, ["/count must be of type integer, not number"]),
        (#"{"name":"ab","count":2.0}"#, []),
        (#"{"name":"ab","tags":["x",2,"z"]}"#, ["/tags must have at most 2 elements", "/tags/1 must be of type string, not integer"]),
        (#"{"name":"ab","mode":"c"}"#, [#"/mode must be one of "a", "b""#]),
        (#"{"name":"ab","ok":false}"#, ["/ok must be true"]),
        (#"{"name":"ab","na/me":1}"#, ["/na~1me is not a known field: there are name, count, tags, mode, ok"]),
        (#"[]"#, ["input must be of type object, not array"]),
    ])
    func violationsNameTheField(text: String, expected: [String]) throws {
        #expect(schema.violations(of: try JSONValue(parsing: text)).map(\.text) == expected)
    }

    @Test func lengthsCountCharactersAsUnicodeScalars() throws {
        #expect(schema.violations(of: ["name": "é日x"]).isEmpty)
        #expect(schema.violations(of: ["name": "e\u{301}e\u{301}e"]).count == 1)
    }

    @Test func reportsAreBounded() {
        let many = JSONValue.array((0..<1_000).map { .int($0) })
        #expect(InputSchema(["items": ["type": "string"]]).violations(of: many).count == InputSchema.violationLimit)
    }
}
