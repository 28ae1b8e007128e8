import JSON
import Testing

@testable import Cedar

@Suite("Faults of schemas")
struct SchemaFaultTests {
    private static let base = "entity A; action a appliesTo { principal: [A], resource: [A] };"

    /// The verdicts are those of Cedar's own engine.
    static let refused: [(String, String)] = [
        ("entity A enum [\"a\",];", "expected an id in quotes"),
        ("action a appliesTo { principal: [A,], resource: [A] }; entity A;", "expected a name"),
        ("entity A,;", "expected the name of an entity type"),
        ("entity A; action a in [] appliesTo { principal: [A], resource: [A] };", "expected the name of an action"),
        ("entity A; action a appliesTo { principal: [Action], resource: [A] };", "there is no entity type `Action`"),
        ("entity Action;", "declared with them"),
        ("type Long = String;", "word of the syntax"),
        ("entity A { in: Long };", "reserved word"),
        ("entity __cedar;", "kept for Cedar itself"),
        ("namespace __cedar { entity A; }", "kept for Cedar itself"),
        ("entity A; namespace N { entity A; }", "shadows `A`"),
        ("action a; namespace N { action a; }", "shadows Action::\"a\""),
        ("type T = U; type U = T;", "made of itself"),
        ("action x in y; action y in x;", "is in itself"),
        ("action x in x;", "is in itself"),
        ("type C = Long; entity A; action a appliesTo { principal: [A], resource: [A], context: C };", "is no record"),
        ("entity A; action a appliesTo { principal: [A], resource: [A], context: A };", "there is no common type `A`"),
        ("entity A; action a appliesTo { principal: [A], principal: [A], resource: [A] };", "given twice"),
        ("entity A; action a appliesTo { principal: [A] };", "to which resources"),
        ("entity A; action a appliesTo {};", "`principal`, `resource` or `context`"),
        ("namespace N {} namespace N {}", "declared twice"),
        ("@x @x entity B;", "occurs twice"),
        ("namespace N { namespace M {} }", "expected `entity`"),
        ("namespace A::B { entity X; } namespace A { entity Y in [B::X]; }", "there is no entity type `B::X`"),
        ("type T = Nope;", "there is no type `Nope`"),
        ("entity A; action a appliesTo { principal: [A], resource: [A] } attributes { x: 1 };", "expected `}`"),
        ("entity A enum [];", "expected an id in quotes"),
        ("entity A { x: set<Long> };", "only `Set<…>` takes a type"),
        ("entity A; action g; action a in [A::\"g\"];", "there is no action A::\"g\""),
        ("type R = {}; entity A = R;", "expected `{`"),
        ("entity A;;", "expected `entity`"),
        ("entity A; entity A;", "declared twice"),
        ("entity A in B;", "there is no entity type `B`"),
        ("entity A { x: B };", "there is no type `B`"),
        ("entity A tags Missing;", "there is no type `Missing`"),
        ("entity A { a: \(String(repeating: "{a: ", count: 200))", "nested deeper"),
        ("entity A { a: \(String(repeating: "Set<", count: 200))", "nested deeper"),
    ]

    @Test("What Cedar refuses is refused, with a place", arguments: refused)
    func refuses(_ text: String, _ words: String) throws {
        let error = try #require(throws: SchemaError.self) { try Schema(parsing: text) }
        #expect(error.description.contains(words), "\(error)")
        #expect(error.faults.allSatisfy { $0.position != nil })
    }

    @Test(
        "What Cedar accepts is accepted",
        arguments: [
            "", "entity A { x: Long, x: String };", "entity A in [];", "entity A = { x: Action }; action a;",
            "type ipaddr = String; entity A { x: ipaddr };",
            "entity Long; entity A { x: Long };", "entity Set; entity A { x: Set };", "type Action = Long; entity A { x: Action };",
            "entity A { \"in\": Long };", "entity A { __cedar: Long };", "action __cedar;", "entity A; type A = {};", "entity Q in R; entity R in Q;",
            "@x(\"y\") namespace N {}", "entity A; action a appliesTo { principal: [A], resource: [A] } attributes {};",
            "entity E enum [\"a\"]; entity A in [E];", "entity A enum [\"a\", \"a\"];", "action g; action a in [Action::\"g\"];",
            "action g; namespace N { action a in [g]; }", "action g; namespace N { action a in [\"g\", Action::\"g\"]; }",
            "entity namespace; entity entity; entity type; action a appliesTo { principal: [entity], resource: [type] };",
            "namespace N { entity Bool; entity A { x: Bool }; }", "entity A tags Set<Long>;",
        ])
    func accepts(_ text: String) throws { _ = try Schema(parsing: text) }

    @Test("All faults of a text are told, with lines, columns and advice")
    func places() throws {
        let text = """
            entity User { name: Strin };
            entty Group;
            action view appliesTo { princpal: User, resource: User };
            """
        let syntax = try #require(throws: SchemaError.self) { try Schema(parsing: text) }
        #expect(
            syntax.faults.map(\.description) == [
                "line 2, column 1: expected `entity`, `action`, `type` or `namespace`, found `entty` (did you mean `entity`?)",
                "line 3, column 25: expected `principal`, `resource` or `context`, found `princpal` (did you mean `principal`?)",
            ])
        let names = try #require(throws: SchemaError.self) {
            try Schema(parsing: "entity User { name: Strin };\naction view appliesTo { principal: Usr, resource: User };")
        }
        #expect(
            names.faults.map(\.description) == [
                "line 1, column 21: there is no type `Strin` (did you mean `String`?)",
                "line 2, column 36: there is no entity type `Usr` (did you mean `User`?)",
            ])
    }

    @Test("Faults of JSON tell their line as well")
    func jsonPlaces() throws {
        let text = """
            {"N": {"actions": {"x\\"}": {"memberOf": [{"id": "y"}]}, "y": {}}, "entityTypes": {}},
             "": {
               "actions": {},
               "entityTypes": {"A": {"shape": {"type": "Record", "attributes": {"x": {"type": "Lng"}}}}}
            }}
            """
        let error = try #require(throws: SchemaError.self) { try Schema(parsingJSON: text) }
        #expect(error.faults.map(\.message) == ["there is no common type `Lng`"])
        #expect(error.faults.first?.suggestion == "did you mean `Long`?")
        #expect(error.faults.first?.position?.line == 4)
        #expect(error.faults.first?.position?.column == 83)
    }

    @Test("A schema that stands for much costs no more than it says, and no more depth than there is")
    func hostile() throws {
        let doubling = (1...60).map { "type T\($0) = { a: T\($0 - 1), b: T\($0 - 1) };" }.joined()
        let schema = try Schema(parsing: "type T0 = Long;\(doubling) entity A { x: T60 };")
        #expect(schema.model.types.count < 200)
        let deep = (1...400).map { "type T\($0) = Set<T\($0 - 1)>;" }.joined()
        let error = try #require(throws: SchemaError.self) { try Schema(parsing: "type T0 = Long;\(deep)") }
        #expect(error.description.contains("nested deeper than 250 levels"))
        let chain = (1...20_000).map { "type T\($0) = T\($0 - 1);" }.joined()
        _ = try Schema(parsing: "type T0 = Long;\(chain) entity A { x: T20000 };")
    }
}
