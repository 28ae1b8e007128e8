import JSON
import Testing

@testable import Cedar

@Suite("JSON policies")
struct PolicyJSONTests {
    private static let texts = [
        "permit(principal, action, resource);",
        "@a\n@b(\"\")\n@c(\"x\\\"\")\nforbid(principal == U::\"a\", action in [Action::\"x\", Action::\"y\"], resource is A::B in C::\"d\") when { true };",
        "permit(principal in ?principal, action == Action::\"x\", resource is P in ?resource) unless { context has a } when { 1 + 2 * 3 - -4 < -(5) };",
        "permit(principal is U, action, resource) when { (if !(!true) then 1 else 2) == User::\"q\\n\" || principal is A::B in C::\"d\" && resource.x };",
        "permit(principal, action, resource) when { \"e\u{301}\" like \"a*\\*\u{301}\\u{1}\" && {a: 1, \"b c\": [2, \"\\0\"]}[\"b c\"].contains(\"'\") };",
        "permit(principal, action, resource) when { ip(\"x\").isInRange(decimal(\"1\"), 2) && [].isEmpty() && principal[\"if\"].getTag(\"a\").b };",
        "permit(principal, action, resource) when { (1 - (2 - 3)) * (4 + 5) == --(6) && (true || false) && !(a::\"b\" in [principal]) };",
    ]

    @Test("Text to JSON and back is the same policy", arguments: texts)
    func roundTrip(_ text: String) throws {
        let set = try PolicySet(parsing: text)
        let json = try set.json()
        let read = try PolicySet(json: JSONValue(parsing: json.encoded()))
        #expect(try read.json() == json)
        #expect(read.description == set.description)
        #expect(try PolicySet(parsing: set.description).json() == json)
    }

    @Test("A method that is called on nothing errs, and does not trap")
    func methodOnNothing() throws {
        let json: JSONValue = [
            "effect": "permit", "principal": ["op": "all"], "action": ["op": "All"], "resource": ["op": "is", "entity_type": "U", "in": nil],
            "conditions": [
                ["kind": "when", "body": ["isIpv4": []]], ["kind": "when", "body": ["has": ["left": ["Var": "context"], "attr": ["a", "b"]]]],
            ],
        ]
        let set = try PolicySet(json: json)
        let uid = EntityUID(type: "U", id: "x")
        let response = Authorizer.isAuthorized(Request(principal: uid, action: uid, resource: uid), set, .none)
        #expect(response.errors.map(\.error.fault) == [.wrongArgumentCount(function: "isIpv4", expected: 1, found: 0)])
        #expect(set.description.contains("isIpv4()"))
    }

    @Test("A path after `has` is the conjunction that it stands for")
    func path() throws {
        let json = try PolicySet(parsing: "permit(principal, action, resource) when { context has a.b };").json()
        let long = try PolicySet(parsing: "permit(principal, action, resource) when { context has a && context.a has b };").json()
        #expect(json == long)
    }

    @Test("Templates and links")
    func links() throws {
        let set = try PolicySet(parsing: "permit(principal == ?principal, action, resource); permit(principal, action, resource);")
        let linked = try set.linking([.init(template: "policy0", id: "l", values: [.principal: EntityUID(type: "U", id: "a")])])
        let json = try linked.json()
        #expect(json["templateLinks"] == [["templateId": "policy0", "newId": "l", "values": ["?principal": ["type": "U", "id": "a"]]]])
        let read = try PolicySet(json: json)
        #expect(read.policies.map(\.id) == ["policy1", "l"])
        #expect(read["l"]?.description == "permit(principal == U::\"a\", action, resource);")
        #expect(try read.json() == json)
    }

    @Test(
        "What is refused says where",
        arguments: [
            ("{\"Foo\": []}", "there is no operator or function \"Foo\""),
            ("{\"!\": {\"arg\": {\"Value\": true}, \"x\": 1}}", "there is no member \"x\" here"),
            ("{\"Var\": \"x\"}", "a variable is"), ("{\"Slot\": \"?principal\"}", "a template slot cannot stand"),
            ("{}", "an expression is an object"),
            ("{\"==\": {\"left\": {\"Value\": 1}}}", "\"right\" is missing"), ("{\"Value\": 1.5}", "numbers are whole"),
            ("{\"Value\": null}", "null is no value"),
            ("{\"like\": {\"left\": {\"Value\": \"a\"}, \"pattern\": [\"wild\"]}}", "a pattern is an array"),
            ("{\"is\": {\"left\": {\"Value\": 1}, \"entity_type\": \"if\"}}", "not the name of a type"),
        ])
    func refused(_ body: String, _ reason: String) throws {
        let policy = """
            {"effect": "permit", "principal": {"op": "All"}, "action": {"op": "All"}, "resource": {"op": "All"},
             "conditions": [{"kind": "when", "body": \(body)}]}
            """
        let error = #expect(throws: PolicyJSONError.self) { try PolicySet(json: JSONValue(parsing: policy)) }
        #expect(error?.path.hasPrefix("conditions[0].body") == true && error?.reason.contains(reason) == true, "\(String(describing: error))")
    }

    @Test("Nesting has a limit that is named, and long chains that exceed it are refused")
    func depth() throws {
        let chain = Array(repeating: "true", count: 1200).joined(separator: " && ")
        let error = #expect(throws: PolicyJSONError.self) { try PolicySet(parsing: "permit(principal, action, resource) when { \(chain) };").json() }
        #expect(error?.reason == "expressions are nested deeper than 1000 levels")
    }

    @Test("Deep expressions are printed without recursion, and print to what they were")
    func printing() throws {
        let chain = Array(repeating: "true", count: 20_000).joined(separator: " && ")
        let set = try PolicySet(parsing: "permit(principal, action, resource) when { \(chain) };")
        #expect(set.description == "permit(principal, action, resource) when { \(chain) };")
    }
}
