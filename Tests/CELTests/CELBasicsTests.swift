import CEL
import JSON
import Testing

@Suite struct CELBasicsTests {
    @Test(arguments: [
        ("1 + 2 * 3 == 7", true), ("-2 - -3 == 1", true), ("'é' == 'e\\u0301'", false), ("size('πέντε') == 5", true),
        ("false && 1/0 == 0", false), ("1/0 == 0 && false", false), ("true || nope", true), ("nope || true", true),
        ("has(a.b) && a.b == 1", true), ("has(a.c)", false), ("'b' in a", true), ("3 in [1, 2, 3u]", true),
        ("a['b'] == 1.0", true), ("[1, 2, 3].exists(x, x > 2)", true), ("[1, 2].map(x, x * 2) == [2, 4]", true),
        ("(1 < 2 ? 'y' : 'n') == 'y'", true), ("type(1u) == uint", true), ("string(12) + 'x' == '12x'", true),
        (#"r"\d" == "\\d""#, true), ("b'\\xff' == b'\\377'", true), ("int('-9223372036854775808') < 0", true),
    ])
    func value(source: String, expected: Bool) throws {
        let variables: [String: CELValue] = ["a": CELValue(["b": 1])]
        #expect(try CELExpression(parsing: source).evaluate(variables).boolValue == expected)
    }

    @Test(arguments: [
        ("1 +", 1, 4), ("a = b", 1, 3), ("(1", 1, 3), ("\n 'x", 2, 2), ("1 2", 1, 3), ("a.true", 1, 3), ("for", 1, 1), ("f(1,)", 1, 5), ("", 1, 1),
        ("9223372036854775808", 1, 1), ("'\\q'", 1, 2), ("has(a)", 1, 1), ("x and y", 1, 3), ("1e", 1, 1),
    ])
    func syntaxErrorsSayWhere(source: String, line: Int, column: Int) {
        #expect {
            _ = try CELExpression(parsing: source)
        } throws: { error in
            (error as? CELSyntaxError)?.position == CELPosition(line: line, column: column)
        }
    }

    @Test func evaluationErrorsSuggest() throws {
        let expression = try CELExpression(parsing: "triger.issue.title")
        #expect(
            throws: CELEvaluationError(
                .undeclared, "there is no variable 'triger'", suggestion: "did you mean 'trigger'?", at: CELPosition(line: 1, column: 1))
        ) {
            try expression.evaluate(["trigger": .null])
        }
    }

    @Test func overflowIsAnError() throws {
        for source in ["9223372036854775807 + 1", "0u - 1u", "-(-9223372036854775808)", "-9223372036854775808 / -1"] {
            let expression = try CELExpression(parsing: source)
            #expect { _ = try expression.evaluate() } throws: { ($0 as? CELEvaluationError)?.reason == .overflow }
        }
    }

    @Test func hostileNestingIsRefused() {
        for source in [
            String(repeating: "(", count: 5_000) + "1", String(repeating: "[", count: 5_000), "1" + String(repeating: "+1", count: 5_000),
            String(repeating: "a[", count: 4_000),
            "a" + String(repeating: ".a", count: 4_000), String(repeating: "x?x:", count: 3_000) + "x",
        ] {
            #expect(throws: CELSyntaxError.self) { try CELExpression(parsing: source) }
        }
    }

    @Test func longChainsOfLogicAreFlat() throws {
        let source = Array(repeating: "true", count: 2_000).joined(separator: " && ")
        #expect(try CELExpression(parsing: source).evaluate().boolValue == true)
    }

    @Test func stepsAreBounded() throws {
        let source =
            "[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, [1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, a+b+c+d+e > 0))))) || true"
        let expression = try CELExpression(parsing: source)
        #expect { _ = try expression.evaluate() } throws: { ($0 as? CELEvaluationError)?.reason == .limit }
    }

    @Test func doublingAStringIsBounded() throws {
        var source = "s20"
        for level in stride(from: 20, to: 0, by: -1) { source = "[s\(level - 1) + s\(level - 1)].map(s\(level), \(source))" }
        let expression = try CELExpression(parsing: source)
        #expect { _ = try expression.evaluate(["s0": .string(String(repeating: "x", count: 1_000))]) } throws: {
            ($0 as? CELEvaluationError)?.reason == .limit
        }
    }

    @Test func referencesAndUnknownFunctions() throws {
        let expression = try CELExpression(
            parsing: "steps.open.output.key == 'x' && has(trigger.a.b) && items.all(x, x.y > z) && lenght(q) == int(1)")
        #expect(expression.references.map(\.path) == [["steps", "open", "output", "key"], ["trigger", "a", "b"], ["items"], ["z"], ["q"]])
        #expect(expression.references.map(\.isPresenceTest) == [false, true, false, false, false])
        #expect(expression.unknownFunctions.map(\.name) == ["lenght"])
    }
}
