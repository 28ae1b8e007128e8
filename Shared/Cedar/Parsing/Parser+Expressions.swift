extension Parser {
    /// `Expr := Or | 'if' Expr 'then' Expr 'else' Expr`
    mutating func parseExpression() throws(SyntaxDiagnostic) -> NodeID {
        try nested { (parser) throws(SyntaxDiagnostic) in
            let start = parser.peek.span
            guard parser.consume(.if) else { return try parser.parseOr() }
            let test = try parser.parseExpression()
            try parser.expect(.then, "`then`")
            let then = try parser.parseExpression()
            try parser.expect(.else, "`else`")
            let otherwise = try parser.parseExpression()
            return try parser.node(.conditional(test, then: then, else: otherwise), start.joined(to: parser.previous.span))
        }
    }

    /// `Or := And {'||' And}`
    private mutating func parseOr() throws(SyntaxDiagnostic) -> NodeID {
        var left = try parseAnd()
        while consume(.or) {
            let right = try parseAnd()
            left = try node(.or(left, right), span(from: left))
        }
        return left
    }

    /// `And := Relation {'&&' Relation}`
    private mutating func parseAnd() throws(SyntaxDiagnostic) -> NodeID {
        var left = try parseRelation()
        while consume(.and) {
            let right = try parseRelation()
            left = try node(.and(left, right), span(from: left))
        }
        return left
    }

    /// `Relation := Add [RelOp Add] | Add 'has' … | Add 'like' … | Add 'is' … ['in' Add]`
    private mutating func parseRelation() throws(SyntaxDiagnostic) -> NodeID {
        let left = try parseAdd()
        let relation: NodeID
        if let op = comparison(peek) {
            advance()
            let right = try parseAdd()
            relation = try node(.binary(op, left, right), span(from: left))
        } else if consume(.has) {
            relation = try node(.has(left, try parsePath()), span(from: left))
        } else if consume(.like) {
            let token = try expect(.string, "a pattern in quotes, such as \"*.example.com\"")
            relation = try node(.like(left, try pattern(token)), span(from: left))
        } else if consume(.is) {
            let type = try parseTypeName()
            let ancestor: NodeID? = consume(.in) ? try parseAdd() : nil
            relation = try node(.is(left, type, in: ancestor), span(from: left))
        } else {
            relation = left
        }
        try refuseChain(after: relation, left)
        return relation
    }

    private func comparison(_ token: Token) -> BinaryOperator? {
        switch token.kind {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessEqual: .lessEqual
        case .greater: .greater
        case .greaterEqual: .greaterEqual
        case .identifier where token.word == .in: .in
        default: nil
        }
    }

    private func refuseChain(after relation: NodeID, _ left: NodeID) throws(SyntaxDiagnostic) {
        if peek.kind == .assign { throw fault("`=` is no operator", peek.span, suggestion: "use `==` to compare") }
        let continues = comparison(peek) != nil || (peek.kind == .identifier && [.has, .like, .is].contains(peek.word))
        guard relation != left, continues else { return }
        throw fault("comparisons do not chain", peek.span, suggestion: "put parentheses around one of them")
    }

    /// The right side of a `has`: a string, or names joined by dots.
    private mutating func parsePath() throws(SyntaxDiagnostic) -> [Text] {
        if peek.kind == .string {
            let name = try unescaped(advance())
            if peek.kind == .dot || peek.kind == .leftBracket {
                throw unexpected("an operator", suggestion: "a path after `has` is made of names: has a.b")
            }
            return [name]
        }
        guard peek.kind == .identifier else { throw unexpected("the name of an attribute, or one in quotes") }
        var path: [Text] = []
        repeat {
            let start = peek.span
            let name = try parseIdentifier()
            guard path.isEmpty == false || name != TypeName.reservedNamespace else {
                throw fault("the name `\(name)` is kept for Cedar itself", start)
            }
            path.append(Text(name))
        } while consume(.dot)
        if peek.kind == .leftBracket || peek.kind == .leftParen || peek.kind == .doubleColon {
            throw unexpected("an operator", suggestion: "a path after `has` is made of names: has a.b")
        }
        return path
    }

    /// `Add := Mult {('+' | '-') Mult}`
    private mutating func parseAdd() throws(SyntaxDiagnostic) -> NodeID {
        var left = try parseMultiply()
        while peek.kind == .plus || peek.kind == .minus {
            let op: BinaryOperator = advance().kind == .plus ? .add : .subtract
            let right = try parseMultiply()
            left = try node(.binary(op, left, right), span(from: left))
        }
        return left
    }

    /// `Mult := Unary {'*' Unary}`
    private mutating func parseMultiply() throws(SyntaxDiagnostic) -> NodeID {
        var left = try parseUnary()
        while true {
            if peek.kind == .slash { throw fault("Cedar has no division", peek.span) }
            if peek.kind == .percent { throw fault("Cedar has no remainder", peek.span) }
            guard consume(.star) else { return left }
            let right = try parseUnary()
            left = try node(.binary(.multiply, left, right), span(from: left))
        }
    }

    /// `Unary := ['!' {'!'} | '-' {'-'}] Member`, with at most four signs of one kind.
    private mutating func parseUnary() throws(SyntaxDiagnostic) -> NodeID {
        let sign = peek
        guard sign.kind == .not || sign.kind == .minus else { return try parseMember() }
        var count = 0
        while consume(sign.kind) { count += 1 }
        guard count <= 4 else { throw fault("more than four `\(source[sign.span])` in a row", sign.span) }
        var operand: NodeID
        if sign.kind == .minus, peek.kind == .integer, !isAccess(peek(1)) {
            // A minus before digits belongs to the number, so that the smallest one can be written.
            operand = try parseInteger(isNegative: true)
            count -= 1
        } else {
            operand = try parseMember()
        }
        for _ in 0..<count {
            operand = try node(.unary(sign.kind == .not ? .not : .negate, operand), sign.span.joined(to: previous.span))
        }
        return operand
    }

    mutating func parseInteger(isNegative: Bool) throws(SyntaxDiagnostic) -> NodeID {
        let token = advance()
        guard let value = Int64((isNegative ? "-" : "") + source[token.span]) else {
            throw fault("the integer \(source[token.span]) is beyond 64 bits", token.span)
        }
        return try node(.literal(.long(value)), token.span)
    }

    func isAccess(_ token: Token) -> Bool { token.kind == .dot || token.kind == .leftBracket || token.kind == .leftParen }

    /// From the start of an expression to the token before the cursor.
    func span(from node: NodeID) -> SourceSpan { tree[node].span.joined(to: previous.span) }
}
