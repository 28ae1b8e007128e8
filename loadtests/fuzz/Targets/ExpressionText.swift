internal import CEL
internal import JSON

/// Conditions of flows: parsed, then evaluated on a document.
enum ExpressionText {
    /// Steps are counted, so that an expression costs at most so much.
    private static let limits = CELLimits(length: 16_384, depth: 96, nodes: 4_096, steps: 20_000)

    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let expression = try? CELExpression(parsing: text(bytes), limits: limits) else { return }
        let value = try? expression.evaluate(variables)
        let again = try? expression.evaluate(variables)
        try require((value == nil) == (again == nil), "an expression evaluates alike each time")
    }

    private static let variables: [String: CELValue] = {
        let document = #"{"who":"ann","amount":12.5,"count":3,"tags":["a","b"],"nested":{"x":{"y":[1,2,3]}},"ok":true,"none":null}"#
        guard let json = try? JSONValue(parsing: document) else { return [:] }
        return ["trigger": CELValue(json), "n": .int(7), "s": .string("ä日")]
    }()

    static let seeds: [[UInt8]] = [
        "trigger.amount > 10.0 && trigger.who == 'ann'", "trigger.tags.exists(t, t.startsWith('a')) ? n * 2 : -n % 3",
        "has(trigger.nested.x) && size(trigger.nested.x.y) == 3u", "[1, 2, 3].map(x, x > 1, x * x).all(i, i in [4, 9])",
        "{'a': 1, \"b\": r'\\d'}['a'] + int('3')", "s.matches('^[a-z]+$') || string(n).contains('7') || b'\\x00' == b\"\\000\"",
        "timestamp('2024-01-01T00:00:00Z') + duration('1h30m') < timestamp('2025-01-01T00:00:00Z')", "0x1F + 1e3 - .5 // note",
        "double(n) / 0.0 != 1.0 || !(null == trigger.none)", "trigger[\"tags\"][0] + '''a\nb''' + \"\\u00e4\\U0001F600\"",
    ].map { Array($0.utf8) }

    static let words = [
        "&&", "||", "==", "!=", "<=", ">=", " in ", "has(", "size(", ".all(x,", ".exists(x,", ".exists_one(x,", ".map(x,", ".filter(x,", "trigger.",
        "true",
        "null", "matches(", "duration(", "timestamp(", "type(", "dyn(", "0x", "'''", "\\u00e4", "b'", "r'", "?", ":",
    ]
}
