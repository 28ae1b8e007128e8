import JSON
import Testing

@Suite struct JSONParserTests {
    @Test(arguments: [
        ("{\"a\":1,\"a\":2}", "occurs twice"),
        ("[1,]", "a value is expected"),
        ("01", "nothing may follow"),
        ("\"\\ud800\"", "surrogate"),
        ("\"a\u{1}\"", "control character"),
        ("[1] x", "nothing may follow"),
        ("1e400", "out of range"),
        ("", "the text ends"),
        ("\"abc", "no end"),
    ])
    func refuses(text: String, reason: String) throws {
        let error = try #require(throws: JSONError.self) { _ = try JSONValue(parsing: text) }
        #expect(error.reason.contains(reason), "\(error)")
        #expect(error.line == 1)
    }

    @Test func namesLineAndColumn() throws {
        let error = try #require(throws: JSONError.self) { _ = try JSONValue(parsing: "{\n  \"é\": tru }") }
        #expect((error.line, error.column) == (2, 8))
    }

    @Test func refusesInvalidUTF8AndDepth() {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xC3, 0x28, 0x22]) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: String(repeating: "[", count: 100_000)) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: "[1,2,3]", limits: JSONLimits(size: 4, depth: 8)) }
    }

    @Test func keepsIntegersApartFromFloats() throws {
        #expect(try JSONValue(parsing: "9223372036854775807") == .int(.max))
        #expect(try JSONValue(parsing: "1.0") == .double(1))
        #expect(try JSONValue(parsing: "1") != .double(1))
    }

    @Test func comparesStringsByBytes() throws {
        let composed = try JSONValue(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(composed.objectValue?.count == 2)
        #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
    }

    @Test func indexesLargeObjects() throws {
        var object = JSONObject()
        for number in 0..<1000 { object["key\(number)"] = .int(Int64(number)) }
        object["key500"] = nil
        #expect(object["key999"] == 999)
        #expect(object["key500"] == nil)
        #expect(object.count == 999)
        #expect(try JSONValue(parsing: JSONValue.object(object).encoded()) == .object(object))
    }
}
