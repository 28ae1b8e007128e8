import JSON
import Testing

@testable import Cedar

@Suite("Levels")
struct LevelTests {
    private let schema: Schema

    init() throws {
        schema = try Schema(
            parsing: """
                entity User in [Group] { boss: User, name: String, home: { owner: User, city: String }, nick?: String } tags User;
                entity Group;
                action read appliesTo { principal: User, resource: User, context: { who: User, deep: { who: User } } };
                """)
    }

    private func codes(_ text: String, level: Int) throws -> [ValidationFinding.Code] {
        try PolicyValidator(schema, level: level).validate(text).result.errors.map(\.code)
    }

    /// Each condition, and the least level at which it is valid.
    @Test(
        "A policy is of the level of what it looks into",
        arguments: [
            ("principal == resource", 0), ("principal is User", 0), ("context.who == principal", 0), ("context.deep.who == principal", 0),
            ("principal.name == \"a\"", 1), ("context.who.name == \"a\"", 1), ("context.deep.who.name == \"a\"", 1), ("principal in Group::\"g\"", 1),
            ("principal has nick", 1), ("principal.hasTag(\"t\")", 1), ("principal.home.city == \"a\"", 1), ("principal.home.owner == principal", 1),
            ("principal.boss.name == \"a\"", 2), ("principal.home.owner.name == \"a\"", 2), ("principal.boss in Group::\"g\"", 2),
            ("principal.hasTag(\"t\") && principal.getTag(\"t\").name == \"a\"", 2), ("principal has boss.nick", 2), ("principal.boss has nick", 2),
            ("principal.boss.boss.boss.name == \"a\"", 4), ("{a: principal.boss}.a.name == \"a\"", 2),
            ("{a: principal.boss, b: resource}.b.name == \"a\"", 1),
            ("(if principal.name == \"a\" then principal.boss else resource).name == \"a\"", 2), ("false && principal.boss.boss.name == \"a\"", 0),
            ("principal is Group && principal.boss.boss.name == \"a\"", 0), ("principal is User in Group::\"g\"", 1),
        ])
    func levels(_ condition: String, _ level: Int) throws {
        let text = "permit(principal is User, action == Action::\"read\", resource) when { \(condition) };"
        #expect(try codes(text, level: level) == [], "\(condition) at \(level)")
        guard level > 0 else { return }
        #expect(try codes(text, level: level - 1).contains(.levelExceeded), "\(condition) at \(level - 1)")
    }

    @Test("Heads are of level one where they ask for what is in something")
    func heads() throws {
        #expect(try codes("permit(principal in Group::\"g\", action, resource);", level: 0) == [.levelExceeded])
        #expect(try codes("permit(principal, action in [Action::\"read\"], resource);", level: 0) == [.levelExceeded])
        #expect(try codes("permit(principal == User::\"a\", action == Action::\"read\", resource is User);", level: 0) == [])
        #expect(try codes("permit(principal in Group::\"g\", action in [Action::\"read\"], resource);", level: 1) == [])
    }

    @Test("Entities that a policy names by itself cannot be looked into")
    func literals() throws {
        #expect(try codes("permit(principal, action, resource) when { User::\"a\".name == \"b\" };", level: 3) == [.literalDereferenced])
        #expect(try codes("permit(principal, action, resource) when { principal.boss == User::\"a\" };", level: 1) == [])
    }

    @Test("A slice of a level decides as all entities do")
    func slices() throws {
        func user(_ id: Text, boss: Text, parents: [EntityUID] = []) -> Entity {
            let boss = Value.entity(EntityUID(type: "User", id: boss))
            return Entity(
                uid: EntityUID(type: "User", id: id),
                attributes: RecordValue([
                    ("boss", boss), ("name", .string(id)), ("home", .record(RecordValue([("owner", boss), ("city", .string("x"))]))),
                ]),
                parents: parents)
        }
        let group = EntityUID(type: "Group", id: "g")
        let entities = try Entities([
            user("a", boss: "b"), user("b", boss: "c", parents: [group]), user("c", boss: "d"), user("d", boss: "a"), user("x", boss: "x"),
            Entity(uid: group, parents: [EntityUID(type: "Group", id: "top")]),
        ])
        let who = Value.entity(EntityUID(type: "User", id: "a"))
        let request = Request(
            principal: EntityUID(type: "User", id: "a"), action: EntityUID(type: "Action", id: "read"), resource: EntityUID(type: "User", id: "a"),
            context: RecordValue([("who", who), ("deep", .record(RecordValue([("who", who)])))]))
        #expect(try (0...5).map { try entities.slice(for: request, level: $0).count } == [0, 1, 2, 3, 4, 4])
        let policies = try PolicySet(
            parsing: "permit(principal, action, resource) when { principal.boss in Group::\"top\" && principal.boss.name == \"b\" };")
        #expect(PolicyValidator(schema, level: 2).validate(policies).isValid)
        let slice = try entities.slice(for: request, level: 2)
        #expect(Authorizer.isAuthorized(request, policies, slice) == Authorizer.isAuthorized(request, policies, entities))
        #expect(Authorizer.isAuthorized(request, policies, slice).decision == .allow)
    }
}
