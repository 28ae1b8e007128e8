import Testing

@testable import Cedar

@Suite("Explanation")
struct ExplanationTests {
    private let text = """
        @id("view") permit(principal in Group::"staff", action == Action::"view", resource) when { context.mfa && (context.level > 3 || context.admin) };
        @id("other") permit(principal == User::"bob", action == Action::"edit", resource is Photo);
        @id("err") permit(principal, action, resource) when { context.none == 1 || true };
        @id("stop") forbid(principal, action, resource) unless { !(context.level == 2) };
        """

    private func explain(_ context: RecordValue) throws -> Explanation {
        let user = EntityUID(type: "User", id: "alice")
        let entities = try Entities([Entity(uid: user, parents: [EntityUID(type: "Group", id: "staff")])])
        let request = Request(
            principal: user, action: EntityUID(type: "Action", id: "view"), resource: EntityUID(type: "Album", id: "a"), context: context)
        return Authorizer.explain(request, try PolicySet(parsing: text), entities)
    }

    private func context(level: Int64, admin: Bool = false) -> RecordValue {
        RecordValue([("mfa", .bool(true)), ("level", .long(level)), ("admin", .bool(admin))])
    }

    @Test("The policies that decide come first, then the closest")
    func order() throws {
        let allowed = try explain(context(level: 4))
        #expect(allowed.response.decision == .allow)
        #expect(allowed.policies.map(\.id) == ["view", "err", "stop", "other"])
        let denied = try explain(context(level: 2))
        #expect(denied.response.reasons == ["stop"])
        #expect(denied.policies.map(\.id) == ["stop", "err", "view", "other"])
        #expect(
            denied.policies[3].outcome
                == .scopeDiffers([
                    "the principal User::\"alice\" is not User::\"bob\"", "the action Action::\"view\" is not Action::\"edit\"",
                    "the resource Album::\"a\" is not of type Photo",
                ]))
    }

    @Test("Each sub-expression says what it came to, also those that were not reached")
    func trace() throws {
        let view = try #require(explain(context(level: 2)).policies.first { $0.id == "view" })
        #expect(view.outcome == .conditionFails)
        #expect(
            view.trace.steps.map { "\($0.depth) \($0.text) = \($0.outcome)" }
                == [
                    "0 context.mfa && (context.level > 3 || context.admin) = value(false)", "1 context.mfa = value(true)",
                    "2 context = value(\(context(level: 2)))", "1 context.level > 3 || context.admin = value(false)",
                    "2 context.level > 3 = value(false)",
                    "3 context.level = value(2)", "4 context = value(\(context(level: 2)))", "2 context.admin = value(false)",
                    "3 context = value(\(context(level: 2)))",
                ].map { $0.replacing("value(\(context(level: 2)))", with: "value(\(Value.record(context(level: 2))))") })
        #expect(view.decisive?.text == "context.level > 3 || context.admin")
        let erring = try #require(explain(context(level: 2)).policies.first { $0.id == "err" })
        #expect(
            erring.trace.steps.map { "\($0.text): \($0.outcome)" } == [
                "context.none == 1 || true: failed", "context.none == 1: failed",
                "context.none: fault(\(EvaluationFault.recordLacksAttribute("none")))", "context: value(\(Value.record(context(level: 2))))",
            ])
        let reached = try #require(explain(context(level: 5)).policies.first { $0.id == "view" })
        #expect(reached.trace.steps.first { $0.text == "context.admin" }?.outcome == .skipped)
    }

    @Test("A policy in a sentence")
    func sentences() throws {
        let all = try explain(context(level: 2)).policies.map { "\($0.id): \($0.sentence)" }.sorted()
        #expect(
            all == [
                "err: anybody may do any action on anything, when context.none == 1 || true.",
                "other: User::\"bob\" may do Action::\"edit\" on any Photo.",
                "stop: anybody must not do any action on anything, unless !(context.level == 2).",
                "view: anybody in Group::\"staff\" may do Action::\"view\" on anything, when context.mfa && (context.level > 3 || context.admin).",
            ])
    }
}
