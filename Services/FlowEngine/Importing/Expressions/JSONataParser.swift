/// An operator-precedence parser after the grammar of JSONata's reference implementation.
struct JSONataParser {
    private let tokens: [JSONataToken]
    private var position = 0
    private var depth = 0

    private static let powers: [String: Int] = [
        ".": 75, "[": 80, "{": 70, "(": 80, "@": 80, "#": 80, "?": 20, "+": 50, "-": 50, "*": 60, "/": 60, "%": 60, "=": 40, "<": 40, ">": 40,
        "^": 40, "..": 20, ":=": 10, "!=": 40, "<=": 40, ">=": 40, "~>": 40, "and": 30, "or": 25, "in": 40, "&": 50, "?:": 40, "??": 40,
    ]

    init(_ tokens: [JSONataToken]) { self.tokens = tokens }

    mutating func whole() throws(TranslationFailure) -> JSONata {
        let value = try expression(0)
        guard next == .end else { throw unexpected() }
        return value
    }

    private var next: JSONataToken { position < tokens.count ? tokens[position] : .end }

    private func unexpected() -> TranslationFailure {
        TranslationFailure(reason: next == .end ? "the expression ends too early" : "'\(next.spelling)' is not expected there")
    }

    private mutating func take(_ symbol: String) -> Bool {
        guard next == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ symbol: String) throws(TranslationFailure) { if !take(symbol) { throw unexpected() } }

    private var operatorName: String? {
        switch next {
        case .symbol(let symbol): symbol
        case .name(let name) where ["and", "or", "in"].contains(name): name
        default: nil
        }
    }

    private mutating func expression(_ power: Int) throws(TranslationFailure) -> JSONata {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 100 else { throw TranslationFailure(reason: "it is nested deeper than 100 levels") }
        var left = try prefix()
        while let name = operatorName, let strength = Self.powers[name], strength > power {
            position += 1
            left = try infix(name, strength, left)
        }
        return left
    }

    private mutating func prefix() throws(TranslationFailure) -> JSONata {
        let token = next
        position += 1
        switch token {
        case .text(let text): return .text(text)
        case .number(let text): return .number(text)
        case .variable(let name): return .variable(name)
        case .regex: return .other("a regular expression", [])
        case .name(let name):
            if name == "function" || name == "λ", next == .symbol("(") { return try lambda() }
            return ["true", "false", "null"].contains(name) ? .word(name) : .name(name)
        case .symbol("-"): return .minus(try expression(70))
        case .symbol("*"): return .other("the wildcard *", [])
        case .symbol("**"): return .other("the descendants **", [])
        case .symbol("%"): return .other("the parent %", [])
        case .symbol("("):
            var parts: [JSONata] = []
            while next != .symbol(")") {
                parts.append(try expression(0))
                if !take(";") { break }
            }
            try expect(")")
            return .block(parts)
        case .symbol("["): return .array(try list(until: "]"))
        case .symbol("{"): return .object(try pairs())
        case .symbol("|"):
            let parts = [try expression(0)]
            try expect("|")
            _ = try expression(0)
            if take(",") { _ = try expression(0) }
            try expect("|")
            return .other("a transform", parts)
        default:
            position -= 1
            throw unexpected()
        }
    }

    private mutating func infix(_ name: String, _ strength: Int, _ left: JSONata) throws(TranslationFailure) -> JSONata {
        switch name {
        case "(": return .call(left, try list(until: ")"))
        case "[":
            if take("]") { return left }
            let index = try expression(0)
            try expect("]")
            return .index(left, index)
        case "{": return .other("a group-by", [left] + (try pairs()).flatMap { [$0.0, $0.1] })
        case "?":
            let yes = try expression(0)
            return .condition(left, yes, take(":") ? try expression(0) : nil)
        case "^":
            try expect("(")
            var terms: [JSONata] = []
            repeat {
                if !take("<") { _ = take(">") }
                terms.append(try expression(0))
            } while take(",")
            try expect(")")
            return .other("an order-by", [left] + terms)
        case ":=":
            guard case .variable = left else { throw TranslationFailure(reason: "only a variable can be assigned") }
            return .other("an assignment", [try expression(strength - 1)])
        case "@", "#":
            guard case .variable = try expression(strength) else { throw TranslationFailure(reason: "'\(name)' is followed by a variable") }
            return .other("a binding", [left])
        case ".": return .path(left, try expression(strength))
        case "..": return .other("a range", [left, try expression(strength)])
        case "~>": return .other("a chain of functions", [left, try expression(strength)])
        default: return .binary(name, left, try expression(strength))
        }
    }

    private mutating func list(until close: String) throws(TranslationFailure) -> [JSONata] {
        var values: [JSONata] = []
        if take(close) { return values }
        repeat {
            // A question mark alone leaves an argument open: partial application.
            if next == .symbol("?"), close == ")" {
                position += 1
                values.append(.other("a partial application", []))
            } else {
                values.append(try expression(0))
            }
        } while take(",")
        try expect(close)
        return values
    }

    private mutating func pairs() throws(TranslationFailure) -> [(JSONata, JSONata)] {
        var pairs: [(JSONata, JSONata)] = []
        if take("}") { return pairs }
        repeat {
            let key = try expression(0)
            try expect(":")
            pairs.append((key, try expression(0)))
        } while take(",")
        try expect("}")
        return pairs
    }

    private mutating func lambda() throws(TranslationFailure) -> JSONata {
        for parameter in try list(until: ")", after: "(") {
            guard case .variable = parameter else { throw TranslationFailure(reason: "a function's parameters are variables") }
        }
        // A signature: <s-:n>.
        if take("<") {
            var depth = 1
            while depth > 0 {
                guard next != .end else { throw unexpected() }
                if next == .symbol("<") { depth += 1 } else if next == .symbol(">") { depth -= 1 }
                position += 1
            }
        }
        try expect("{")
        let body = try expression(0)
        try expect("}")
        return .other("a function", [body])
    }

    private mutating func list(until close: String, after open: String) throws(TranslationFailure) -> [JSONata] {
        try expect(open)
        return try list(until: close)
    }
}
