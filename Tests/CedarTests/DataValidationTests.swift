import JSON
import Testing

@testable import Cedar

/// The verdicts are those of Cedar's own engine.
@Suite("Validation of entities and requests")
struct DataValidationTests {
    private let schema: Schema

    init() throws {
        schema = try Schema(
            parsing: """
                entity E enum ["a"];
                entity U in [G] { n: Long, o?: String, e?: E, act?: Action, s?: Set<Long>, r?: { x: Long, y?: Long }, rs?: Set<{ x: Long, y?: Long }> } tags Long;
                entity G in [H];
                entity H;
                entity X;
                action grp;
                action a in [grp] appliesTo { principal: [U, E], resource: [G], context: { e?: E, act?: Action, n?: Long } };
                """)
    }

    private func fault(_ type: Text, _ id: Text, _ attributes: JSONValue, parents: [EntityUID] = [], tags: JSONValue = [:]) throws -> String? {
        let entity = Entity(
            uid: EntityUID(type: type, id: id), attributes: try RecordValue(json: attributes), tags: try RecordValue(json: tags), parents: parents)
        return schema.faults(in: try Entities([entity])).first?.message
    }

    @Test("Attributes are those that are declared, of their types")
    func attributes() throws {
        #expect(try fault("U", "u", ["n": 1]) == nil)
        #expect(try fault("U", "u", [:]) == "the attribute \"n\" is missing")
        #expect(try fault("U", "u", ["n": 1, "z": 1]) == "there is no attribute \"z\"")
        #expect(try fault("U", "u", ["n": "1"]) == "expected Long, found string")
        #expect(try fault("U", "u", ["n": 1, "s": [1, "a"]]) == "expected Long, found string")
        #expect(try fault("U", "u", ["n": 1, "rs": [["x": 1], ["x": 1, "y": 2]]]) == nil)
        #expect(try fault("U", "u", ["n": 1, "r": ["x": 1, "q": 1]]) == "there is no attribute \"q\"")
        #expect(try fault("Q", "q", [:]) == "there is no entity type `Q`")
    }

    @Test("Enumerations have their ids and no others, wherever they are named")
    func enumerations() throws {
        #expect(try fault("E", "a", [:]) == nil)
        #expect(try fault("E", "zz", [:]) == "the entity type `E` has no id \"zz\"")
        #expect(try fault("U", "u", ["n": 1, "e": ["__entity": ["type": "E", "id": "zz"]]]) == "the entity type `E` has no id \"zz\"")
        #expect(try fault("U", "u", ["n": 1], parents: [EntityUID(type: "E", id: "zz")]) == "the entity type `E` has no id \"zz\"")
        #expect(try fault("E", "a", [:], parents: [EntityUID(type: "G", id: "1")]) != nil)
    }

    @Test("Parents, tags and actions are as declared")
    func hierarchy() throws {
        #expect(try fault("U", "u", ["n": 1], parents: [EntityUID(type: "X", id: "1")]) == "an entity of type `U` cannot be in X::\"1\"")
        #expect(try fault("U", "u", ["n": 1], parents: [EntityUID(type: "H", id: "1")]) == nil)
        #expect(try fault("U", "u", ["n": 1], tags: ["t": "x"]) == "expected Long, found string")
        #expect(try fault("U", "u", ["n": 1], tags: ["t": 1]) == nil)
        #expect(try fault("G", "g", [:], tags: ["t": 1]) == "entities of type `G` have no tags")
        let group = EntityUID(type: "Action", id: "grp")
        #expect(try fault("Action", "a", [:], parents: [group]) == nil)
        #expect(try fault("Action", "a", [:]) == "the action is not in what the schema says")
        #expect(try fault("Action", "q", [:]) == "there is no action Action::\"q\"")
        #expect(try fault("Action", "grp", ["x": 1]) == "actions have no attributes and no tags")
        #expect(try fault("U", "u", ["n": 1, "act": ["__entity": ["type": "Action", "id": "zz"]]]) == "there is no action Action::\"zz\"")
        #expect(schema.faults(in: try Entities(schema.actions)).isEmpty)
    }

    @Test(
        "A request is of an action, for types to which it applies, in a context as declared",
        arguments: [
            ("U::\"u\"", "a", "G::\"g\"", [:], nil), ("X::\"u\"", "a", "G::\"g\"", [:], "does not apply to a principal of type `X`"),
            ("Q::\"u\"", "a", "G::\"g\"", [:], "no entity type `Q`"), ("E::\"zz\"", "a", "G::\"g\"", [:], "has no id"),
            ("E::\"a\"", "a", "G::\"g\"", [:], nil),
            ("U::\"u\"", "grp", "G::\"g\"", [:], "does not apply"), ("U::\"u\"", "zz", "G::\"g\"", [:], "there is no action"),
            ("U::\"u\"", "a", "G::\"g\"", ["q": 1], "no attribute \"q\""),
            ("U::\"u\"", "a", "G::\"g\"", ["e": ["__entity": ["type": "E", "id": "zz"]]], "has no id"),
            ("U::\"u\"", "a", "G::\"g\"", ["act": ["__entity": ["type": "Action", "id": "zz"]]], "there is no action"),
            ("U::\"u\"", "a", "G::\"g\"", ["act": ["__entity": ["type": "Action", "id": "grp"]]], nil),
            ("Action::\"a\"", "a", "G::\"g\"", [:], "no entity type `Action`"),
        ] as [(String, Text, String, JSONValue, String?)])
    func requests(_ principal: String, _ action: Text, _ resource: String, _ context: JSONValue, _ words: String?) throws {
        let request = Request(
            principal: try EntityUID(parsing: principal), action: EntityUID(type: "Action", id: action), resource: try EntityUID(parsing: resource),
            context: try RecordValue(json: context))
        var found: String?
        do throws(DataFault) {
            try schema.check(request)
        } catch {
            found = error.description
        }
        #expect((found == nil) == (words == nil))
        if let words { #expect(found?.contains(words) == true, "\(found ?? "")") }
    }
}
