import Testing

@testable import Cedar

@Suite("What would flip an answer")
struct CounterfactualTests {
    private static let alice = EntityUID(type: "User", id: "alice")
    private static let doc = EntityUID(type: "Doc", id: "d")
    private static let entities = [
        Entity(uid: alice, attributes: RecordValue([("clearance", .long(2))]), parents: [EntityUID(type: "Group", id: "staff")]),
        Entity(
            uid: doc,
            attributes: RecordValue([
                ("owner", .entity(EntityUID(type: "User", id: "bob"))), ("level", .long(3)), ("labels", .set(SetValue([.string("secret")]))),
            ])),
    ]

    private func request(_ context: [(Text, Value)] = []) -> Request {
        Request(principal: Self.alice, action: EntityUID(type: "Action", id: "view"), resource: Self.doc, context: RecordValue(context))
    }

    private func changes(_ policies: String, _ context: [(Text, Value)] = []) throws -> [String]? {
        try Authorizer.smallestChange(request(context), PolicySet(parsing: policies), Entities(Self.entities))?.changes.map(\.description)
    }

    @Test(
        "One place is enough",
        arguments: [
            ("permit(principal, action, resource) when { context.level > 3 };", "context.level: 2 becomes 4"),
            ("permit(principal, action, resource) when { context.level >= 10 && context.mfa };", "context.level: 2 becomes 10"),
            ("permit(principal, action, resource) when { 5 < context.level || context.mfa == false };", "context.level: 2 becomes 6"),
            ("permit(principal, action, resource) unless { context.mfa };", "context.mfa: true becomes false"),
            ("permit(principal in Group::\"boss\", action, resource);", "User::\"alice\" joins Group::\"boss\""),
            ("permit(principal, action, resource) when { principal in [Group::\"boss\"] };", "User::\"alice\" joins Group::\"boss\""),
            ("permit(principal, action, resource) when { resource.owner == principal };", "Doc::\"d\".owner: User::\"bob\" becomes User::\"alice\""),
            ("permit(principal, action, resource) when { principal.clearance >= resource.level };", "User::\"alice\".clearance: 2 becomes 3"),
            (
                "permit(principal, action, resource) when { resource.labels.contains(\"public\") && context.mfa };",
                "Doc::\"d\".labels: [\"secret\"] becomes [\"secret\", \"public\"]"
            ),
            (
                "permit(principal, action, resource); forbid(principal, action, resource) when { resource.labels.containsAny([\"secret\", \"x\"]) };",
                "Doc::\"d\".labels: [\"secret\"] becomes []"
            ),
            ("permit(principal, action, resource) when { context.reason like \"INC-*\" };", "context.reason: \"\" becomes \"INC-\""),
            ("permit(principal, action, resource) when { context has ticket && context.ticket > 7 };", "context.ticket: 8 is given"),
            ("permit(principal, action, resource) when { context.ticket > 7 };", "context.ticket: 8 is given"),
            (
                "permit(principal, action, resource) when { context.amount.lessThan(decimal(\"1.5\")) };",
                "context.amount: decimal(\"1.4999\") is given"
            ),
            (
                "permit(principal, action, resource); forbid(principal in Group::\"staff\", action, resource);",
                "User::\"alice\" leaves Group::\"staff\""
            ),
            ("permit(principal, action, resource) when { context.a.b.c == \"x\" };", "context.a.b.c: \"x\" is given"),
            ("permit(principal, action, resource) when { if context.mfa then context.level == 3 else true };", "context.level: 2 becomes 3"),
        ])
    func one(policy: String, expected: String) throws {
        #expect(try changes(policy, [("level", .long(2)), ("mfa", .bool(true)), ("reason", .string(""))]) == [expected])
    }

    @Test("An answer that allows is flipped too")
    func fromAllow() throws {
        let policies = "permit(principal, action, resource) when { context.level > 1 }; permit(principal in Group::\"staff\", action, resource);"
        #expect(try changes(policies, [("level", .long(2))]) == ["context.level: 2 becomes 1", "User::\"alice\" leaves Group::\"staff\""])
        #expect(
            try changes(policies + "forbid(principal, action, resource) when { context.stop };", [("level", .long(2)), ("stop", .bool(false))])
                == ["context.stop: false becomes true"], "one is fewer than two")
    }

    @Test("Several places where one is not enough, and what stands in the way of a permit too")
    func several() throws {
        let policies = """
            permit(principal, action, resource) when { context.a == 1 && context.b == 1 };
            forbid(principal, action, resource) when { context.a == 1 && !context.ok };
            """
        #expect(
            try changes(policies, [("a", .long(0)), ("b", .long(0)), ("ok", .bool(false))])
                == ["context.a: 0 becomes 1", "context.b: 0 becomes 1", "context.ok: false becomes true"])
    }

    @Test(
        "No advice where there is none",
        arguments: [
            "permit(principal == User::\"bob\", action, resource);", "permit(principal, action == Action::\"edit\", resource);",
            "permit(principal, action, resource is Photo);", "permit(principal, action, resource) when { false };",
            "forbid(principal, action, resource);",
        ])
    func none(policy: String) throws { #expect(try changes(policy) == nil) }

    @Test("A search that finds nothing ends")
    func bounded() throws {
        let conditions = (0..<30).map { "context.a\($0) == 1" }.joined(separator: " && ")
        let policies = (0..<300).map { _ in "permit(principal, action, resource) when { \(conditions) };" }.joined(separator: "\n")
        let context = (0..<30).map { (Text("a\($0)"), Value.long(0)) }
        #expect(try changes(policies, context) == nil)
        let cycle = "permit(principal, action, resource) when { principal in principal.clearance };"
        #expect(try changes(cycle) == nil)
    }
}
