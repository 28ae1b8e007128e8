import FlowEngineCore
import FlowImporting
import JSON
import Testing

/// Texts that are large, deep or malformed end with an error that names the limit or the place.
@Suite struct SourceTextTests {
    private static func fault(_ text: String, limits: SourceLimits = .flow) -> SourceFault? {
        do throws(SourceFault) {
            _ = try SourceText(parsing: Array(text.utf8), limits: limits)
            return nil
        } catch { return error }
    }

    private static func importFault(_ text: String) -> SourceFault? {
        do throws(SourceFault) {
            _ = try FlowImporter.importing(Array(text.utf8), name: "x")
            return nil
        } catch { return error }
    }

    @Test func linesAreKnown() throws {
        let json = try SourceText(parsing: Array("{\n\"a\": [1,\n{\"b/c\": 2}],\n\"d\": \"}\"}".utf8), limits: .flow)
        #expect(json.lines == ["": 1, "/a": 2, "/a/0": 2, "/a/1": 3, "/a/1/b~1c": 3, "/d": 4])
        let yaml = try SourceText(parsing: Array("a:\n  - 1\n  - b: x\nc: on".utf8), limits: .flow)
        #expect(yaml.lines["/a/1/b"] == 3 && yaml.lines["/c"] == 4)
        #expect(yaml.value == ["a": [1, ["b": "x"]], "c": "on"])
    }

    @Test(arguments: [
        ("{\"a\": }", "line 1, column 7"), ("{\"a\": 1, \"a\": 2}", "occurs twice"), ("a: 1\na: 2", "twice"), ("a: [1\nb: 2", "line 2"),
        ("a: *gone", "alias"), ("a: &x 1\nb: {<<: {c: 1}}", "merge keys"), ("? [1, 2]\n: 3", "a key is no text"),
        ("a: &a [1]\n? [*a]\n: 3", "write the aliases out"), ("", "the text is empty"),
    ])
    func faultsHaveAPlaceAndAReason(text: String, reason: String) {
        let fault = Self.fault(text)
        #expect(fault?.description.contains(reason) == true, "\(String(describing: fault))")
        #expect(fault?.fix.isEmpty == false)
    }

    @Test func limitsAreNamed() {
        #expect(Self.fault("{\"a\": \"" + String(repeating: "x", count: 10 << 20) + "\"}")?.reason == "the text is larger than 1 MiB")
        #expect(Self.fault(String(repeating: "[", count: 500_000))?.reason.contains("deeper than 64") == true)
        #expect(Self.fault("a: " + String(repeating: "[", count: 70) + String(repeating: "]", count: 70))?.reason.contains("deeper than 64") == true)
        // libyaml's own limit, far from the end of the stack.
        #expect(Self.fault("a: " + String(repeating: "[", count: 200_000)) != nil)
        #expect(Self.importFault("<a>" + String(repeating: "<b>", count: 100_000))?.reason.contains("deeper than 64") == true)
        #expect(Self.importFault("<a>" + String(repeating: "x", count: 10 << 20) + "</a>")?.reason == "the text is larger than 8 MiB")
    }

    /// Each line is ten times the one before: unfolded, they are a thousand million values.
    @Test func aliasesAreCountedAsTheyUnfold() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<9 { text += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n" }
        #expect(Self.fault(text)?.reason == "the text unfolds to more than 100000 values")
    }

    @Test(arguments: [
        "<!DOCTYPE a [<!ENTITY b \"cc\">]><a>&b;</a>", "<?xml version=\"1.0\"?><!-- x --><!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
        "<?xml version=\"1.0\" encoding=\"UTF-7\"?><a/>",
    ])
    func entitiesAreNotRead(text: String) { #expect(Self.importFault(text)?.reason.contains("document type") == true) }

    @Test(arguments: ["<a><b></a>", "<a", "<a>&b;</a>", "<a></a><b/>"])
    func malformedXMLHasALine(text: String) { #expect((Self.importFault(text)?.line ?? 0) > 0) }

    @Test func indentedJSONIsTheSame() throws {
        let value = try JSONValue(
            parsing: "{\"a\": [\(Array(repeating: "{\"b\": [1, {}, [], \"x\"]}", count: 30).joined(separator: ","))], \"c\": null}")
        #expect(try JSONValue(parsing: value.indented()) == value)
    }
}
