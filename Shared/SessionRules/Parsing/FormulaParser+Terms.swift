internal import Cedar

extension FormulaParser {
    /// The right side of a comparison; a macro call there is an aggregate.
    mutating func parseOperand() throws(RuleDiagnostic) -> Term {
        let start = peek.span.lower
        if peek.kind == .identifier, peek(1).isMark("("), peek.text != "decimal", peek.text != "tp" {
            guard case .formula(let call) = try parseArgumentCall(), let term = call.asTerm else { throw unexpected("a value") }
            return term
        }
        if peek.isMark("("), !startsAggregateInParentheses() {
            advance()
            let inner = try nested { (parser) throws(RuleDiagnostic) in try parser.parseOperand() }
            try expect(")", "`)`")
            guard case .aggregate = inner.kind else {
                throw fault("only an aggregate may stand in parentheses here", SourceSpan(start, previousUpper))
            }
            return inner
        }
        return try parseTerm()
    }

    private mutating func parseArgumentCall() throws(RuleDiagnostic) -> MacroCall.Argument {
        let start = peek.span.lower
        let name = advance().text
        advance()
        var arguments: [MacroCall.Argument] = []
        while !peek.isMark(")") {
            arguments.append(try nested { (parser) throws(RuleDiagnostic) in try parser.parseArgument() })
            guard consume(",") else { break }
        }
        try expect(")", "`,` or `)`")
        return .formula(try formula(.call(MacroCall(name: name, arguments: arguments)), from: start))
    }

    /// A value, a reference to the request, a variable, or an aggregate.
    mutating func parseTerm() throws(RuleDiagnostic) -> Term {
        let start = peek.span.lower
        guard !isAtEnd else { throw unexpected("a value") }
        if startsAggregateInParentheses() {
            advance()
            let inner = try nested { (parser) throws(RuleDiagnostic) in try parser.parseTerm() }
            try expect(")", "`)`")
            return inner
        }
        switch peek.kind {
        case .string: return term(.value(.string(try unescaped(advance()))), from: start)
        case .integer: return term(.value(.long(try integer(isNegative: false))), from: start)
        case .parameter: return term(.parameter(advance().text), from: start)
        case .binder: return term(.fresh(advance().text), from: start)
        case .mark: return try parseMarkedTerm(from: start)
        case .identifier: return try parseNamedTerm(from: start)
        case .end: throw unexpected("a value")
        }
    }

    private mutating func parseMarkedTerm(from start: Int) throws(RuleDiagnostic) -> Term {
        if consume("*") { return term(.wildcard, from: start) }
        if peek.isMark("-"), peek(1).kind == .integer {
            advance()
            return term(.value(.long(try integer(isNegative: true))), from: start)
        }
        if peek.isMark("[") {
            throw fault("lists cannot be compared in a temporal block", peek.span, suggestion: "compare one value, or write one policy for each")
        }
        throw unexpected("a value")
    }

    private mutating func parseNamedTerm(from start: Int) throws(RuleDiagnostic) -> Term {
        switch peek.text {
        case "true", "false": return term(.value(.bool(advance().text == "true")), from: start)
        case "_":
            advance()
            return term(.wildcard, from: start)
        case "count" where peek(1).isWord("for"): return try parseAggregate(from: start)
        case "sum" where peek(2).isWord("for"): return try parseAggregate(from: start)
        case "decimal" where peek(1).isMark("("): return try parseDecimal(from: start)
        case "context" where peek(1).isMark("."):
            advance()
            return term(.context(try parseTail()), from: start)
        case "principal", "resource":
            guard !peek(1).isMark("::") else { return try parseEntity(from: start) }
            let variable: ScopeVariable = advance().text == "principal" ? .principal : .resource
            return term(.scope(variable, peek.isMark(".") ? try parseTail() : []), from: start)
        default:
            if peek(1).isMark("::") { return try parseEntity(from: start) }
            if peek(1).isMark("."), peek(2).kind == .identifier {
                throw fault(
                    "`\(peek.text)` is no record", peek.span, suggestion: "refer to the request with context.…, principal.… or resource.…")
            }
            return term(.variable(advance().text), from: start)
        }
    }

    /// `{'.' IDENT}`, at least one.
    private mutating func parseTail() throws(RuleDiagnostic) -> [String] {
        var path: [String] = []
        while consume(".") {
            path.append(try expectWord().text)
            guard path.count <= limits.depth else { throw fault("the path has more than \(limits.depth) parts", peek.span) }
        }
        return path
    }

    func term(_ kind: Term.Kind, from lower: Int) -> Term { Term(kind: kind, span: SourceSpan(lower, previousUpper)) }

    private mutating func integer(isNegative: Bool) throws(RuleDiagnostic) -> Int64 {
        let token = advance()
        guard let value = Int64((isNegative ? "-" : "") + token.text) else { throw fault("the number is beyond 64 bits", token.span) }
        return value
    }

    private mutating func parseDecimal(from start: Int) throws(RuleDiagnostic) -> Term {
        advance()
        advance()
        guard peek.kind == .string else { throw unexpected("a string such as \"1.5\"") }
        let token = advance()
        let text = try unescaped(token)
        try expect(")", "`)`")
        guard let value = DecimalText.value(text.string) else {
            throw fault("\"\(text)\" is not a decimal such as \"12.5\", with at most four digits after the point", token.span)
        }
        return term(.value(.decimal(value)), from: start)
    }

