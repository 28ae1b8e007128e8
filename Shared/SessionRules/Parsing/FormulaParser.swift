internal import Cedar

/// Reads a `temporal` block. Nesting is bounded by `RuleLimits.depth`, so that descending costs no more stack than is there.
struct FormulaParser {
    let source: RuleText
    let limits: RuleLimits
    private let tokens: ArraySlice<RuleToken>
    private var cursor: Int
    private var depth = 0
    private(set) var nodes = 0

    /// - Parameter tokens: Those between the braces of the block, with the token behind them as the last.
    init(_ tokens: ArraySlice<RuleToken>, of source: RuleText, limits: RuleLimits) {
        self.tokens = tokens
        self.source = source
        self.limits = limits
        cursor = tokens.startIndex
    }

    /// The whole block.
    mutating func parseBlock() throws(RuleDiagnostic) -> Formula {
        guard !isAtEnd else { throw fault("the block is empty", peek.span, suggestion: "say what must have happened, or leave the block out") }
        let formula = try parseCondition()
        guard isAtEnd else { throw unexpected("`&&`, `since` or the end of the block") }
        return formula
    }

    /// The body of a macro: a condition, or an aggregate alone.
    mutating func parseMacroBody() throws(RuleDiagnostic) -> MacroCall.Argument {
        guard !isAtEnd else { throw fault("the body of the macro is empty", peek.span) }
        let body = try parseArgument()
        guard isAtEnd else { throw unexpected("`&&`, `since` or the end of the macro") }
        return body
    }

    // MARK: Tokens

    var isAtEnd: Bool { cursor >= tokens.endIndex - 1 }
    var peek: RuleToken { tokens[min(cursor, tokens.endIndex - 1)] }
    func peek(_ ahead: Int) -> RuleToken { tokens[min(cursor + ahead, tokens.endIndex - 1)] }
    var previousUpper: Int { cursor > tokens.startIndex ? tokens[cursor - 1].span.upper : peek.span.lower }

    @discardableResult
    mutating func advance() -> RuleToken {
        let token = peek
        if !isAtEnd { cursor += 1 }
        return token
    }

    mutating func consume(_ mark: String) -> Bool {
        guard !isAtEnd, peek.isMark(mark) else { return false }
        cursor += 1
        return true
    }

    mutating func consumeWord(_ word: String) -> Bool {
        guard !isAtEnd, peek.isWord(word) else { return false }
        cursor += 1
        return true
    }

    mutating func expect(_ mark: String, _ expected: String) throws(RuleDiagnostic) {
        guard consume(mark) else { throw unexpected(expected) }
    }

    mutating func expectWord() throws(RuleDiagnostic) -> RuleToken {
        guard !isAtEnd, peek.kind == .identifier else { throw unexpected("a name") }
        return advance()
    }

    // MARK: Depth and size

    /// Runs `body` one level deeper.
    mutating func nested<T>(_ body: (inout FormulaParser) throws(RuleDiagnostic) -> T) throws(RuleDiagnostic) -> T {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.depth else { throw fault("conditions are nested deeper than \(limits.depth) levels", peek.span) }
        return try body(&self)
    }

    mutating func formula(_ kind: Formula.Kind, from lower: Int) throws(RuleDiagnostic) -> Formula {
        let span = SourceSpan(lower, previousUpper)
        nodes += 1
        guard nodes <= limits.nodes else { throw fault("the block has more than \(limits.nodes) parts", span) }
        return Formula(kind: kind, span: span)
    }

    // MARK: Faults

    func fault(_ message: String, _ span: SourceSpan, suggestion: String? = nil) -> RuleDiagnostic {
        source.fault(message, span, suggestion: suggestion)
    }

    func unexpected(_ expected: String) -> RuleDiagnostic {
        let found = isAtEnd ? "the block ends" : "found `\(source[peek.span])`"
        return fault("expected \(expected), \(found)", peek.span, suggestion: slip())
    }

    /// What people write out of habit from Cedar and other languages.
    private func slip() -> String? {
        guard !isAtEnd else { return nil }
        if peek.kind == .identifier {
            switch peek.text.lowercased() {
            case "or": return "there is no or in a temporal block; write two policies"
            case "and": return "use `&&`"
            case "not": return "use `!`"
            case "once", "eventually": return "use `formerly within 1h …`"
            case "within": return "a window stands behind `formerly`, `previous` or `since`"
            default: return nil
            }
        }
        switch peek.text {
        case "||": return "there is no `||` in a temporal block; write two policies"
        case "=": return "use `==` to compare"
        case "&": return "did you mean `&&`?"
        case "+", "-", "/": return "there is no arithmetic in a temporal block; use `sum`"
        default: return nil
        }
    }
}
