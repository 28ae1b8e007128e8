import Cedar
import Testing

@testable import SessionRules

@Suite("Reading session rules")
struct ParsingTests {
    private func fault(_ text: String, schema: EventSchema = .standard, limits: RuleLimits = .default) -> RuleDiagnostic? {
        do {
            _ = try SessionRuleSet(parsing: text, schema: schema, limits: limits)
            return nil
        } catch {
            return error.diagnostics.first
        }
    }

    @Test("What is left is Cedar, and stands where it stood")
    func plainText() throws {
        let text = """
            @id("a") // temporal { in a comment }
            permit(principal, action, resource)
            when temporal {
                formerly within 1h Action::"read"::request{ input.note: "} temporal { \\" }" }
            }
            unless { context.temporal == 1 };
            @id("b") forbid(principal, action, resource) when { context.n > 3 && temporal { previous within 5s Action::"pay"::request{} } };
            """
        let rules = try SessionRuleSet(parsing: text)
        #expect(rules.policies.policies.map(\.id) == ["a", "b"])
        #expect(Set(rules.rules.map(\.policy)) == ["a", "b"])
        let names = Dictionary(uniqueKeysWithValues: rules.rules.map { ($0.policy, $0.name) })
        #expect(rules.plainText.contains("when {context.session.\(try #require(names["a"]))}"))
        #expect(rules.plainText.contains("context.n > 3 && (context.session.\(try #require(names["b"])))"))
        #expect(rules.policies.policies[1].position.line == 7)
        #expect(Set(rules.rules.map(\.line)) == [3, 7])
        #expect(rules.policiesToValidate.policies.map(\.id) == ["a", "b"])
        #expect(rules.policiesToValidate.policies.map(\.span) == rules.policies.policies.map(\.span))
    }

