/// A recursive-descent parser of Cedar's policy grammar, named after its productions. Its recursion is bounded by the depth limit.
struct Parser {
    let source: SourceText
    let limits: SyntaxLimits
    private let tokens: [Token]
    private var cursor = 0
    private var depth = 0
    /// The expressions of the policy being parsed.
    var tree = ExpressionTree()

    init(_ source: SourceText, limits: SyntaxLimits) throws(PolicySyntaxError) {
        self.source = source
        self.limits = limits
        do throws(SyntaxDiagnostic) {
            guard source.bytes.count <= limits.size else {
                throw Parser.fault("the text has \(source.bytes.count) bytes; at most \(limits.size) are accepted", SourceSpan(0, 0), source)
            }
            var lexer = Lexer(source)
            tokens = try lexer.tokens()
        } catch {
            throw PolicySyntaxError(diagnostics: [error])
        }
    }

    /// All policies of the text, or all of its faults: after a fault the parser goes on behind the next `;`.
    mutating func parsePolicies(naming: PolicySet.Naming) throws(PolicySyntaxError) -> (policies: [Policy], templates: [Template]) {
        var policies: [Policy] = []
        var templates: [Template] = []
        var diagnostics: [SyntaxDiagnostic] = []
        var taken: [PolicyID: SourcePosition] = [:]
        var index = 0
        while peek.kind != .end, diagnostics.count < limits.diagnostics {
            let start = cursor
            do throws(SyntaxDiagnostic) {
                let (id, body) = try parsePolicy(index: index, naming: naming)
                if let first = taken[id] {
                    throw fault("the id \"\(id)\" is taken by the policy at \(first)", body.span)
                }
                taken[id] = body.position
                if body.scope.slots.isEmpty { policies.append(Policy(id: id, body: body)) } else { templates.append(Template(id: id, body: body)) }
            } catch {
                let isSameFault = diagnostics.contains { $0.position == error.position }
                if !isSameFault { diagnostics.append(error) }
                skipPolicy(from: start)
            }
            index += 1
        }
        guard diagnostics.isEmpty else { throw PolicySyntaxError(diagnostics: diagnostics) }
        return (policies, templates)
    }

    /// Goes behind the `;` that ends the policy that began at `start`, unless the cursor is already there.
    private mutating func skipPolicy(from start: Int) {
        if cursor > start, tokens[cursor - 1].kind == .semicolon { return }
        while peek.kind != .end, advance().kind != .semicolon {}
    }

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

    // MARK: Limits

    mutating func nested<T>(_ body: (inout Parser) throws(SyntaxDiagnostic) -> T) throws(SyntaxDiagnostic) -> T {
        guard depth < limits.depth else { throw fault("expressions are nested deeper than \(limits.depth) levels", peek.span) }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    mutating func node(_ kind: Expression.Kind, _ span: SourceSpan) throws(SyntaxDiagnostic) -> NodeID {
        guard tree.nodes.count < limits.nodes else { throw fault("a policy has more than \(limits.nodes) expressions", span) }
        return tree.add(kind, span)
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
