import JSON
import Testing

@testable import Cedar

@Suite("Schemas written")
struct SchemaPrintingTests {
    private let text = """
        // What people have
        @doc("x") @flag
        namespace Shop { // the shop
          type Team = Set<User>; // many


          // a person
          entity User, Guest in [Group, Root] = { @a("b") boss?: User, "if": decimal, home: { "x y": Long, empty: {}, }, team: Team } tags Set<Root>;
          entity Group; entity Color enum ["red", "a\\"b\\n\\u{1f}"];
          action all;
          @note("") action "view", edit in ["all", Shop::Action::"all"]
            appliesTo { principal: [User, Guest], resource: Group, context: { at: __cedar::datetime } };
          action old appliesTo { context: Ctx, principal: User, resource: [Group] } attributes {};
          type Ctx = {};
        }

        entity Root { kind: Shop::Color };
        // the end
        """

    @Test("Cedar's syntax to JSON and back says the same, annotations and all")
    func roundTrip() throws {
        let fragment = try SchemaFragment(parsing: text)
        #expect(try SchemaFragment(parsing: fragment.cedarText()) == fragment)
        let json = try SchemaFragment(json: fragment.json)
        #expect(json.namespaces.map(\.annotations) == fragment.namespaces.map(\.annotations))
        #expect(try SchemaFragment(parsing: json.cedarText()) == fragment)
        #expect(try Schema([json]).hasSameDefinitions(as: Schema([fragment])))
        #expect(try SchemaFragment(json: json.json) == json)
    }

    @Test("Names that say what they refer to need no lookup")
    func resolved() throws {
        let fragment = try SchemaFragment(parsing: text)
        let resolved = try fragment.resolvingNames()
        let written = resolved.json.encodedString()
        #expect(!written.contains("EntityOrCommon"))
        #expect(written.contains("{\"type\":\"Shop::Team\"}"))
        #expect(written.contains("{\"type\":\"Extension\",\"name\":\"decimal\"}"))
        #expect(try Schema([resolved]).hasSameDefinitions(as: Schema([fragment])))
        #expect(try Schema(parsing: resolved.cedarText()).hasSameDefinitions(as: Schema([fragment])))
    }

    @Test("What Cedar's syntax has no words for is refused")
    func unwritable() throws {
        let shape = try SchemaFragment(json: [
            "": ["commonTypes": ["R": ["type": "Record", "attributes": [:]]], "entityTypes": ["A": ["shape": ["type": "R"]]], "actions": [:]]
        ])
        #expect(throws: SchemaError.self) { try shape.cedarText() }
        let hidden = try SchemaFragment(
            json: [
                "": [
                    "commonTypes": ["A": ["type": "Long"]],
                    "entityTypes": ["A": [:], "B": ["shape": ["type": "Record", "attributes": ["x": ["type": "Entity", "name": "A"]]]]],
                    "actions": [:],
                ]
            ])
        #expect(throws: SchemaError.self) { try hidden.cedarText() }
    }

    @Test("A layout keeps the comments and what is said, and is its own layout")
    func layout() throws {
        let formatted = try SchemaFormatter.format(text)
        #expect(try SchemaFragment(parsing: formatted) == SchemaFragment(parsing: text))
        #expect(try SchemaFormatter.format(formatted) == formatted)
        #expect(
            formatted == """
                // What people have
                @doc("x")
                @flag
                namespace Shop { // the shop
                  type Team = Set<User>; // many

                  // a person
                  entity User, Guest in [Group, Root] = {
                    @a("b")
                    boss?: User,
                    "if": decimal,
                    home: {
                      "x y": Long,
                      empty: {},
                    },
                    team: Team
                  } tags Set<Root>;
                  entity Group;
                  entity Color enum ["red", "a\\"b\\n\\u{1f}"];
                  action all;
                  @note("")
                  action "view", edit in ["all", Shop::Action::"all"] appliesTo {
                    principal: [User, Guest],
                    resource: Group,
                    context: {
                      at: __cedar::datetime
                    }
                  };
                  action old appliesTo {
                    context: Ctx,
                    principal: User,
                    resource: [Group]
                  } attributes {};
                  type Ctx = {};
                }

                entity Root {
                  kind: Shop::Color
                };
                // the end

                """)
    }

    @Test("Random schemas survive both ways", arguments: 0..<200)
    func random(_ seed: Int) throws {
        var maker = RandomSchema(seed: UInt64(seed))
        let text = maker.text()
        let fragment = try SchemaFragment(parsing: text)
        #expect(try SchemaFragment(parsing: fragment.cedarText()) == fragment, "seed \(seed): \(text)")
        #expect(try SchemaFragment(parsing: SchemaFragment(json: fragment.json).cedarText()) == fragment, "seed \(seed): \(text)")
        #expect(try SchemaFragment(parsing: SchemaFormatter.format(text)) == fragment, "seed \(seed): \(text)")
        let schema = try Schema([fragment])
        #expect(try Schema(json: fragment.json).hasSameDefinitions(as: schema), "seed \(seed): \(text)")
        #expect(try Schema([fragment.resolvingNames()]).hasSameDefinitions(as: schema), "seed \(seed): \(text)")
    }
}

/// Schemas that mean something, of random declarations.
private struct RandomSchema {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    private mutating func below(_ count: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(count))
    }

    private mutating func pick(_ list: [String]) -> String { list[below(list.count)] }

    mutating func text() -> String {
        let names = ["A", "B", "C"]
        var parts: [String] = []
        for name in names {
            let parents = below(2) == 0 ? " in [\(pick(names))]" : ""
            let tags = below(3) == 0 ? " tags \(type(1))" : ""
            parts.append(
                below(5) == 0 ? "\(note())entity \(name) enum [\"\\\"\\n\", \"é\"];" : "\(note())entity \(name)\(parents) \(record(2))\(tags);")
        }
        parts.append("type T = \(type(2));")
        parts.append("\(note())action \"a b\", c;\(below(2) == 0 ? " // note\n" : "")")
        parts.append("action d in [\"a b\", c] appliesTo { principal: [\(pick(names))], resource: \(pick(names)), context: \(record(2)) };")
        return below(2) == 0 ? parts.joined(separator: "\n") : "\(note())namespace N::M {\n\(parts.joined(separator: "\n\n// c\n"))\n}\n"
    }

    private mutating func note() -> String { below(3) == 0 ? pick(["@x ", "@doc(\"a\\\"b\")\n", "@in(\"\") @y "]) : "" }

    private mutating func type(_ depth: Int) -> String {
        switch below(depth > 0 ? 6 : 3) {
        case 0: pick(["Long", "String", "Bool", "__cedar::Long"])
        case 1: pick(["A", "B", "C"])
        case 2: pick(["ipaddr", "decimal", "datetime", "duration"])
        case 3: "Set<\(type(depth - 1))>"
        default: record(depth - 1)
        }
    }

    private mutating func record(_ depth: Int) -> String {
        var parts: [String] = []
        for name in ["a", "\"b c\"", "\"\"", "Set"] where below(2) == 0 {
            parts.append("\(note())\(name)\(below(2) == 0 ? "?" : ""): \(type(depth))")
        }
        return "{\(parts.joined(separator: ", "))}"
    }
}
