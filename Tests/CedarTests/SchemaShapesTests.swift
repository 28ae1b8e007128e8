import JSON
import Testing

@testable import Cedar

@Suite("Shapes of a schema")
struct SchemaShapesTests {
    private let text = """
        type Address = {"street": String, from: __cedar::ipaddr};
        @doc("x") namespace Shop {
          type Team = Set<User>;
          entity User, Guest in [Group, Root] = { boss?: User, score: decimal, home: Address, "team": Team, } tags Set<Root>;
          entity Group;
          entity Color enum ["red", "blue"];
          action all, admin;
          action "view", edit in [all, "admin", Other::Action::"x"] appliesTo { principal: [User, Guest], resource: Group, context: { at: datetime } };
          action old in "all" appliesTo { context: Ctx, principal: User, resource: Group, } attributes {};
          type Ctx = { who: Guest };
        }
        entity Root { kind: Shop::Color };
        namespace Other { action x; }
        """

    @Test("Names are looked up in their own namespace first, and through common types")
    func shapes() throws {
        let shapes = try Schema(parsing: text)
        #expect(
            shapes.attributes(of: "Shop::User")
                == .record([
                    "boss": .entity, "score": .extension("decimal"), "home": .record(["street": .any, "from": .extension("ip")]),
                    "team": .set(.entity),
                ]))
        #expect(shapes.attributes(of: "Shop::Guest") == shapes.attributes(of: "Shop::User"))
        #expect(shapes.tags(of: "Shop::User") == .set(.entity))
        #expect(shapes.attributes(of: "Root") == .record(["kind": .entity]))
        #expect(shapes.attributes(of: "Shop::Color") == .record([:]))
        #expect(shapes.attributes(of: "User") == nil)
        let view = EntityUID(type: "Shop::Action", id: "view")
        #expect(shapes.context(of: view) == .record(["at": .extension("datetime")]))
        #expect(shapes.context(of: EntityUID(type: "Shop::Action", id: "old")) == .record(["who": .entity]))
        #expect(shapes.actions.map(\.uid.id) == ["all", "admin", "view", "edit", "old", "x"])
        #expect(
            shapes.actions.first { $0.uid == view }?.parents.map(\.description)
                == ["Other::Action::\"x\"", "Shop::Action::\"admin\"", "Shop::Action::\"all\""])
    }

    @Test("Entities and contexts are read without escapes, and actions come along")
    func reading() throws {
        let shapes = try Schema(parsing: text)
        let entities = try Entities(
            json: [
                ["uid": ["type": "Shop::User", "id": "a"], "attrs": ["boss": ["type": "Shop::User", "id": "b"], "score": "1.5"], "parents": []]
            ],
            shapes: shapes)
        let user = EntityUID(type: "Shop::User", id: "a")
        #expect(entities[user]?.attributes["boss"] == .entity(EntityUID(type: "Shop::User", id: "b")))
        #expect(entities[user]?.attributes["score"] == .decimal(DecimalValue(tenThousandths: 15_000)))
        #expect(entities.isMember(EntityUID(type: "Shop::Action", id: "view"), of: EntityUID(type: "Shop::Action", id: "all")))
    }
}
