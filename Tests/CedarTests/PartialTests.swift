import Testing

@testable import Cedar

@Suite("Open questions")
struct PartialTests {
    private static let conditions = [
        "principal.age > 3 && context.on", "context.on && principal.age > 3", "context.on || principal.age + 1 == 4", "principal is User",
        "principal is Group",
        "principal is User in Group::\"staff\"", "principal in [Group::\"staff\", context.group]", "principal == User::\"a\"",
        "Group::\"staff\" == principal",
        "principal != Group::\"x\" && context.on", "if context.on then principal.name like \"a*\" else 1 + true == 2",
        "if principal.on then context.on else 1",
        "!(principal.on) || context.missing", "context.missing || principal.on", "principal.on || context.missing",
        "principal has age && [principal.age, 2].contains(context.n)",
        "{b: principal.age, a: context.missing}.b == 3", "context.n + 9223372036854775807 > 0 || principal.on",
        "principal.on && context.n + 9223372036854775807 > 0",
        "principal.hasTag(\"t\") && principal.getTag(\"t\") == context.n", "ip(\"x\").isIpv4() && principal.on", "principal.on && ip(\"x\").isIpv4()",
        "context.on && principal.age", "resource == principal", "resource.owner == principal && context.on",
        "action == Action::\"view\" && principal.age * 2 == 6", "true", "false", "1 == 1",
        "-principal.age < 0", "principal.names.isEmpty()", "resource in principal",
    ]

    private static let scopes = [
        "principal, action, resource", "principal == User::\"a\", action, resource", "principal is User, action == Action::\"view\", resource",
        "principal in Group::\"staff\", action in [Action::\"view\"], resource is Doc",
        "principal is Group in Group::\"staff\", action, resource == Doc::\"d\"",
    ]

    private static let text = scopes.flatMap { scope in
        conditions.flatMap { condition in
            ["permit(\(scope)) when { \(condition) };", "forbid(\(scope)) when { context.on } unless { \(condition) };"]
        }
    }.joined(separator: "\n")

    private let doc = EntityUID(type: "Doc", id: "d")
    private let view = EntityUID(type: "Action", id: "view")

    private func entities() throws -> (Entities, [EntityUID]) {
        let users =
            ["a", "b", "c"].map { EntityUID(type: "User", id: Text($0)) } + [
                EntityUID(type: "Group", id: "staff"), EntityUID(type: "User", id: "none"),
            ]
        let staff = EntityUID(type: "Group", id: "staff")
        let list = [
            Entity(uid: users[0], attributes: RecordValue([("age", .long(3)), ("on", .bool(true)), ("name", .string("ab"))]), parents: [staff]),
            Entity(
                uid: users[1], attributes: RecordValue([("age", .long(7)), ("on", .bool(false)), ("names", .set(SetValue([])))]),
                tags: RecordValue([("t", .long(1))])),
            Entity(uid: users[2], attributes: RecordValue([("age", .string("x")), ("on", .long(1))]), parents: [staff]), Entity(uid: staff),
            Entity(uid: doc, attributes: RecordValue([("owner", .entity(users[1]))]), parents: [staff]),
        ]
        return (try Entities(list), users)
    }

    private func contexts() -> [RecordValue] {
        [true, false].flatMap { on in
            [1, -1].map { n in RecordValue([("on", .bool(on)), ("n", .long(n)), ("group", .entity(EntityUID(type: "Group", id: "staff")))]) }
        }
    }

    /// What the whole set says of each policy, and what the residuals and the settled answers together say.
    private func compare(_ partial: PartialResponse, _ request: Request, _ set: PolicySet, _ entities: Entities) throws {
        let whole = Authorizer.isAuthorized(request, set, entities)
        let rest = Authorizer.isAuthorized(request, PolicySet(unique: partial.residuals, []), entities)
        #expect(Set(whole.satisfiedPermits) == Set(partial.satisfiedPermits + rest.satisfiedPermits))
        #expect(Set(whole.satisfiedForbids) == Set(partial.satisfiedForbids + rest.satisfiedForbids))
        #expect(Set(whole.errors.map(\.policy)) == Set(partial.errors.map(\.policy) + rest.errors.map(\.policy)))
        if let decision = partial.decision { #expect(decision == whole.decision) }
    }

    @Test("What is left decides every request that fills the open parts as the whole does")
    func equality() throws {
        let set = try PolicySet(parsing: Self.text)
        let (entities, users) = try entities()
        for context in contexts() {
            let open = PartialRequest(principal: .open(type: nil), action: .known(view), resource: .known(doc), context: context)
            let partial = Authorizer.partially(open, set, entities)
            for user in users { try compare(partial, Request(principal: user, action: view, resource: doc, context: context), set, entities) }
            for type in ["User", "Group"] as [Text] {
                let typed = Authorizer.partially(
                    PartialRequest(principal: .open(type: type), action: .known(view), resource: .known(doc), context: context), set, entities)
                #expect(typed.residuals.count <= partial.residuals.count)
                for user in users where user.type == type {
                    try compare(typed, Request(principal: user, action: view, resource: doc, context: context), set, entities)
                }
            }
        }
        for user in users {
            let open = PartialRequest(principal: .known(user), action: .open(type: "Action"), resource: .open(type: nil), context: nil)
            let partial = Authorizer.partially(open, set, entities)
            for context in contexts() { try compare(partial, Request(principal: user, action: view, resource: doc, context: context), set, entities) }
        }
    }

    @Test("Nothing open is a whole answer, and everything open is left as it is")
    func extremes() throws {
        let set = try PolicySet(parsing: Self.text)
        let (entities, users) = try entities()
        let request = Request(principal: users[0], action: view, resource: doc, context: contexts()[0])
        let known = PartialRequest(principal: .known(users[0]), action: .known(view), resource: .known(doc), context: contexts()[0])
        let partial = Authorizer.partially(known, set, entities)
        #expect(partial.residuals.isEmpty)
        #expect(partial.decision == Authorizer.isAuthorized(request, set, entities).decision)
        let open = PartialRequest(principal: .open(type: nil), action: .open(type: nil), resource: .open(type: nil), context: nil)
        try compare(Authorizer.partially(open, set, entities), request, set, entities)
    }

    @Test("What is left is as short as what is known allows, and is Cedar text again")
    func residuals() throws {
        let text = """
            permit(principal is User in Group::"staff", action == Action::"view", resource) when { context.n > 0 && resource.owner == principal };
            """
        let (entities, _) = try entities()
        let open = PartialRequest(principal: .open(type: "User"), action: .known(view), resource: .known(doc), context: contexts()[0])
        let partial = Authorizer.partially(open, try PolicySet(parsing: text), entities)
        #expect(partial.decision == nil)
        #expect(
            partial.residuals.map(\.description) == ["permit(principal in Group::\"staff\", action, resource) when { User::\"b\" == principal };"])
    }
}
