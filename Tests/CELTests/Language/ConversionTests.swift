import CEL
import JSON
import Testing

/// langdef.md, "Type conversions" and "Overflow".
@Suite struct ConversionTests {
    @Test(arguments: [
        ("int(42u)", "42"), ("int(-1.9)", "-1"), ("int('-7')", "-7"), ("int(timestamp('1970-01-01T00:01:00.9Z'))", "60"),
        ("int(18446744073709551615u)", "error: conversion"), ("int(9223372036854775808.0)", "error: conversion"), ("int('1.5')", "error: conversion"),
        ("int(true)", "error: no such overload"), ("uint(3)", "3u"), ("uint(3.9)", "3u"), ("uint(-1)", "error: conversion"),
        ("uint('18446744073709551615')", "18446744073709551615u"), ("uint(1.9e19)", "error: conversion"), ("double(7)", "7.0"),
        ("double('2.5e3')", "2500.0"), ("double('x')", "error: conversion"), ("string(1.5)", #""1.5""#), ("string(b'\\xc3\\xa4')", #""ä""#),
        ("string(b'\\xff')", "error: conversion"), ("string(duration('90m'))", #""5400s""#), ("string(-3)", #""-3""#), ("string(true)", #""true""#),
        ("bytes('ä')", #"b"\xc3\xa4""#), ("bool('T')", "true"), ("bool('False')", "false"), ("bool('yes')", "error: conversion"),
        ("type(1u)", "uint"), ("type(type(1))", "type"), ("type(timestamp(0)) == google.protobuf.Timestamp", "true"),
        ("type(null) == null_type && type([]) == list && type({}) == map", "true"), ("dyn(1) == 1.0 && dyn(1u) < 1.5", "true"),
        ("9223372036854775807 * 2", "error: overflow"), ("0u - 1u", "error: overflow"), ("-9223372036854775808 % -1", "error: overflow"),
        ("1.0 / 0.0", #"double("inf")"#), ("1 % 0", "error: division by zero"), ("0.0 / 0.0 == 0.0 / 0.0", "false"),
        ("5.0 % 2.0", "error: no such overload"),
        ("1 + 1u", "error: no such overload"), ("9223372036854775807 == 9223372036854775807u", "true"), ("1u in [1.0]", "true"),
    ])
    func converts(source: String, expected: String) { #expect(outcome(source) == expected) }

    @Test(arguments: [
        ("{1: 'a'}[1u]", #""a""#), ("{1: 'a'}[1.0]", #""a""#), ("{1: 1, 1u: 2}", "error: invalid argument"), ("{1.5: 1}", "error: invalid argument"),
        ("{null: 1}", "error: invalid argument"), ("{'a': 1}[null]", "error: no such overload"), ("[1, 2][1.0]", "2"),
        ("[1, 2][0.5]", "error: invalid argument"),
        ("[1][1]", "error: index out of range"), ("{true: 1}[true]", "1"), ("{'a': 1}.b", "error: no such key"), ("{'a': {'b': null}}.a.b", "null"),
        ("1.5 in {1: 2}", "false"), ("{'a': 1, 'b': 2} == {'b': 2.0, 'a': 1u}", "true"), ("[[1], {'x': 2}] == [[1.0], {'x': 2u}]", "true"),
        ("b'abc' < b'abd' && 'a' < 'ä' && false < true", "true"), ("1 < 'a'", "error: no such overload"), ("null == false", "false"),
    ])
    func containers(source: String, expected: String) { #expect(outcome(source) == expected) }

    @Test(arguments: [
        ("a.b.c", "1"), ("a.b", #"{"c": 2}"#), ("a.b.d", "error: no such key"), ("[0].map(a, a)", "[0]"), ("[{'b': 5}].map(a, a.b)", "[5]"),
        ("[{'b': 5}].map(a, .a.b.c)", "[1]"),
    ])
    func theLongestNameWins(source: String, expected: String) {
        let inner: CELValue = CELValue(["c": 2])
        #expect(outcome(source, ["a.b.c": .int(1), "a.b": inner, "a": CELValue(["b": ["c": 3]])]) == expected)
    }

    @Test func aContainerIsLookedThroughFromTheInside() throws {
        let variables: [String: CELValue] = ["x.y.v": .int(1), "x.v": .int(2), "v": .int(3), "w": .int(4)]
        func value(_ source: String) throws -> String {
            try CELExpression(parsing: source, options: CELOptions(container: "x.y")).evaluate(variables).description
        }
        #expect(try value("[v, .v, w]") == "[1, 3, 4]")
        #expect(try value("[5].map(v, [v, .v])") == "[[5, 3]]")
    }

    @Test(arguments: [
        ("1/0 == 1 || true", "true"), ("false && 1/0 == 1", "false"), ("true && 1/0 == 1", "error: division by zero"), ("1 || true", "true"),
        ("[1, 0].exists(x, 1 / x == 1)", "true"), ("[0, 1].exists(x, 1 / x == 1)", "true"),
        ("[0, 2].exists(x, 1 / x == 1)", "error: division by zero"),
        ("[0, 2].all(x, 1 / x == 1)", "false"), ("[1, 0].exists_one(x, 1 / x == 1)", "error: division by zero"), ("[].all(x, 1 / 0 == x)", "true"),
        ("{'a': 1, 'b': 2}.map(k, k).size()", "2"), ("{'a': 1}.filter(k, k == 'a')", #"["a"]"#), ("[1, 2, 3].map(x, x > 1, x * 2)", "[4, 6]"),
        ("1.map(x, x)", "error: no such overload"), ("true ? 1 : 1 / 0", "1"), ("1 ? 2 : 3", "error: no such overload"),
        ("has({'a': null}.a) && !has({}.a)", "true"), ("has('x'.a)", "error: no such overload"),
    ])
    func errorsAreAbsorbedWhereTheyDoNotMatter(source: String, expected: String) { #expect(outcome(source) == expected) }
}
