import CEL
import Foundation
import JSON
import Testing

/// Whatever is written, an expression ends, in bounded space, and says which limit it met.
@Suite struct LimitTests {
    private func complaint(_ source: String, _ variables: [String: CELValue] = [:]) -> String {
        do {
            _ = try CELExpression(parsing: source).evaluate(variables).json()
            return ""
        } catch { return "\(error)" }
    }

    @Test(arguments: [
        ("s + s + s + s", "text of more than 1048576 bytes"), ("[s, s, s, s].join(s)", "text of more than"),
        ("lists.range(1000000)", "more than 100000 elements"), ("lists.range(9223372036854775807)", "more than 100000 elements"),
        ("lists.range(99999).all(x, lists.range(99999).all(y, true))", "more than 100000 steps"),
        ("'%.1000f'.format([1.0]) + '%.1001f'.format([1.0])", "at most 1000"),
        ("'a'.matches('(a{1000}){1000}')", "10000 steps"),
    ])
    func theLimitIsNamed(source: String, expected: String) {
        let text: CELValue = .string(String(repeating: "y", count: 300_000))
        #expect(complaint(source, ["s": text]).contains(expected))
    }

    @Test(arguments: [
        "lists.range(-9223372036854775808)", "'x'.split('x', -9223372036854775808)", "[1].flatten(9223372036854775807)",
        "math.bitShiftLeft(1, 9223372036854775807)",
    ])
    func theEndsOfTheRangeOfIntDoNoHarm(source: String) { #expect(complaint(source) == "") }

    /// Each value holds the one before it ten times: small in memory, endless to walk.
    private func shared(_ levels: Int, _ body: String) -> String {
        var source = body
        for level in stride(from: levels, to: 0, by: -1) {
            let parts = Array(repeating: "v\(level - 1)", count: 10).joined(separator: ",")
            source = "cel.bind(v\(level), [\(parts)], \(source))"
        }
        return "cel.bind(v0, [1], \(source))"
    }

    @Test func sharedValuesAreNotWalkedForEver() {
        #expect(complaint(shared(20, "v20 == v20")).contains("steps"))
        #expect(complaint(shared(20, "'%s'.format([v20])")).contains("steps"))
        #expect(complaint(shared(20, "v20.flatten(50)")).contains("limit") || complaint(shared(20, "v20.flatten(50)")).contains("more than"))
        #expect(complaint(shared(20, "v20")).contains("bytes as JSON"))
        let value = try? CELExpression(parsing: shared(20, "v20")).evaluate()
        #expect((value?.description.utf8.count ?? 0) < 200_000)
    }

    /// Types that hold the one before twice, or a hundred deep, and a schema that refers to itself.
    @Test func typesAreNotWalkedForEver() throws {
        var doubled = "v20"
        var deep = "v20"
        for level in stride(from: 20, to: 0, by: -1) {
            doubled = "cel.bind(v\(level), {v\(level - 1): v\(level - 1)}, \(doubled))"
            deep = "cel.bind(v\(level), [[[[[[[[v\(level - 1)]]]]]]]], \(deep))"
        }
        for source in ["cel.bind(v0, 1, \(doubled)) == {}", "cel.bind(v0, 1, \(deep)) == []"] {
            let check = try CELExpression(parsing: source).check(CELEnvironment(variables: [:]))
            #expect(!check.hasErrors)
            #expect(check.type == .bool)
        }
        let schema = JSONValue.object([
            "$defs": ["a": ["properties": ["x": ["$ref": "#/$defs/a"], "y": ["$ref": "#/$defs/a"]]]], "$ref": "#/$defs/a",
        ])
        guard case .object(let object) = CELStaticType(jsonSchema: schema) else {
            Issue.record("no object")
            return
        }
        #expect(object.members.keys.sorted() == ["x", "y"])
    }

    @Test func deepValuesAreRefused() {
        let values = (1...300).map { "[cel.index(\($0 - 1))]" }.joined(separator: ", ")
        #expect(complaint("cel.block([[1], \(values)], cel.index(300))").contains("nested deeper than 200 levels"))
    }

    /// The deepest expression that is accepted is parsed, checked, evaluated and written out on half the stack
    /// that a thread has, in a debug build; a release build needs a tenth of it.
    @Test(arguments: [
        ("(", ")", "1"), ("[", "]", "1"), ("-(", ")", "1"), ("{'a': ", "}", "1"), ("[1].map(x, ", ")", "1"), ("[1].exists(x, ", ")", "true"),
        ("!(", ")", "true"),
        ("(true ? ", " : 1)", "1"), ("optional.of(", ")", "1"), ("1 + (", ")", "1"), ("cel.bind(x, 1, ", ")", "x"), ("(true && ", ")", "true"),
        ("size([", "])", "1"),
        ("[1].transformMapEntry(i, v, {i: ", "})", "1"), ("optional.of(1).optMap(x, ", ")", "1"), ("[1].sortBy(x, ", ")[0]", "1"),
    ])
    func depthIsBoundedBeforeTheStackIs(opening: String, closing: String, inner: String) async {
        var deepest = 0
        for levels in 1...100 {
            let source = String(repeating: opening, count: levels) + inner + String(repeating: closing, count: levels)
            guard let expression = try? CELExpression(parsing: source) else { break }
            deepest = levels
            if levels % 10 == 0 || levels > 40 { await onSmallStack { Self.exercise(expression) } }
        }
        #expect((20..<100).contains(deepest))
    }

    private static func exercise(_ expression: CELExpression) {
        _ = expression.check(CELEnvironment(variables: [:]))
        _ = expression.references
        guard let value = try? expression.evaluate() else { return }
        _ = try? value.json()
        _ = value.equals(value)
        _ = value.description
    }

    private func onSmallStack(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            let thread = Thread {
                body()
                continuation.resume()
            }
            thread.stackSize = 4 << 20
            thread.start()
        }
    }
}
