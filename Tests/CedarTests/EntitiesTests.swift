import JSON
import Testing

@testable import Cedar

@Suite("Entities")
struct EntitiesTests {
    @Test("Escapes for entities and extension values")
    func escapes() throws {
        let context: JSONValue = [
            "who": ["__entity": ["type": "User", "id": "alice"]], "from": ["__extn": ["fn": "ip", "arg": "10.0.0.1"]],
            "late": [
                "__extn": [
                    "fn": "offset", "args": [["__extn": ["fn": "datetime", "arg": "2024-01-01"]], ["__extn": ["fn": "duration", "arg": "1d"]]],
                ]
            ],
        ]
        #expect(
            try outcome("context.who == principal && context.from.isIpv4() && context.late == datetime(\"2024-01-02\")", context: context) == .holds)
    }

    @Test(
        "What Cedar's JSON has no place for",
        arguments: [
            ["a": nil], ["a": 1.5], ["a": ["__entity": ["type": "if", "id": "x"]]], ["a": ["__extn": ["fn": "ip", "arg": "x"]]],
            ["a": ["__extn": ["fn": "ip", "arg": 1]]], ["a": ["__extn": ["fn": "ip", "args": []]]], ["a": ["__extn": ["fn": "nope", "arg": "x"]]],
            ["a": ["__expr": "1"]], ["a": ["__entity": ["type": "A:B", "id": "x"]]], ["a": ["__entity": ["type": "A::", "id": "x"]]],
            ["a": ["__entity": ["type": "__cedar::A", "id": "x"]]], ["__extn": ["fn": "ip", "arg": "::1"]], [1], 1,
        ] as [JSONValue])
    func refused(_ context: JSONValue) { #expect(throws: EntitiesError.self) { try RecordValue(json: context) } }

    @Test(
        "What is no escape is a record",
        arguments: [
            ["__entity": "x"], ["__entity": ["type": "A"]], ["__entity": ["type": "A", "id": "b"], "y": 1], ["__extn": ["fn": "ip"]], ["__expr": 1],
        ] as [JSONValue])
    func almostEscapes(_ value: JSONValue) throws {
        guard case .record? = try RecordValue(json: ["a": value])["a"] else {
            Issue.record("\(value) is read as something else")
            return
        }
    }

    @Test("Any extension function may stand in an escape")
    func functions() throws {
        let range: JSONValue = [
            "__extn": ["fn": "isInRange", "args": [["__extn": ["fn": "ip", "arg": "::1"]], ["__extn": ["fn": "ip", "arg": "::/8"]]]]
        ]
        #expect(try RecordValue(json: ["a": range])["a"] == .bool(true))
    }

    @Test(
        "Entities that Cedar refuses",
        arguments: [
            ["uid": ["type": "U", "id": "x"]], ["uid": ["type": "U", "id": "x"], "attrs": [:]], ["uid": ["type": "U", "id": "x"], "parents": []],
            ["uid": ["type": "U", "id": "x"], "attrs": nil, "parents": []], ["uid": ["__expr": "U::\"x\""], "attrs": [:], "parents": []],
            ["uid": ["type": "U", "id": "x"], "attrs": [:], "parents": [], "tags": nil],
            ["uid": ["type": "Action", "id": "x"], "attrs": [:], "parents": [["type": "U", "id": "y"]]],
            ["uid": ["type": "U", "id": "x"], "attrs": [:], "parents": [["type": "U", "id": "x"]]],
        ] as [JSONValue])
    func refusedEntities(_ entity: JSONValue) { #expect(throws: EntitiesError.self) { try Entities(json: [entity]) } }

    @Test("Where shapes are known, escapes may be left out")
    func shapes() throws {
        let shape = ValueShape.record(["who": .entity, "from": .extension("ip"), "all": .set(.entity), "in": .record(["d": .extension("decimal")])])
        let bare: JSONValue = [
            "who": ["type": "U", "id": "x"], "from": "::1", "all": [["type": "U", "id": "x"]], "in": ["d": ["fn": "decimal", "arg": "1.0"]],
            "more": 1,
        ]
        let escaped: JSONValue = [
            "who": ["__entity": ["type": "U", "id": "x"]], "from": ["__extn": ["fn": "ip", "arg": "::1"]],
            "all": [["__entity": ["type": "U", "id": "x"]]], "in": ["d": ["__extn": ["fn": "decimal", "arg": "1.0"]]], "more": 1,
        ]
        #expect(try RecordValue(json: bare, shape: shape) == RecordValue(json: escaped))
        #expect(try RecordValue(json: escaped, shape: shape) == RecordValue(json: escaped))
        #expect(throws: EntitiesError.self) { try RecordValue(json: ["who": "x"], shape: shape) }
    }

    @Test("An error says where")
    func path() {
        #expect(throws: EntitiesError.malformed(path: "[0].attrs.a[1]", reason: "null is no value of Cedar; leave the attribute out")) {
            try Entities(json: [["uid": ["type": "U", "id": "x"], "attrs": ["a": [1, nil]], "parents": []]])
        }
    }

    @Test("Two different entities of one name are refused, the same one twice is not")
    func duplicates() throws {
        let a: JSONValue = ["uid": ["type": "U", "id": "x"], "attrs": ["n": 1], "parents": []]
        let b: JSONValue = ["uid": ["type": "U", "id": "x"], "attrs": ["n": 2], "parents": []]
        #expect(try Entities(json: [a, a]).count == 1)
        #expect(throws: EntitiesError.self) { try Entities(json: [a, b]) }
    }

    @Test("Names are compared by scalars, never by canonical equivalence")
    func scalars() throws {
        #expect(EntityUID(type: "U", id: "\u{E9}") != EntityUID(type: "U", id: "e\u{301}"))
        let record = try RecordValue(json: ["\u{E9}": 1, "e\u{301}": 2])
        #expect(record.count == 2)
        #expect(record["e\u{301}"] == .long(2))
    }

    @Test("Values written as JSON read back")
    func roundTrip() throws {
        let json: JSONValue = [
            "a": [true, "x", ["__entity": ["type": "U", "id": "y"]]], "d": ["__extn": ["fn": "decimal", "arg": "-1.5"]],
            "i": ["__extn": ["fn": "ip", "arg": "2001:db8::/32"]], "t": ["__extn": ["fn": "datetime", "arg": "2024-01-01"]],
            "u": ["__extn": ["fn": "duration", "arg": "1h"]],
        ]
        let record = try RecordValue(json: json)
        #expect(try RecordValue(json: record.json) == record)
    }
}
