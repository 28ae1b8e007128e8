import CEL
import Testing

/// The syntax of RE2.
@Suite struct PatternTests {
    @Test(arguments: [
        ("", "abc", true), ("b", "abc", true), ("^b", "abc", false), ("c$", "abc", true), ("a.c", "a\nc", false), ("(?s)a.c", "a\nc", true),
        ("^b$", "a\nb\nc", false), ("(?m)^b$", "a\nb\nc", true), ("^(a|bc)+$", "abcabc", true), ("^a{2,3}$", "aaaa", false),
        ("^a{2,}$", "aaaa", true),
        ("^a{,3}$", "a{,3}", true), ("[^a-c]", "abc", false), ("[]a]", "]", true), ("[a\\-z]", "-", true), ("^[\\d\\s]+$", "1 2", true),
        ("\\D", "12", false),
        ("(?i)straße", "STRAßE", true), ("(?i)[k-l]", "\u{212A}", true), ("(?i:a)b", "Ab", true), ("(?i:a)b", "AB", false),
        ("\\bfoo\\b", "a foo b", true),
        ("\\bfoo\\b", "afoo", false), ("\\p{Lu}", "é", false), ("\\p{Lu}", "É", true), ("\\pN", "५", true), ("\\P{L}", "a", false),
        ("[[:^alpha:]]", "a1", true),
        ("\\x41\\x{1F600}", "A😀", true), ("\\Qa.b\\E", "a.b", true), ("\\Qa.b\\E", "axb", false), ("(?P<name>x)(?<other>y)", "xy", true),
        ("\\A.\\z", "é", true),
        ("^(?:a*)*$", "aaaaab", false), ("(a|)*b", "aab", true), ("a??b", "ab", true), ("\\.", "a", false), ("\\101", "A", true),
        ("(?U)a+", "a", true), ("x*", "", true),
    ])
    func matches(pattern: String, text: String, expected: Bool) throws {
        let variables: [String: CELValue] = ["p": .string(pattern), "t": .string(text)]
        #expect(try CELExpression(parsing: "t.matches(p)").evaluate(variables).boolValue == expected)
    }

    @Test(arguments: [
        "(", ")", "[", "a**", "*", "\\1", "(?=a)", "(?!a)", "(?<=a)", "\\", "[b-a]", "a{2,1}", "a{1001}", "\\p{Greek}", "\\y", "(?P<>a)", "[[:foo:]]",
        "\\x{110000}",
    ])
    func malformedPatternsAreErrors(pattern: String) {
        #expect(outcome("'a'.matches(p)", ["p": .string(pattern)]) == "error: invalid argument")
    }

    @Test func hostilePatternsCostNoMoreThanTheirLimit() {
        let text: CELValue = .string(String(repeating: "a", count: 10_000))
        for pattern in [
            "^(a+)+$", "(a*)*b", "(a|a|a)*b", "((a{1,10}){1,10}){1,10}b", String(repeating: "(", count: 99) + String(repeating: ")*", count: 99),
        ] {
            let result = outcome("t.matches(p)", ["t": text, "p": .string(pattern)])
            #expect(["true", "false", "error: limit"].contains(result))
        }
        #expect(outcome("t.matches('((a{1000}){1000}){1000}')", ["t": text]) == "error: limit")
        #expect(outcome("'a'.matches(p)", ["p": .string(String(repeating: "(", count: 200))]) == "error: limit")
    }
}
