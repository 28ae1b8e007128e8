import Testing

@testable import Cedar

@Suite("Validation of policies")
struct ValidatorTests {
    private static let schema = """
        entity User in [Group] { name: String, age: Long, nick?: String, home: { city: String, zip?: Long }, boss?: User, tier: Tier } tags Set<String>;
        entity Group in [Group];
        entity Tier enum ["free", "paid"];
        entity Doc { owner: User, ip?: ipaddr, score: decimal, at: datetime, parts: Set<Long> };
        action read, write in [all] appliesTo { principal: [User], resource: [Doc], context: { mfa: Bool, from?: ipaddr } };
        action admin in [all] appliesTo { principal: [User, Group], resource: [Doc, Group] };
        action all;
        """

    private func findings(_ policy: String, _ mode: ValidationMode = .strict) throws -> [ValidationFinding] {
        try PolicyValidator(Schema(parsing: Self.schema), mode: mode).validate(policy).result.findings
    }

    private func codes(_ condition: String, _ mode: ValidationMode = .strict) throws -> [ValidationFinding.Code] {
        try findings("permit(principal is User, action == Action::\"read\", resource) when { \(condition) };", mode).map(\.code)
    }

    @Test(
        "What can be evaluated is valid",
        arguments: [
            "principal.name == \"a\"", "principal has nick && principal.nick like \"a*\"", "principal.home has zip && principal.home.zip > 3",
            "principal has boss.boss.nick && principal.boss.boss.nick == \"x\"", "principal.hasTag(\"t\") && principal.getTag(\"t\").contains(\"x\")",
            "principal has nick && (if principal.age > 3 then principal.nick == \"x\" else false)", "principal in Group::\"g\"",
            "principal.tier == Tier::\"paid\"",
            "context has from && context.from.isInRange(ip(\"10.0.0.0/8\"))", "resource.score.lessThan(decimal(\"1.5\"))",
            "resource.at < datetime(\"2024-01-01\")",
            "resource.parts.containsAll([1, 2])", "(principal has nick || principal has boss) && true",
            "if principal has nick then principal.nick == \"x\" else true", "resource.owner == principal", "principal.age + 1 > -3",
        ])
    func accepts(_ condition: String) throws { #expect(try codes(condition) == []) }

    @Test(
        "What may err is not, and is told by its kind",
        arguments: [
            ("principal.nme == \"a\"", .unknownAttribute), ("principal.nick == \"a\"", .unsafeAttribute),
            ("!(principal has nick) && principal.nick == \"x\"", .unsafeAttribute),
            ("(principal has nick || principal has boss) && principal.nick == \"x\"", .unsafeAttribute),
            ("principal.getTag(\"t\").contains(\"x\")", .unsafeTag),
            ("principal.hasTag(\"t\") && principal.getTag(\"u\").contains(\"x\")", .unsafeTag),
            ("principal.age == \"a\"", .incompatibleTypes), ("principal.age + \"a\" == 2", .unexpectedType), ("principal.age", .unexpectedType),
            ("[] == resource.parts", .emptySet), ("[1, \"a\"].contains(1)", .incompatibleTypes),
            ("(if principal.age > 2 then 1 else \"a\") == 1", .incompatibleTypes),
            ("ip(\"1.2.3.400\") == ip(\"1.2.3.4\")", .invalidArgument), ("ip(principal.name) == ip(\"1.2.3.4\")", .constructorOfNoLiteral),
            ("decimal() == resource.score", .argumentCount), ("principal == Usr::\"x\"", .unknownEntityType),
            ("action == Action::\"reed\"", .unknownAction),
            ("principal.tier == Tier::\"gold\"", .unknownID), ("principal.name.contains(\"x\")", .unexpectedType),
            ("resource.score < resource.score", .unexpectedType),
        ] as [(String, ValidationFinding.Code)])
    func refuses(_ condition: String, _ code: ValidationFinding.Code) throws {
        let found = try codes(condition)
        #expect(found.contains(code), "\(found)")
    }

    @Test("Permissive validation lets types differ where evaluation cannot err")
    func permissive() throws {
        for condition in [
            "principal.age == \"a\"", "[] == resource.parts", "[{a: 1}, {b: 1}].contains({a: 1})", "ip(principal.name) == ip(\"1.2.3.4\")",
        ] {
            #expect(try codes(condition, .permissive) == [], "\(condition)")
        }
        #expect(try codes("principal.nick == \"a\"", .permissive) == [.unsafeAttribute])
    }

    @Test("An action or something else is any entity, of which nothing is known")
    func anyEntity() throws {
        let either = "(if context.mfa then principal else action)"
        #expect(try codes("\(either) has nope && false", .permissive) == [.neverApplies])
        #expect(try codes("\(either) has nope || \(either) in Group::\"g\" || \(either) is Doc || \(either) == resource", .permissive) == [])
        #expect(try codes("\(either).name == \"a\"", .permissive) == [.unknownAttribute])
        #expect(try codes("\(either) == principal").contains(.incompatibleTypes))
        #expect(try codes("[action, Action::\"write\"].contains(action)") == [])
        #expect(try codes("action has nope && action.nope") == [.neverApplies])
    }

    @Test("What stands before decides whether the rest is looked at")
    func shortCircuit() throws {
        #expect(try codes("false && principal.nope") == [.neverApplies])
        #expect(try codes("principal is Group && principal.nope") == [.neverApplies])
        #expect(try codes("resource in Group::\"g\"") == [.neverApplies])
        #expect(try codes("true || principal.nope") == [])
        #expect(try codes("if principal is User then true else principal.nope") == [])
    }

    @Test("Heads are held against what actions apply to")
    func heads() throws {
        #expect(
            try findings("permit(principal, action == Action::\"read\", resource is Group);").map(\.code) == [.noApplicableAction, .neverApplies])
        #expect(try findings("permit(principal, action in [Action::\"all\"], resource);").isEmpty)
        #expect(try findings("permit(principal, action == Action::\"all\", resource);").map(\.code) == [.noApplicableAction, .neverApplies])
        let group = try findings("permit(principal == Group::\"g\", action == Action::\"read\", resource);")
        #expect(group.first?.suggestion == "did you mean `principal in` instead of `principal ==`?")
        let unknown = try findings("permit(\n  principal is Usr,\n  action,\n  resource\n);")
        #expect(
            unknown.first { $0.code == .unknownEntityType }?.description
                == "error in \"policy0\", line 2, column 16: there is no entity type `Usr` (did you mean `User`?)")
    }

    @Test("A fault tells its place and what was meant")
    func places() throws {
        let found = try findings("permit(principal is User, action == Action::\"read\", resource)\nwhen { principal.nam == \"x\" };")
        #expect(
            found.map(\.description) == ["error in \"policy0\", line 2, column 8: there is no attribute `nam` on User (did you mean `name`?)"])
    }

    @Test("Conditions are checked for each kind of request that the head admits")
    func environments() throws {
        let found = try findings("permit(principal, action == Action::\"admin\", resource) when { principal.age > 3 };")
        #expect(found.map(\.message) == ["there is no attribute `age` on Group"])
        #expect(try findings("permit(principal is User, action == Action::\"admin\", resource) when { principal.age > 3 };").isEmpty)
    }

    @Test("Templates are valid for all that may fill them, and links for what fills them")
    func templates() throws {
        let schema = try Schema(parsing: Self.schema)
        let set = try PolicySet(
            parsing: "@id(\"t\") permit(principal in ?principal, action == Action::\"read\", resource == ?resource) when { context.mfa };")
        #expect(PolicyValidator(schema).validate(set).findings.isEmpty)
        func link(_ principal: EntityUID) throws -> [ValidationFinding.Code] {
            let linked = try set.linking([
                .init(template: "t", id: "l", values: [.principal: principal, .resource: EntityUID(type: "Doc", id: "d")])
            ])
            return PolicyValidator(schema).validate(linked).findings.map(\.code)
        }
        #expect(try link(EntityUID(type: "Group", id: "g")) == [])
        #expect(try link(EntityUID(type: "Tier", id: "free")) == [.noApplicableAction])
        #expect(try link(EntityUID(type: "Grup", id: "g")) == [.unknownEntityType, .noApplicableAction])
    }

    @Test("Depth and length cost no stack, and what costs too much is refused")
    func hostile() throws {
        let long = Array(repeating: "principal has nick", count: 5000).joined(separator: " && ")
        #expect(try codes("\(long) && principal.nick == \"x\"") == [])
        let deep = String(repeating: "(if principal.age > 1 then ", count: 400) + "true" + String(repeating: " else false)", count: 400)
        #expect(try codes(deep) == [])
        let chain = "principal" + String(repeating: ".boss", count: 5000)
        #expect(try codes("\(chain) == principal").contains(.unsafeAttribute))
        let many = (1...300).map { "entity E\($0); action a\($0) appliesTo { principal: [U], resource: [E\($0)] };" }.joined()
        let schema = try Schema(parsing: "entity U;\(many)")
        let body = Array(repeating: "resource == resource", count: 800).joined(separator: " && ")
        let result = try PolicyValidator(schema, stepsMax: 100_000).validate("permit(principal, action, resource) when { \(body) };").result
        #expect(result.errors.map(\.code) == [.tooCostly])
    }
}
