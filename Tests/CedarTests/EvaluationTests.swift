import JSON
import Testing

@testable import Cedar

@Suite("Evaluation")
struct EvaluationTests {
    @Test(
        "Conditions that hold",
        arguments: [
            "true && true", "false || true", "!false", "!!true", "if 1 < 2 then true else false",
            "1 + 2 * 3 == 7", "1 - -1 == 2", "-9223372036854775808 < 0", "--5 == 5", "10 - 3 - 2 == 5",
            "principal == User::\"alice\"", "principal != User::\"bob\"", "1 != \"1\"",
            "principal in Group::\"everyone\"", "principal in [User::\"bob\", Group::\"staff\"]", "principal in principal",
            "User::\"ghost\" in User::\"ghost\"", "principal is User", "principal is User in Group::\"staff\"", "!(principal is Photo in 1)",
            "principal.age == 30", "principal[\"age\"] >= 30", "principal has age", "!(principal has height)",
            "principal has address.city", "!(principal has address.street)", "!(User::\"ghost\" has age)",
            "principal.getTag(\"team\") == \"blue\"", "principal.hasTag(\"team\")", "!User::\"ghost\".hasTag(\"team\")",
            "[1, 2, 2] == [2, 1]", "[1, 2].contains(2)", "[1, 2].containsAll([2])", "[1, 2].containsAny([2, 3])", "[].isEmpty()",
            "[[1], [2]].contains([2])", "{a: 1, \"b c\": 2} == {\"b c\": 2, a: 1}", "{a: {b: 1}}.a.b == 1",
            "\"hello\" like \"h*o\"", "\"a*b\" like \"a\\*b\"", "!(\"axb\" like \"a\\*b\")", "\"\" like \"*\"", "\"mississippi\" like \"*iss*pi\"",
            "\"\\u{e9}\" != \"e\\u{301}\"", "\"\\x41\\t\" == \"A\\u{9}\"",
            "true || 1 == principal.nothing", "!(false && principal.nothing)",
        ])
    func holds(_ condition: String) throws { #expect(try outcome(condition) == .holds) }

    @Test(
        "Conditions that err, so that their policy is skipped",
        arguments: [
            "1", "1 && true", "true && 1", "false || 1", "!1", "if 1 then true else false", "-true == 1", "\"a\" < \"b\"", "1 < \"b\"",
            "9223372036854775807 + 1 == 0", "-9223372036854775807 - 2 == 0", "9223372036854775807 * 2 == 0", "--9223372036854775808 == 0",
            "principal.height == 1", "User::\"ghost\".age == 1", "context.missing", "1 in principal", "principal in 1",
            "principal in [principal, 1]", "1 is User", "1 has age", "principal.age has x", "principal has age.x", "1.x == 1",
            "1.contains(1)", "[1].containsAll(1)", "[1].containsAny(1)", "1.isEmpty()", "principal.getTag(\"none\") == 1",
            "User::\"ghost\".getTag(\"team\") == 1", "principal.hasTag(1)", "context.hasTag(\"x\")", "1 like \"*\"",
            "decimal(\"1.0\") < decimal(\"2.0\")", "decimal()", "decimal(\"1.0\", \"2\") == 1", "ip(\"::1\").isIpv4(1)", "ip(1).isIpv4()",
        ])
    func fails(_ condition: String) throws { #expect(try errs(condition)) }

    @Test("An error names the sub-expression")
    func errorSpan() throws {
        let text = "permit(principal, action, resource) when { 1 < 2 && principal.height > 1 };"
        let response = Authorizer.isAuthorized(try request(), try PolicySet(parsing: text), try smallWorld())
        let span = try #require(response.errors.first?.error.span)
        #expect(String(decoding: Array(text.utf8)[span.lower..<span.upper], as: UTF8.self) == "principal.height")
    }

    @Test("Conditions join: every when holds and no unless does")
    func severalConditions() throws {
        let text = """
            @id("both") permit(principal, action, resource) when { true } unless { false } when { 1 < 2 };
            @id("one") permit(principal, action, resource) when { true } unless { true };
            @id("skipped") permit(principal, action, resource) when { false } when { principal.nothing };
            @id("errs") permit(principal, action, resource) when { true } when { 1 };
            """
        let response = Authorizer.isAuthorized(try request(), try PolicySet(parsing: text), try smallWorld())
        #expect(response.reasons == ["both"])
        #expect(response.errors.map(\.policy) == ["errs"])
    }

    @Test("A forbid wins, and an erring policy is skipped, also where it forbids")
    func combination() throws {
        let text = """
            @id("p") permit(principal, action, resource);
            @id("f") forbid(principal is User, action in [Action::"view", Action::"edit"], resource) when { context.blocked };
            """
        let policies = try PolicySet(parsing: text)
        let blocked = Authorizer.isAuthorized(try request(context: ["blocked": true]), policies, try smallWorld())
        #expect(blocked.decision == .deny)
        #expect(blocked.reasons == ["f"])
        #expect(blocked.satisfiedPermits == ["p"])
        let erring = Authorizer.isAuthorized(try request(), policies, try smallWorld())
        #expect(erring.decision == .allow)
        #expect(erring.errors.map(\.effect) == [.forbid])
    }

    @Test("Nothing permitted is denied, without a reason")
    func emptySet() throws {
        let response = Authorizer.isAuthorized(try request(), .empty, .none)
        #expect(response.decision == .deny)
        #expect(response.reasons.isEmpty)
    }

    @Test(
        "Scopes",
        arguments: [
            ("principal == User::\"alice\", action, resource", true), ("principal == User::\"bob\", action, resource", false),
            ("principal in Group::\"everyone\", action, resource", true), ("principal in Group::\"others\", action, resource", false),
            ("principal is User, action, resource is Photo", true), ("principal is Group, action, resource", false),
            ("principal is User in Group::\"staff\", action, resource", true), ("principal, action == Action::\"view\", resource", true),
            ("principal, action in [], resource", false), ("principal, action in Action::\"view\", resource,", true),
            ("principal == (User::\"alice\"), action in [(Action::\"view\"),], resource == Photo::\"sunset\"", true),
        ])
    func scopes(_ scope: String, _ holds: Bool) throws {
        let policies = try PolicySet(parsing: "permit(\(scope));")
        #expect((Authorizer.isAuthorized(try request(), policies, try smallWorld()).decision == .allow) == holds)
    }
}
