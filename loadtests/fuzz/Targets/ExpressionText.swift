internal import CEL
internal import JSON

/// Conditions of flows: parsed, then evaluated on a document.
enum ExpressionText {
    /// Steps are counted, so that an expression costs at most so much.
    private static let limits = CELLimits(length: 16_384, depth: 96, nodes: 4_096, steps: 20_000)

    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let expression = try? CELExpression(parsing: text(bytes), limits: limits) else { return }
        let check = expression.check(environment)
        let value = try? expression.evaluate(variables)
        let again = try? expression.evaluate(variables)
        try require((value == nil) == (again == nil), "an expression evaluates alike each time")
        guard let value else { return }
        try require(value.description.utf8.count < 8 << 20, "a value's text is bounded")
        _ = try? value.json()
        guard !check.hasErrors, let type = runtimeTypes[check.type], !(value.type == .null && nullable.contains(type)) else { return }
        try require(value.type == type, "a value has the type that the check found: \(check.type), not \(value.type.rawValue)")
    }

    /// Types that tell all of a value's type.
    private static let runtimeTypes: [CELStaticType: CELType] = [
        .bool: .bool, .int: .int, .uint: .uint, .double: .double, .string: .string, .bytes: .bytes, .timestamp: .timestamp, .duration: .duration,
    ]
    private static let nullable: Set<CELType> = [.timestamp, .duration]

    private static let variables: [String: CELValue] = {
        let document = #"{"who":"ann","amount":12.5,"count":3,"tags":["a","b"],"nested":{"x":{"y":[1,2,3]}},"ok":true,"none":null}"#
        guard let json = try? JSONValue(parsing: document) else { return [:] }
        return [
            "trigger": CELValue(json), "n": .int(7), "s": .string("ä日"), "u": .uint(9),
            "at": CELTimestamp(parsing: "2024-02-29T12:00:00Z").map(CELValue.timestamp) ?? .null,
        ]
    }()

    private static let environment: CELEnvironment = {
        let trigger = CELObjectType([
            "who": .init(.string), "amount": .init(.union([.int, .double])), "count": .init(.int), "tags": .init(.list(.string)),
            "nested": .init(.dyn), "ok": .init(.bool),
            "none": .init(.union([.string, .null])), "missing": .init(.string, isRequired: false),
        ])
        return CELEnvironment(variables: ["trigger": .object(trigger), "n": .int, "s": .string, "u": .uint, "at": .timestamp])
    }()

    static let seeds: [[UInt8]] = [
        "trigger.amount > 10.0 && trigger.who == 'ann'", "trigger.tags.exists(t, t.startsWith('a')) ? n * 2 : -n % 3",
        "has(trigger.nested.x) && size(trigger.nested.x.y) == 3u", "[1, 2, 3].map(x, x > 1, x * x).all(i, i in [4, 9])",
        "{'a': 1, \"b\": r'\\d'}['a'] + int('3')", "s.matches('^[a-z]+$') || string(n).contains('7') || b'\\x00' == b\"\\000\"",
        "timestamp('2024-01-01T00:00:00Z') + duration('1h30m') < timestamp('2025-01-01T00:00:00Z')", "0x1F + 1e3 - .5 // note",
        "[1, 2].transformMap(i, v, i > 0, v * 2)[1] + math.greatest(n, 3, -1)", "trigger.?missing.optMap(x, x + 'y').orValue(s.upperAscii())",
        "'%s %d %.2f %x'.format([trigger, n, trigger.amount, s]).split(' ', 2).join('-')",
        "cel.bind(x, trigger.tags, [?x[?5], ?optional.of('z')] + x)",
        "regex.replace(s, r'(\\p{L})|[[:^alpha:]]{2,3}?', '<\\\\1>') == strings.quote(s)",
        "at.getHours('Europe/Paris') + duration('1h').getMinutes()",
        "cel.block([[3, 1, 2].sort(), cel.index(0).reverse()], cel.index(1).sortBy(e, -e))",
        "sets.contains([1, 2u], [2.0]) && base64.decode('aGk') == b'hi'",
        "double(n) / 0.0 != 1.0 || !(null == trigger.none)", "trigger[\"tags\"][0] + '''a\nb''' + \"\\u00e4\\U0001F600\"",
    ].map { Array($0.utf8) }

    static let words = [
        "&&", "||", "==", "!=", "<=", ">=", " in ", "has(", "size(", ".all(x,", ".exists(x,", ".exists_one(x,", ".map(x,", ".filter(x,", "trigger.",
        "true",
        "null", "matches(", "duration(", "timestamp(", "type(", "dyn(", "0x", "'''", "\\u00e4", "b'", "r'", "?", ":", ".?", "[?", "{?",
        "optional.of(", ".optMap(x,", ".orValue(", "cel.bind(x,", "cel.block([", "cel.index(0)", "math.", "lists.range(", ".format([", "%.3f",
        ".transformList(i, v,", ".transformMap(k, v,", ".sortBy(x,", ".flatten(", ".distinct()", "regex.replace(", "[[:alpha:]]", "{2,9}", "(?i)",
        "\\p{Lu}", ".getHours('Asia/Tokyo')",
    ]
}
