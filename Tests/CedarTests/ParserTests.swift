import Testing

@testable import Cedar

@Suite("Parser")
struct ParserTests {
    @Test(
        "What Cedar refuses",
        arguments: [
            "isIpv4(ip(\"::1\"))", "[1].contains(1, 2)", "[1].isEmpty(1)", "contains([1], 1)", "foo(1)", "principal is (User)", "principal has if",
            "context.if == 1", "{if: 1} == 1", "{a: 1, a: 2}.a == 1", "Foo::principal == 1", "principal == __cedar::\"x\"", "principal has __cedar",
            "principal has a.\"b\"", "principal has \"a\".b", "principal has a[\"b\"]", "\"\\u{_61}\" == 1", "\"\\u{0000061}\" == 1",
            "\"\\x80\" == 1",
            "-(9223372036854775808) < 0", "9223372036854775808 > 0", "!!!!!true", "!-1 == 1", "-!true", "1 == 1 == true", "1 < 2 < 3",
            "true || if true then true else false", "principal is in Group::\"x\"", "1 = 1", "7 / 2 == 3", "7 % 2 == 1", "context[a] == 1",
            "\"a\" like a", "\"a\" like \"a\" + \"b\"", "a::b::c == 1", "User::{id: \"x\"} == 1", "principal == ?principal", "permit == 1",
            "'a' == 1", "__cedar == 1", "\"a\\*\" == 1", "\"a\rb\" == 1", "\"\\\n\" == 1", "principal()", "1(2)", "principal.foo(1)", "", "1 +", "(1",
            "[1",
        ])
    func refused(_ condition: String) {
        #expect(!diagnostics("permit(principal, action, resource) when { \(condition) };").isEmpty)
    }

    @Test(
        "Policies that Cedar refuses",
        arguments: [
            "@a(\"1\") @a(\"2\") permit(principal, action, resource);", "permit(principal, action in [[Action::\"x\"]], resource);",
            "permit(principal, action == Foo::\"x\", resource);", "permit(action, principal, resource);",
            "permit(principal: User, action, resource);",
            "permit(principal, action, resource)", "permit(principal, action, resource) when {};", "permit(principal, action, resource) if {true};",
            "permit(principal is User == User::\"a\", action, resource);", "permit(principal, action is Action, resource);",
            "allow(principal, action, resource);",
            "\u{FEFF}permit(principal, action, resource);", "permit(principal == ?resource, action, resource);",
            "permit(principal, action == ?action, resource);", "permit(principal, action, resource == ?other);",
            "permit(principal < 1, action, resource);",
            "permit(principal, action);", "permit(principal, action, resource, context);", "permit(principal == \"alice\", action, resource);",
        ])
    func refusedPolicies(_ text: String) { #expect(!diagnostics(text).isEmpty) }

    @Test(
        "Policies that Cedar accepts",
        arguments: [
            "", "// nothing", "@a permit(principal, action, resource);", "@if(\"x\") permit(principal, action, resource,);",
            "permit(principal is resource, action, resource);", "permit(principal,\u{A0}action, resource);",
            "permit(principal == User :: \"a\", action, resource);",
            "permit(principal, action, resource) when { \"a\nb\" == \"a\\nb\" && principal::\"x\" != principal && [1,].contains(1) && {a:1,}.a == 1 };",
            "permit(principal, action == A::Action::\"x\", resource) when { principal has principal && (if true then true else 1) };",
            "permit(principal, action, resource) when { -1.foo == 1 && !!!!true && \"\\'\" == \"'\" }; // end",
        ])
    func accepted(_ text: String) { #expect(diagnostics(text) == []) }

    @Test("All faults are reported, each with its line, its column and what to write instead")
    func diagnosticsText() {
        let text = """
            permit(principal, action, resource) when { principal.age = 3 };
            permit(principal, action, resource) when { "é" == "x" and true };
            permit(principal, action, resource) when { [1].contain(1) };
            permit(principal, action, resource);
            forbid(principal, action, resource) when { dezimal("1.0") == 1 }
            """
        #expect(
            diagnostics(text).map(\.description) == [
                "line 1, column 58: `=` is no operator (use `==` to compare)",
                "line 2, column 55: expected an operator or `}`, found `and` (use `&&`)",
                "line 3, column 48: there is no method `contain` (did you mean `contains`?)",
                "line 5, column 44: there is no function `dezimal` (did you mean `decimal`?)",
                "line 5, column 65: expected `;` or another condition, the text ends (end the policy with `;`)",
            ])
    }

    @Test("Several faults of one policy, and bad characters, are found in one pass")
    func recovery() {
        let text = """
            permit(principal, action, resource) when { 1 + } unless { {a: 1 == 2} like } when { true } if;
            permit(principal, action, resource) when { context.a & context.b };
            permit(principal, action, resource) unless { context.ä } when { principal is "User" };
            permit(principal, action, resource) when { context.a == "open };
            """
        #expect(
            diagnostics(text).map(\.description) == [
                "line 1, column 48: expected an expression, found `}`",
                "line 1, column 76: expected a pattern in quotes, such as \"*.example.com\", found `}`",
                "line 1, column 92: expected `when`, `unless` or `;`, found `if`",
                "line 2, column 54: `&` means nothing here (did you mean `&&`?)",
                "line 3, column 54: `ä` means nothing here",
                "line 3, column 78: expected the name of an entity type, found `\"User\"` (leave the quotes out)",
                "line 4, column 57: the string that begins here has no closing quote (add `\"`)",
            ])
    }

