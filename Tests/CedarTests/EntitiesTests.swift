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
            ["a": nil], ["a": 1.5], ["a": ["__entity": "x"]], ["a": ["__entity": ["type": "if", "id": "x"]]],
            ["a": ["__extn": ["fn": "ip", "arg": "x"]]],
            ["a": ["__extn": ["fn": "isIpv4", "arg": "::1"]]], ["a": ["__expr": "1"]], ["a": ["__entity": ["type": "A:B", "id": "x"]]],
            ["a": ["__entity": ["type": "A::", "id": "x"]]], ["a": ["__entity": ["type": "__cedar::A", "id": "x"]]],
        ] as [JSONValue])
    func refused(_ context: JSONValue) { #expect(throws: EntitiesError.self) { try RecordValue(json: context) } }

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
