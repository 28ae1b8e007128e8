import CEL
import FoundationEssentials
import Testing

@testable import provable

@Suite struct CELTestCommandTests {
    @Test func textFormatIsRead() throws {
        let text = #"""
            # A comment.
            name: "a" 'b'  # Neighbouring strings are one.
            section { name: "\303\251\x41\n" test < expr: "1" > test: { expr: "2" } }
            values: [{ int64_value: -0x10 }, { int64_value: 017 }], doubles: [inf, -inf, 1.5f, nan];
            [type.googleapis.com/google.protobuf.Duration] { seconds: 5 }
            """#
        let document = try TextProtoReader.read(Array(text.utf8))
        #expect(document.text("name") == "ab")
        #expect(document.message("section")?.text("name") == "éA\n")
        #expect(document.message("section")?.all("test").map { $0.text("expr") } == ["1", "2"])
        #expect(document.all("values").map { $0["int64_value"]?.int } == [-16, 15])
        #expect(document.fields.filter { $0.name == "doubles" }.prefix(3).map(\.value.double) == [.infinity, -.infinity, 1.5])
        #expect(document.fields.last?.name == "[type.googleapis.com/google.protobuf.Duration]")
    }

    @Test(arguments: ["a {", "a: \"x", "a", "{", "a: [1", "[a", "a: \"\\", "a: \"\\ud800\"", String(repeating: "a {", count: 200)])
    func malformedTextIsRefused(text: String) { #expect(throws: TextProtoReader.Fault.self) { try TextProtoReader.read(Array(text.utf8)) } }

    private func run(_ tests: String) throws -> (report: SimpleTestRun.Report, lines: [String]) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cel-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("section { name: \"s\" \(tests) }".utf8).write(to: folder.appending(path: "f.textproto"))
        var lines: [String] = []
        let report = try SimpleTestRun(folder: folder).run { lines.append($0) }
        return (report, lines)
    }

    @Test(arguments: [
        #"expr: "1 + 1" value { int64_value: 2 }"#, #"expr: "true""#, #"expr: "1 / 0" eval_error { errors { message: "x" } }"#,
        #"expr: "x.y" type_env { name: "x.y" ident { type { primitive: STRING } } } bindings { key: "x.y" value { value { string_value: "a" } } } value { string_value: "a" }"#,
        #"expr: "y" container: "x" disable_check: true bindings { key: "x.y" value { value { bool_value: true } } }"#,
        #"expr: "[1]" typed_result { result { list_value { values { int64_value: 1 } } } deduced_type { list_type { elem_type { primitive: INT64 } } } }"#,
        #"expr: "f([1])" check_only: true type_env { name: "f" function { overloads { params { list_type { elem_type { type_param: "T" } } } result_type { type_param: "T" } } } } typed_result { deduced_type { primitive: INT64 } }"#,
        #"expr: "0.0 / 0.0" value { double_value: nan }"#, #"expr: "[].all(x, x)" disable_macros: true disable_check: true eval_error {}"#,
        #"expr: "t" disable_check: true bindings { key: "t" value { value { object_value { [type.googleapis.com/google.protobuf.Timestamp] { seconds: 5 } } } } } value { object_value { [type.googleapis.com/google.protobuf.Timestamp] { seconds: 5 } } }"#,
    ])
    func passes(test: String) throws {
        let (report, lines) = try run("test { name: \"t\" \(test) }")
        #expect(report == SimpleTestRun.Report(passed: 1), "\(lines)")
    }

    /// The type, too, must be as the test says, and a fault that the check finds is no error of the evaluation.
    @Test(arguments: [
        #"expr: "1 + 1" value { uint64_value: 2 }"#, #"expr: "1 + 1" value { int64_value: 3 }"#, #"expr: "1 + 'a'" eval_error {}"#,
        #"expr: "1" eval_error {}"#,
        #"expr: "1 / 0" value { int64_value: 1 }"#, #"expr: "1 +" eval_error {}"#,
        #"expr: "[1]" value { list_value { values { double_value: 1 } } }"#,
        #"expr: "[1]" typed_result { deduced_type { list_type { elem_type { dyn {} } } } }"#, #"expr: "false""#,
    ])
    func fails(test: String) throws { #expect(try run("test { name: \"t\" \(test) }").report == SimpleTestRun.Report(failed: 1)) }

    @Test(arguments: [
        (#"expr: "TestAllTypes{}""#, "the protobuf message TestAllTypes"),
        (#"expr: "x" type_env { name: "x" ident { type { message_type: "a.B" } } }"#, "message a.B"),
        (#"expr: "cel.expr.Enum.BAR""#, "type or enum cel.expr.Enum.BAR"), (#"expr: "GlobalEnum(1)""#, "the protobuf enum GlobalEnum"),
        (#"expr: "x" bindings { key: "x" value { unknown { exprs: 1 } } }"#, "unknown value"),
    ])
    func skipsWithItsReason(test: String, reason: String) throws {
        let (report, lines) = try run("test { name: \"t\" \(test) }")
        #expect(report == SimpleTestRun.Report(skipped: 1))
        #expect(lines.first?.contains(reason) == true && lines.first?.hasPrefix("skip f.textproto s/t: ") == true, "\(lines)")
    }

    @Test func theSummaryCounts() throws {
        let (report, _) = try run(#"test { expr: "true" } test { expr: "false" } test { expr: "A{}" }"#)
        #expect(report.summary == "2 run, 1 passed, 1 failed, 1 skipped")
    }
}