    private mutating func parseEntity(from start: Int) throws(RuleDiagnostic) -> Term {
        let uid = try parseEntityUID()
        return term(.value(.entity(uid)), from: start)
    }

    /// `IDENT {'::' IDENT} '::' STRING`
    private mutating func parseEntityUID() throws(RuleDiagnostic) -> EntityUID {
        var parts = [try expectWord().text]
        while consume("::") {
            if peek.kind == .string { return EntityUID(type: Text(parts.joined(separator: "::")), id: try unescaped(advance())) }
            parts.append(try expectWord().text)
        }
        throw unexpected("`::` and an id in quotes")
    }

    // MARK: Aggregates

    /// `(` and an aggregate, rather than a condition that begins with one.
    func startsAggregateInParentheses() -> Bool {
        peek.isMark("(") && (peek(1).isWord("count") && peek(2).isWord("for") || peek(1).isWord("sum") && peek(3).isWord("for"))
    }

    /// `('count' | 'sum' v) 'for' Binder {',' Binder} '.' 'where' Condition`
    private mutating func parseAggregate(from start: Int) throws(RuleDiagnostic) -> Term {
        let kind: Aggregate.Kind = advance().text == "count" ? .count : .sum(try parseBinderName())
        guard consumeWord("for") else { throw unexpected("`for` and the variables") }
        var binders = [try parseBinder()]
        while consume(",") { binders.append(try parseBinder()) }
        try expect(".", "`,` or `.`")
        guard consumeWord("where") else { throw unexpected("`where` and a condition") }
        let body = try nested { (parser) throws(RuleDiagnostic) in try parser.parseCondition() }
        return term(.aggregate(Aggregate(kind: kind, binders: binders, body: body)), from: start)
    }

    /// `'(' name ':' Type ')'`
    mutating func parseBinder() throws(RuleDiagnostic) -> Binder {
        try expect("(", "`(` and a variable with its type")
        let name = try parseBinderName()
        try expect(":", "`:` and the type of the variable")
        var type = [try expectWord().text]
        while consume("::") { type.append(try expectWord().text) }
        try expect(")", "`)`")
        return Binder(name: name, type: type.joined(separator: "::"))
    }

    mutating func parseBinderName() throws(RuleDiagnostic) -> Binder.Name {
        switch peek.kind {
        case .parameter: return .parameter(advance().text)
        case .binder: return .fresh(advance().text)
        default: return .variable(try expectWord().text)
        }
    }

    // MARK: Events

    /// Nil where no event's name stands here.
    mutating func parseEventPattern() throws(RuleDiagnostic) -> EventPattern? {
        var ahead = 0
        guard peek.kind == .identifier, peek(1).isMark("::") else { return nil }
        while peek(ahead).kind == .identifier, peek(ahead + 1).isMark("::") { ahead += 2 }
        guard peek(ahead).kind == .string, peek(ahead + 1).isMark("::") else { return nil }
        let action = try parseEntityUID()
        advance()
        let kind = try expectWord().text
        try expect("{", "`{` with the fields of the event")
        return EventPattern(action: action, kind: kind, fields: try parseFields())
    }

    /// `[path ':' Term {',' path ':' Term}] '}'`; the opening brace is taken.
    mutating func parseFields() throws(RuleDiagnostic) -> [FieldPattern] {
        var fields: [FieldPattern] = []
        if consume("}") { return fields }
        repeat {
            let start = peek.span.lower
            var path = [try expectWord().text]
            if peek.isMark(".") { path += try parseTail() }
            try expect(":", "`:` and what the field is")
            let term = try parseTerm()
            if case .aggregate = term.kind {
                throw fault("an aggregate can only be compared", term.span, suggestion: "bind it: exists (n: Long). ((…) == n && …)")
            }
            fields.append(FieldPattern(path: path, term: term, span: SourceSpan(start, previousUpper)))
            guard fields.count <= limits.nodes else { throw fault("the event has more than \(limits.nodes) fields", peek.span) }
        } while consume(",")
        try expect("}", "`,` or `}`")
        return fields
    }

    func unescaped(_ token: RuleToken) throws(RuleDiagnostic) -> Text {
        // A string is read by the language that it is one of: as the id of an entity.
        do throws(PolicySyntaxError) {
            return try EntityUID(parsing: "T::" + source[token.span]).id
        } catch {
            throw fault(error.diagnostics.first?.message ?? "the string cannot be read", token.span)
        }
    }
}

/// `-?[0-9]+\.[0-9]{1,4}` as Cedar's decimal; also without a point.
enum DecimalText {
    static func value(_ text: String) -> DecimalValue? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count <= 4, !parts[1].isEmpty else { return nil }
        let digits = Array(parts[1].utf8) + repeatElement(UInt8(ascii: "0"), count: 4 - parts[1].utf8.count)
        let whole = parts[0].utf8.drop { $0 == UInt8(ascii: "-") }
        guard !whole.isEmpty, parts[0].utf8.count - whole.count <= 1, (Array(whole) + digits).allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let scaled = Int64(String(parts[0]) + String(decoding: digits, as: UTF8.self))
        else { return nil }
        return DecimalValue(tenThousandths: scaled)
    }
}
