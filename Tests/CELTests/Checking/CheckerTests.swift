import CEL
import JSON
import Testing

@Suite struct CheckerTests {
    private static let environment = CELEnvironment(
        jsonSchema: [
            "type": "object",
            "properties": [
                "trigger": [
                    "type": "object", "required": ["amount", "who"],
                    "properties": [
                        "amount": ["type": "number"], "who": ["type": "string"], "note": ["type": ["string", "null"]],
                        "tags": ["type": "array", "items": ["type": "string"]], "address": ["$ref": "#/$defs/address"],
                    ],
                ],
                "run": ["type": "object"],
            ],
            "$defs": [
                "address": ["type": "object", "required": ["city"], "properties": ["city": ["type": "string"]], "additionalProperties": false]
            ],
        ])

    private func problems(_ source: String) throws -> [String] {
        let environment = try #require(Self.environment)
        return try CELExpression(parsing: source).check(environment).problems.map { "\($0.severity.rawValue) \($0)" }
    }

    @Test(arguments: [
        ("trigger.amont > 1", "error line 1, column 9: there is no 'amont' here; did you mean 'amount'?"),
        ("triger.who", "error line 1, column 1: there is no variable 'triger'; did you mean 'trigger'?"),
        ("trigger.who == 1", "error line 1, column 13: string == int is not defined; convert one side, or put dyn(…) around it"),
        ("trigger.who != null", "error line 1, column 13: string != null_type is not defined; this is never null: leave the comparison out"),
        ("trigger.who + 1", "error line 1, column 13: string + int is not defined; convert the right side with string(…)"),
        ("trigger.amount * 2 > 3", "warning line 1, column 16: this may fail: double * int is not defined; convert the right side with double(…)"),
        (
            "has(trigger.tags) && trigger.tags[0].statsWith('a')",
            "error line 1, column 38: there is no method 'statsWith'; did you mean 'startsWith'?"
        ),
        ("trigger.who.length()", "error line 1, column 13: there is no method 'length'; it is called size() here"),
        ("startsWith(trigger.who, 'a')", "error line 1, column 1: there is no function 'startsWith'; write x.startsWith(…)"),
        ("trigger.tags", "warning line 1, column 9: 'tags' may be missing here; guard it: has(….tags) && …, or write .?tags.orValue(…)"),
        (
            "has(trigger.note) && trigger.note.size() > 0",
            "warning line 1, column 35: this may fail: null_type.size() is not defined; expected size: string.() -> int, or size: bytes.() -> int, or size: list(A).() -> int"
        ),
        ("has(trigger.address) && trigger.address.town == ''", "error line 1, column 41: there is no 'town' here; it has city"),
        (
            "[1, 2].all(x, x)",
            "error line 1, column 15: the condition of all() must be true or false, but this is int; compare it, for example with =="
        ),
        ("1 ? 2 : 3", "error line 1, column 1: a condition must be true or false, but this is int; compare it, for example with =="),
        (
            "true ? 1 : 'a'",
            "error line 1, column 6: the branches of ?: must be of one type, but are int and string; convert one, or put dyn(…) around it"
        ),
        (
            "'x'.matches('(')",
            "warning line 1, column 13: this pattern is malformed at its character 1: this ( is never closed; patterns are in RE2's syntax"
        ),
        (
            "duration('1 hour') > duration('1s')",
            "warning line 1, column 10: '1 hour' is no duration; write it as 1h30m, 90s or 250ms, within 315576000000s"
        ),
        ("1 / 0", "warning line 1, column 5: division by zero"),
    ])
    func oneProblem(source: String, expected: String) throws { #expect(try problems(source) == [expected]) }

    @Test(arguments: [
        "trigger.amount > 10 && trigger.who.startsWith('a')", "has(trigger.tags) && trigger.tags.exists(t, t == 'a')",
        "!has(trigger.tags) || trigger.tags.size() > 0",
        "has(trigger.note) && trigger.note != null && trigger.note.size() > 0",
        "has(trigger.note) ? trigger.note == null || trigger.note.size() > 0 : true",
        "trigger.?tags.orValue([]).size() == 0", "run.id == 'x' && run.anything.at.all > 1", "'tags' in trigger && trigger.tags[0] == 'a'",
        "trigger['who'] == 'x'", "trigger.?address.?city.orValue('') == ''", "[trigger].filter(t, has(t.tags)).size() == 1",
    ])
    func nothingIsWrong(source: String) throws { #expect(try problems(source) == []) }

    @Test func everythingThatIsWrongIsFoundInOneGo() throws {
        #expect(try problems("nope + 1 == trigger.who.size() && trigger.x || mth.abs(1) > 0").count == 4)
    }

    @Test(arguments: [
        ("[]", "list(dyn)"), ("{}", "map(dyn, dyn)"), ("[1, 2u]", "list(dyn)"), ("[[], [1]]", "list(list(int))"), ("{'a': 1}.a", "int"),
        ("[1].map(x, string(x))", "list(string)"),
        ("[optional.none(), optional.of(1)]", "list(optional(int))"), ("[optional.of(1), optional.of(dyn(1))]", "list(optional(dyn))"),
        ("type(1)", "type(int)"),
        ("[] + [1]", "list(int)"), ("dyn(1) + 1", "int"), ("dyn(1) + dyn(2)", "dyn"), ("[timestamp(0), null][0]", "timestamp"),
        ("true ? [] : [1]", "list(int)"),
        ("{'a': 1}.transformMap(k, v, [v])", "map(string, list(int))"), ("timestamp(0) - timestamp(1)", "duration"), ("[1][?0]", "optional(int)"),
        ("optional.of({'a': 1}).a", "optional(int)"), ("cel.bind(x, 1u, [x])", "list(uint)"), ("math.greatest(1, 2)", "int"), ("null", "null_type"),
    ])
    func types(source: String, expected: String) throws {
        let check = try CELExpression(parsing: source).check(CELEnvironment(variables: [:]))
        #expect(check.problems == [])
        #expect(check.type.description == expected)
    }

    @Test func declaredFunctionsWithParameters() throws {
        let pair = CELSignature(parameters: [.parameter("T"), .parameter("T")], result: .list(.parameter("T")))
        let environment = CELEnvironment(variables: ["x": .list(.int)], functions: ["lib.pair": [pair]])
        #expect(try CELExpression(parsing: "lib.pair(x, [1])").check(environment).type == .list(.list(.int)))
        #expect(try CELExpression(parsing: "lib.pair(x, 'a')").check(environment).hasErrors)
    }

    /// What the checker finds no fault in does not fail for want of an overload.
    @Test func aConditionMustBeABool() throws {
        let environment = try #require(Self.environment)
        let check = try CELExpression(parsing: "trigger.who").check(environment, expecting: .bool)
        #expect(check.problems.map(\.message) == ["expected bool, but this is string"])
    }
}