    @Test("The limits are named in the faults")
    func limits() {
        func found(_ text: String, _ limits: SyntaxLimits) -> [String] {
            do throws(PolicySyntaxError) {
                _ = try PolicySet(parsing: text, limits: limits)
                return []
            } catch {
                return error.diagnostics.map(\.message)
            }
        }
        let policy = "permit(principal, action, resource) when { ((true)) && [1, 2, 3].contains(1) };"
        #expect(found(policy, SyntaxLimits(size: 40, depth: 9, nodes: 99, diagnostics: 9)) == ["the text has 79 bytes; at most 40 are accepted"])
        #expect(found(policy, SyntaxLimits(size: 99, depth: 1, nodes: 99, diagnostics: 9)) == ["expressions are nested deeper than 1 levels"])
        #expect(found(policy, SyntaxLimits(size: 99, depth: 2, nodes: 5, diagnostics: 9)) == ["a policy has more than 5 expressions"])
        #expect(found(String(repeating: "x;", count: 40), SyntaxLimits(size: 99, depth: 2, nodes: 5, diagnostics: 3)).count == 3)
        #expect(found(policy, .default) == [])
    }

    @Test("A policy without its semicolon points at the next one")
    func missingSemicolon() {
        let found = diagnostics("permit(principal, action, resource)\npermit(principal, action, resource);")
        #expect(
            found.map(\.description) == ["line 2, column 1: expected `when`, `unless` or `;`, found `permit` (end the policy before it with `;`)"])
    }

    @Test("Annotations and ids")
    func annotations() throws {
        let text = "@id(\"first\") @gate(\"approval\") @note permit(principal, action, resource); permit(principal, action, resource);"
        let set = try PolicySet(parsing: text)
        #expect(set.policies.map(\.id) == ["first", "policy1"])
        #expect(set.policies[0].annotations["gate"] == "approval")
        #expect(set.policies[0].annotations["note"] == "")
        #expect(set.policies[0].annotations["none"] == nil)
        #expect(try PolicySet(parsing: text, naming: .byPosition).policies.map(\.id) == ["policy0", "policy1"])
    }

    @Test("An id may be taken once")
    func duplicateIDs() {
        let found = diagnostics("@id(\"x\") permit(principal, action, resource);\n@id(\"x\") permit(principal, action, resource);")
        #expect(found.map(\.description) == ["line 2, column 1: the id \"x\" is taken by the policy at line 1, column 1"])
    }
}
