/// Recursive descent over CEL's grammar; binary operators by precedence climbing, so that a level of nesting costs few frames.
struct Parser {
    private let tokens: [Token]
    let options: CELOptions
    private var limits: CELLimits { options.limits }
    private var index = 0
    private var nesting = 0
    private var nodes = 0

    static func parse(_ text: String, options: CELOptions) throws(CELSyntaxError) -> SyntaxNode {
        let limits = options.limits
        let start = CELPosition(line: 1, column: 1)
        guard text.unicodeScalars.count <= limits.length else {
            throw CELSyntaxError("the expression is longer than \(limits.length) characters", suggestion: "split it over several nodes", at: start)
        }
        var parser = Parser(tokens: try Lexer.tokens(of: text), options: options)
        if parser.current.kind == .end { throw CELSyntaxError("the expression is empty", suggestion: "write one, for example true", at: start) }
        let node = try parser.expression()
        guard parser.current.kind == .end else { throw parser.unexpected("an operator or the end") }
        return node
    }

    private init(tokens: [Token], options: CELOptions) {
        self.tokens = tokens
        self.options = options
    }

    var current: Token { tokens[index] }

    mutating func advance() -> Token {
        let token = tokens[index]
        if index + 1 < tokens.count { index += 1 }
        return token
    }

    func at(_ punctuation: Token.Punctuation) -> Bool { current.kind == .punctuation(punctuation) }

    mutating func take(_ punctuation: Token.Punctuation) -> Bool {
        guard at(punctuation) else { return false }
        _ = advance()
        return true
    }

    mutating func expect(_ punctuation: Token.Punctuation, closing opening: CELPosition? = nil) throws(CELSyntaxError) {
        guard !take(punctuation) else { return }
        var error = unexpected("'\(punctuation.rawValue)'")
        if let opening { error.suggestion = "it closes what was opened at line \(opening.line), column \(opening.column)" }
        throw error
    }

    func unexpected(_ wanted: String) -> CELSyntaxError {
        var suggestion = ""
        if case .identifier(let name) = current.kind, ["and", "or", "not"].contains(name) {
            suggestion = "write \(name == "and" ? "&&" : name == "or" ? "||" : "!")"
        }
        return CELSyntaxError("expected \(wanted) but found \(current.name)", suggestion: suggestion, at: current.position)
    }

    /// Counts a node and measures its depth, so that neither can be made large enough to hurt the evaluator.
    mutating func make(_ kind: SyntaxNode.Kind, at position: CELPosition, over children: [SyntaxNode] = []) throws(CELSyntaxError) -> SyntaxNode {
        nodes += 1
        guard nodes <= limits.nodes else {
            throw CELSyntaxError("the expression has more than \(limits.nodes) parts", suggestion: "split it over several nodes", at: position)
        }
        let depth = 1 + (children.map(\.depth).max() ?? 0)
        guard depth <= limits.depth else { throw tooDeep(at: position) }
        return SyntaxNode(kind: kind, position: position, depth: depth)
    }

    private func tooDeep(at position: CELPosition) -> CELSyntaxError {
        CELSyntaxError("the expression is nested deeper than \(limits.depth) levels", suggestion: "split it over several nodes", at: position)
    }

    // Expr = ConditionalOr ["?" ConditionalOr ":" Expr]
    mutating func expression() throws(CELSyntaxError) -> SyntaxNode {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= limits.depth else { throw tooDeep(at: current.position) }
        let condition = try logical(.or)
        let position = current.position
        guard take(.question) else { return condition }
        let then = try logical(.or)
        try expect(.colon)
        let otherwise = try expression()
        return try make(.conditional(condition, then: then, otherwise: otherwise), at: position, over: [condition, then, otherwise])
    }

    private mutating func logical(_ operation: Token.Punctuation) throws(CELSyntaxError) -> SyntaxNode {
        let first = operation == .or ? try logical(.and) : try binary(minimum: 1)
        guard at(operation) else { return first }
        let position = current.position
        var terms = [first]
        while take(operation) { terms.append(operation == .or ? try logical(.and) : try binary(minimum: 1)) }
        return try make(operation == .or ? .any(terms) : .all(terms), at: position, over: terms)
    }

    private mutating func binary(minimum: Int) throws(CELSyntaxError) -> SyntaxNode {
        var left = try unary()
        while let (operation, precedence) = binaryOperator(), precedence >= minimum {
            let position = advance().position
            let right = try binary(minimum: precedence + 1)
            left = try make(.binary(operation, left, right), at: position, over: [left, right])
        }
        return left
    }

    private func binaryOperator() -> (SyntaxNode.BinaryOperator, precedence: Int)? {
        switch current.kind {
        case .identifier("in"): (.in, 1)
        case .punctuation(let punctuation):
            switch punctuation {
            case .equal: (.equal, 1)
            case .notEqual: (.notEqual, 1)
            case .less: (.less, 1)
            case .lessOrEqual: (.lessOrEqual, 1)
            case .greater: (.greater, 1)
            case .greaterOrEqual: (.greaterOrEqual, 1)
            case .plus: (.add, 2)
            case .minus: (.subtract, 2)
            case .star: (.multiply, 3)
            case .slash: (.divide, 3)
            case .percent: (.remainder, 3)
            default: nil
            }
        default: nil
        }
    }

    private mutating func unary() throws(CELSyntaxError) -> SyntaxNode {
        let position = current.position
        let operation: SyntaxNode.UnaryOperator? = at(.not) ? .not : at(.minus) ? .negate : nil
        guard let operation else { return try member() }
        var count = 0
        while take(operation == .not ? .not : .minus) { count += 1 }
        // The smallest int has no positive counterpart, so a sign belongs to the literal after it.
        if operation == .negate, case .int(let magnitude) = current.kind {
            let literal = try negated(magnitude, at: position)
            let node = try member(of: literal)
            return count == 1 ? node : try make(.unary(operation, count: count - 1, node), at: position, over: [node])
        }
        let operand = try member()
        return try make(.unary(operation, count: count, operand), at: position, over: [operand])
    }

    private mutating func negated(_ magnitude: UInt64, at position: CELPosition) throws(CELSyntaxError) -> SyntaxNode {
        _ = advance()
        guard magnitude <= UInt64(Int64.max) + 1 else {
            throw CELSyntaxError("this integer does not fit in 64 bits", suggestion: "write a double, with a point", at: position)
        }
        return try make(.literal(.int(Int64(truncatingIfNeeded: 0 &- magnitude))), at: position)
    }
}
