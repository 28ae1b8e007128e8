/// A parser of Cedar's policy grammar. Expressions are parsed with a stack of their own (`PendingExpression`); the rest does not nest.
struct Parser {
    let source: SourceText
    let limits: SyntaxLimits
    private let tokens: [Token]
    private var cursor = 0
    /// The offset at which the last recovery within a policy went on.
    private var resumed = 0
    /// What is wrong so far.
    private var diagnostics: [SyntaxDiagnostic]
    /// Brackets that are open.
    var depth = 0
    /// Elements and arguments, and members, of the lists that are open.
    var listed: [NodeID] = []
    var members: [ListedMember] = []
    /// The expressions of the policy being parsed.
    var tree = ExpressionTree()

    init(_ source: SourceText, limits: SyntaxLimits) throws(PolicySyntaxError) {
        self.source = source
        self.limits = limits
        guard source.bytes.count <= limits.size else {
            let message = "the text has \(source.bytes.count) bytes; at most \(limits.size) are accepted"
            throw PolicySyntaxError(diagnostics: [Parser.fault(message, SourceSpan(0, 0), source)])
        }
        var lexer = Lexer(source, faultsMax: limits.diagnostics)
        tokens = lexer.tokens()
        diagnostics = lexer.faults
    }

    /// All policies of the text, or all of its faults: after a fault in a condition the parser goes on behind the condition, after
    /// another one behind the next `;`.
    mutating func parsePolicies(naming: PolicySet.Naming) throws(PolicySyntaxError) -> (policies: [Policy], templates: [Template]) {
        var policies: [Policy] = []
        var templates: [Template] = []
        var taken: [PolicyID: SourcePosition] = [:]
        var index = 0
        while peek.kind != .end, diagnostics.count < limits.diagnostics {
            let start = cursor
            do throws(SyntaxDiagnostic) {
                let (id, body) = try parsePolicy(index: index, naming: naming)
                if let first = taken[id] { throw fault("the id \"\(id)\" is taken by the policy at \(first)", body.span) }
                taken[id] = body.position
                if body.scope.slots.isEmpty { policies.append(Policy(id: id, body: body)) } else { templates.append(Template(id: id, body: body)) }
            } catch {
                report(error, since: tokens[start].span.lower)
                skipPolicy(from: start)
            }
            index += 1
        }
        try refuse()
        return (policies, templates)
    }

    /// Throws what is wrong so far, if anything is.
    func refuse() throws(PolicySyntaxError) {
        guard !diagnostics.isEmpty else { return }
        throw PolicySyntaxError(diagnostics: Array(diagnostics.sorted { $0.span.lower < $1.span.lower }.prefix(limits.diagnostics)))
    }

    // MARK: Recovery

    var hasTooManyFaults: Bool { diagnostics.count >= limits.diagnostics }

    /// Remembers a fault, unless it follows from a character that was already reported since `lower`.
    mutating func report(_ fault: SyntaxDiagnostic, since lower: Int) {
        let lower = max(lower, resumed)
        let follows = diagnostics.contains { $0.span.lower >= lower && $0.span.lower <= fault.span.lower }
        if !follows { diagnostics.append(fault) }
    }

    /// Goes behind the `;` that ends the policy that began at `start`, unless the cursor is already there.
    private mutating func skipPolicy(from start: Int) {
        if cursor > start, tokens[cursor - 1].kind == .semicolon { return }
        while peek.kind != .end, advance().kind != .semicolon {}
    }

    /// Goes behind the `}` of the condition whose `{` is the token before `start`; stays where none comes before the next `;`.
    mutating func skipCondition(from start: Int) -> Bool {
        var open = 1
        for index in start..<tokens.count {
            switch tokens[index].kind {
            case .leftBrace: open += 1
            case .rightBrace: open -= 1
            case .semicolon, .end: return false
            default: break
            }
            if open == 0 {
                cursor = index + 1
                resumed = peek.span.lower
                return true
            }
        }
        return false
    }

    var position: Int { cursor }
    func lower(ofToken index: Int) -> Int { tokens[index].span.lower }

    // MARK: Tokens

    var peek: Token { tokens[cursor] }
    var previous: Token { tokens[max(0, cursor - 1)] }

    func peek(_ ahead: Int) -> Token { tokens[min(cursor + ahead, tokens.count - 1)] }

    @discardableResult
    mutating func advance() -> Token {
        let token = tokens[cursor]
        if token.kind != .end { cursor += 1 }
        return token
    }

    mutating func consume(_ kind: Token.Kind) -> Bool {
        guard peek.kind == kind else { return false }
        advance()
        return true
    }

    mutating func consume(_ word: Word) -> Bool {
        guard peek.kind == .identifier, peek.word == word else { return false }
        advance()
        return true
    }

    @discardableResult
    mutating func expect(_ kind: Token.Kind, _ expected: String, suggestion: String? = nil) throws(SyntaxDiagnostic) -> Token {
        guard peek.kind == kind else { throw unexpected(expected, suggestion: suggestion) }
        return advance()
    }

    mutating func expect(_ word: Word, _ expected: String) throws(SyntaxDiagnostic) {
        guard consume(word) else { throw unexpected(expected) }
    }

    /// Elements between commas up to `end`, which is taken; a comma may stand before it.
    mutating func list<T>(
        until end: Token.Kind, _ endName: String, _ element: (inout Parser) throws(SyntaxDiagnostic) -> T
    ) throws(SyntaxDiagnostic) -> [T] {
        var elements: [T] = []
        while peek.kind != end {
            elements.append(try element(&self))
            guard consume(.comma) else { break }
        }
        try expect(end, "`,` or \(endName)")
        return elements
    }

    // MARK: Faults

    func unexpected(_ expected: String, suggestion: String? = nil) -> SyntaxDiagnostic {
        let found = peek.kind == .end ? "the text ends" : "found `\(source[peek.span])`"
        return fault("expected \(expected), \(found)", peek.span, suggestion: suggestion ?? slip(at: peek))
    }

    func fault(_ message: String, _ span: SourceSpan, suggestion: String? = nil) -> SyntaxDiagnostic {
        Parser.fault(message, span, source, suggestion: suggestion)
    }

    private static func fault(
        _ message: String, _ span: SourceSpan, _ source: SourceText, suggestion: String? = nil
    ) -> SyntaxDiagnostic {
        SyntaxDiagnostic(message: message, suggestion: suggestion, position: source.position(of: span.lower), span: span)
    }

    /// What people write out of habit from other languages.
    private func slip(at token: Token) -> String? {
        switch (token.kind, source[token.span]) {
        case (.assign, _): "use `==` to compare"
        case (.identifier, "and"), (.identifier, "AND"): "use `&&`"
        case (.identifier, "or"), (.identifier, "OR"): "use `||`"
        case (.identifier, "not"), (.identifier, "NOT"): "use `!`"
        case (.identifier, "permit"), (.identifier, "forbid"), (.at, _): "end the policy before it with `;`"
        default: nil
        }
    }
}