    @Test(
        "Faults say where, what was expected, and what would do",
        arguments: [
            (#"formerly within 1h Action::"x"::request{"#, "never closed"), (#"formerly within 1h Action::"x"::request{ 1 }"#, "a name"),
            (#"formerly Action::"x"::request{}"#, "needs a window"),
            (#"formerly within 1w Action::"x"::request{}"#, "`s`, `m`, `h` or `d`"),
            (#"formerly within 1h Action::"x"{}"#, "expected `==`"),
            (#"formerly within 1h Action::"x"::request{ input.a: y }"#, "bound by nothing"),
            (#"formerly within 1h Action::"x"::request{} || true == true"#, "there is no `||`"),
            (#"exists (a: Long). (a > 1 && formerly within 1h Action::"x"::request{ input.a: a })"#, "before anything says"),
            (#"exists (a: Long). (a > 1 && a < 3)"#, "nothing says which values"),
            (#"(sum z for (a: Long). where Action::"x"::request{ input.a: a }) > 0"#, "not declared behind `for`"),
            (#"count_within(1h, Action::"x"::request{})"#, "a number, and no condition"),
            (#"count_withn(1h, Action::"x"::request{}) > 1"#, "no temporal macro"),
            (#"count_within(Action::"x"::request{}) > 1"#, "takes 2 arguments"),
            (#"bind(3, count_within(1h, Action::"x"::request{}), n > 1)"#, "the name of a variable"),
            (#"formerly within 1h Action::"x"::request{ input.a: count for (t: Timepoint). where tp(t) }"#, "can only be compared"),
            (#"context.input.tags == ["a"]"#, "lists cannot be compared"),
            (#"formerly within 99999999999999h Action::"x"::request{}"#, "too long"),
            ("", "the block is empty"), ("?x", "means nothing outside of a macro"), (#"decimal("1.23456") == context.a"#, "not a decimal"),
        ])
    func faults(block: String, told: String) throws {
        let found = try #require(fault("permit(principal, action, resource)\n  when temporal { \(block) };"))
        #expect(found.description.contains(told), "\(found)")
        #expect(found.line == 2)
        #expect(found.column > 7)
    }

    @Test("A condition is called the same in every text, whatever its variables are called")
    func names() throws {
        let one = try SessionRuleSet(parsing: permit(#"bind(n, count_within(1h, Action::"pay"::request{}), n > 3)"#))
        let other = try SessionRuleSet(
            parsing: "forbid(principal, action, resource) when { 1 > 2 };"
                + permit(
                    #"exists (m: Long). ((count for (t: Timepoint). where (formerly within 60m (Action::"pay"::request{} && tp(t)))) == m && m > 3)"#)
                + permit(#"bind(n, count_within(1h, Action::"pay"::request{}), n > 4)"#))
        #expect(other.rules.map(\.name).contains(one.rules[0].name))
        #expect(Set(other.rules.map(\.name)).count == 2)
    }

    @Test("Faults of Cedar are told where they stand, also behind macros and blocks")
    func placesBehind() throws {
        let text = """
            def cedar few(?n) { ?n < 3 };
            permit(principal, action, resource) when { few(context.n) } when temporal {
              formerly within 1h Action::"x"::request{}
            } when { context.x = 3 };
            """
        let found = try #require(fault(text))
        #expect((found.line, found.column) == (4, 20))
        #expect(found.message.contains("`=`"))
    }

    @Test("All faults of a text are told together")
    func together() {
        let text = """
            permit(principal, action, resource) when temporal { formerly };
            permit(principal, action, resource) when { 1 = 1 };
            permit(principal, action, resource) when temporal { exists (a: Long). a > 1 };
            """
        do {
            _ = try SessionRuleSet(parsing: text)
            Issue.record("it was accepted")
        } catch {
            #expect(error.diagnostics.map(\.line) == [1, 2, 3])
        }
    }

    @Test("Macros are templates: of conditions, of numbers, of Cedar")
    func macros() throws {
        let text = """
            def temporal once(?w, ?s) { formerly within ?w ?s };
            def temporal of(?s, ?u) { formerly within 1h (?s{ input.user: ?u }) };
            def cedar few(?n, ?m) { ?n + 1 < ?m };
            permit(principal, action, resource) when { few(few2(context.n), 3) && temporal { once(1h, Action::"x"::request{}) } };
            def cedar few2(?n) { if ?n > 1 then ?n else 0 };
            permit(principal, action, resource) when temporal { of(Action::"x"::request{}, context.input.user) && sum_within(a, 1d, Action::"x"::request{ input.amount: a }) > 3 };
            """
        let rules = try SessionRuleSet(parsing: text)
        #expect(rules.rules.count == 2)
        #expect(rules.plainText.contains("((if (context . n ) > 1 then (context . n ) else 0 ) )") || rules.plainText.contains("+ 1 <"))
        #expect(fault("def temporal count(?a) { ?a }; permit(principal, action, resource);")?.message.contains("cannot be called") == true)
        #expect(fault("def temporal a(?x) { ?y }; permit(principal, action, resource);")?.message.contains("no parameter") == true)
        #expect(fault("def temporal a(?x) { a(?x) }; permit(principal, action, resource);")?.message.contains("cannot call a macro") == true)
    }

    @Test("Limits of size, depth and parts are named")
    func limits() throws {
        let deep = String(repeating: "(", count: 200) + #"Action::"x"::request{}"# + String(repeating: ")", count: 200)
        #expect(fault("permit(principal, action, resource) when temporal { \(deep) };")?.message == "conditions are nested deeper than 64 levels")
        let doubled = (0..<12).reduce(#"Action::"x"::request{}"#) { text, _ in "both(\(text), \(text.count < 40 ? text : "Action::\"x\"::request{}"))"
        }
        let many = "def temporal both(?a, ?b) { ?a && ?a && ?b }; permit(principal, action, resource) when temporal { \(doubled) };"
        #expect(fault(many)?.message.contains("more than 4000 parts") == true)
        let big =
            "def cedar twice(?a) { ?a + ?a }; permit(principal, action, resource) when { \((0..<40).reduce("1") { text, _ in "twice(\(text))" }) > 0 };"
        #expect(fault(big)?.message.contains("longer than") == true)
        #expect(fault("permit(principal, action, resource);", limits: RuleLimits(size: 10))?.message.contains("at most 10") == true)
    }

    @Test("What cannot be meant is found: windows of nothing, kinds and fields that are not, conditions without events")
    func findings() throws {
        let schema = try EventSchema(parsing: "max_window = 2h\ndecision event <A>::request { ...inputs(A), meta: { id: String } }")
        func findings(_ block: String) throws -> [String] {
            try SessionRuleSet(parsing: permit(block), schema: schema).findings().map(\.message)
        }
        #expect(try findings(#"formerly within 2h Action::"x"::request{ meta.id: "a", input.b: 1 }"#).isEmpty)
        #expect(try findings(#"formerly within 0s Action::"x"::request{}"#).first?.contains("window of zero") == true)
        #expect(try findings(#"formerly within 3h Action::"x"::request{}"#).first?.contains("7200 s") == true)
        #expect(try findings(#"formerly within 1h Action::"x"::response{}"#).first?.contains("no kind of event") == true)
        #expect(try findings(#"formerly within 1h Action::"x"::request{ meta.no: 1 }"#).first?.contains("no field `meta.no`") == true)
        #expect(try findings(#"formerly within 1h Action::"x"::request{ meta: 1 }"#).first?.contains("no field `meta`") == true)
        #expect(try findings(#"context.input.a == 1 && Action::"x"::request{}"#).first?.contains("does not depend on any event") == true)
    }
}
