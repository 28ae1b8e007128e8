internal import Cedar

/// Reads macro definitions, which may stand anywhere between policies.
struct DefinitionReader {
    private let source: RuleText
    private let tokens: [RuleToken]
    private let limits: RuleLimits
    private(set) var cursor = 0
    private(set) var temporal: [String: MacroDefinition] = [:]
    private(set) var cedar: [String: ExpressionMacro] = [:]

    init(_ tokens: [RuleToken], of source: RuleText, limits: RuleLimits) {
        self.tokens = tokens
        self.source = source
        self.limits = limits
    }

    /// At `index` the text goes on.
    mutating func move(to index: Int) { cursor = index }

    var isAtDefinition: Bool { tokens[cursor].isWord("def") }

    /// `'def' ('cedar' | 'temporal') name '(' ['?' name {',' '?' name}] ')' '{' body '}' ';'`
    mutating func readDefinition() throws(RuleDiagnostic) {
        advance()
        let isTemporal = tokens[cursor].isWord("temporal")
        guard isTemporal || tokens[cursor].isWord("cedar") else { throw unexpected("`cedar` or `temporal`") }
        advance()
        let name = tokens[cursor]
        guard name.kind == .identifier else { throw unexpected("the name of the macro") }
        guard !MacroDefinition.reserved.contains(name.text) else {
            throw source.fault("a macro cannot be called `\(name.text)`", name.span, suggestion: "pick another name")
        }
        guard temporal[name.text] == nil, cedar[name.text] == nil else { throw source.fault("the macro `\(name.text)` is defined twice", name.span) }
        advance()
        let parameters = try readParameters()
        guard tokens[cursor].isMark("{") else { throw unexpected("`{`") }
        guard let end = Brackets.end(of: cursor, in: tokens) else { throw source.fault("this `{` is never closed", tokens[cursor].span) }
        let body = tokens[(cursor + 1)...end]
        if isTemporal {
            var parser = FormulaParser(body, of: source, limits: limits)
            let argument = try parser.parseMacroBody()
            let definition = try definition(name, parameters, argument)
            try MacroScope(source: source, parameters: Set(parameters)).check(definition.body)
            temporal[name.text] = definition
        } else {
            try checkExpression(body.dropLast(), parameters)
            cedar[name.text] = ExpressionMacro(name: name.text, parameters: parameters, tokens: Array(body.dropLast()))
        }
        cursor = end + 1
        guard tokens[cursor].isMark(";") else { throw unexpected("`;` behind the macro") }
        advance()
    }

    private func definition(
        _ name: RuleToken, _ parameters: [String], _ argument: MacroCall.Argument
    ) throws(RuleDiagnostic) -> MacroDefinition {
        switch argument {
        case .formula(let formula): return MacroDefinition(name: name.text, parameters: parameters, body: .condition(formula))
        case .term(let term):
            guard case .aggregate = term.kind else { throw source.fault("the body of a macro is a condition, a `count` or a `sum`", term.span) }
            return MacroDefinition(name: name.text, parameters: parameters, body: .aggregate(term))
        case .interval: throw source.fault("a window is no body of a macro", name.span)
        }
    }

    private mutating func readParameters() throws(RuleDiagnostic) -> [String] {
        guard tokens[cursor].isMark("(") else { throw unexpected("`(` and the parameters") }
        advance()
        var parameters: [String] = []
        while tokens[cursor].kind == .parameter {
            let token = tokens[cursor]
            guard !parameters.contains(token.text) else { throw source.fault("the parameter ?\(token.text) occurs twice", token.span) }
            parameters.append(token.text)
            advance()
            guard tokens[cursor].isMark(",") else { break }
            advance()
        }
        guard tokens[cursor].isMark(")") else { throw unexpected("a parameter such as `?p`, or `)`") }
        advance()
        return parameters
    }

    private func checkExpression(_ body: ArraySlice<RuleToken>, _ parameters: [String]) throws(RuleDiagnostic) {
        guard let first = body.first else { throw source.fault("the body of the macro is empty", tokens[cursor].span) }
        for (index, token) in zip(body.indices, body) {
            if token.kind == .parameter, !parameters.contains(token.text) {
                throw source.fault("?\(token.text) is no parameter of this macro", token.span)
            }
            if token.isWord("temporal"), body.index(after: index) < body.endIndex, body[index + 1].isMark("{") {
                throw source.fault("a macro of Cedar holds no temporal block", token.span, suggestion: "write the block where the macro is called")
            }
            if token.kind == .identifier, cedar[token.text] != nil, body.index(after: index) < body.endIndex, body[index + 1].isMark("("),
                index == body.startIndex || !body[index - 1].isMark(".")
            {
                throw source.fault("a macro cannot call a macro", token.span, suggestion: "hand one call to the other as an argument")
            }
        }
        _ = first
    }

    private mutating func advance() { cursor = min(cursor + 1, tokens.count - 1) }

    private func unexpected(_ expected: String) -> RuleDiagnostic {
        let token = tokens[cursor]
        let found = token.kind == .end ? "the text ends" : "found `\(source[token.span])`"
        return source.fault("expected \(expected), \(found)", token.span)
    }
}

/// Which bracket closes which.
enum Brackets {
    /// The index of the token that closes the one at `start`; nil where none does before the end or a `;` of the same depth.
    static func end(of start: Int, in tokens: [RuleToken]) -> Int? {
        var open: [String] = []
        for index in start..<tokens.count {
            let token = tokens[index]
            guard token.kind == .mark else { continue }
            switch token.text {
            case "{": open.append("}")
            case "(": open.append(")")
            case "[": open.append("]")
            case "}", ")", "]":
                guard open.popLast() == token.text else { return nil }
                if open.isEmpty { return index }
            default: break
            }
        }
        return nil
    }
}
