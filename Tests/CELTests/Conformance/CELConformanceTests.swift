import CEL
import Foundation
import JSON
import Testing

/// google/cel-spec's "simple" tests. They are not in this tree: `VECTORS` names the folder whose `cel` holds the .textproto files.
private let vectors = ProcessInfo.processInfo.environment["VECTORS"]

@Suite(.enabled(if: vectors != nil, "set VECTORS to the folder of the outside vectors"))
struct CELConformanceTests {
    /// What this part of CEL leaves out: messages and their containers, and the regular expressions of `matches`.
    static func isOutside(_ expression: String) -> Bool {
        ["TestAllTypes", "google.protobuf", "timestamp(", "duration(", ".matches(", "proto.", "optional."].contains { expression.contains($0) }
    }

    @Test func simpleTests() throws {
        let folder = URL(fileURLWithPath: vectors ?? "").appendingPathComponent("cel")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".textproto") }.sorted()
        var passed = 0
        var outside = 0
        for file in files {
            let document = try TextProto.parse(Array(Data(contentsOf: folder.appendingPathComponent(file))))
            for section in document.all("section") {
                for test in section.all("test") {
                    let source = test["expr"]?.text ?? ""
                    if Self.isOutside(source) || test["container"] != nil {
                        outside += 1
                        continue
                    }
                    let name = "\(file) \(section["name"]?.text ?? "") \(test["name"]?.text ?? "")"
                    if check(test, source, name) { passed += 1 }
                }
            }
        }
        print("cel: \(passed) passed, \(outside) outside of this part of the language, \(files.count) files")
        #expect(passed > 400)
    }

    private func check(_ test: TextProto.Value, _ source: String, _ name: String) -> Bool {
        var variables: [String: CELValue] = [:]
        for binding in test.all("bindings") {
            if let key = binding["key"]?.text, let value = binding["value"]?["value"] { variables[key] = Self.value(value) }
        }
        let result = Result { try CELExpression(parsing: source).evaluate(variables) }
        switch result {
        case .success(let value):
            let expected = test["value"].map(Self.value) ?? .bool(true)
            let holds = test["eval_error"] == nil && value.type == expected.type && (value.equals(expected) || value.isNaN && expected.isNaN)
            if !holds { Issue.record("\(name): \(source) gave \(value), wanted \(test["eval_error"] == nil ? "\(expected)" : "an error")") }
            return holds
        case .failure(let error):
            let holds = test["eval_error"] != nil
            if !holds { Issue.record("\(name): \(source): \(error)") }
            return holds
        }
    }

    private static func value(_ proto: TextProto.Value) -> CELValue {
        guard let field = proto.fields.first else { return .null }
        let value = field.value
        return switch field.name {
        case "int64_value": .int(Int64(value.text) ?? 0)
        case "uint64_value": .uint(UInt64(value.text) ?? 0)
        case "double_value": .double(Double(value.text == "Infinity" ? "inf" : value.text) ?? .nan)
        case "string_value": .string(value.text)
        case "bytes_value": .bytes(value.bytes)
        case "bool_value": .bool(value.text == "true")
        case "list_value": .list(CELList(value.all("values").map(Self.value)))
        case "map_value":
            .map(CELMap(value.all("entries").map { ($0["key"].map(Self.value) ?? .null, $0["value"].map(Self.value) ?? .null) }) ?? CELMap([:]))
        case "type_value": CELType(rawValue: value.text).map(CELValue.type) ?? .null
        default: .null
        }
    }
}

extension CELValue {
    fileprivate var isNaN: Bool { if case .double(let value) = self { value.isNaN } else { false } }
}
