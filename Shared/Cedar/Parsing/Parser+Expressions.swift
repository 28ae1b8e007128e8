/// The grammar, loosest first:
///
///     Expr     := 'if' Expr 'then' Expr 'else' Expr | Or
///     Or       := And {'||' And}
///     And      := Relation {'&&' Relation}
///     Relation := Add [RelOp Add] | Add 'has' Path | Add 'like' STR | Add 'is' Name ['in' Add]
///     Add      := Mult {('+' | '-') Mult}
///     Mult     := Unary {'*' Unary}
///     Unary    := ['!' {'!'} | '-' {'-'}] Member, with at most four signs
///     Member   := Primary {'.' IDENT ['(' Exprs ')'] | '[' STR ']'}
extension Parser {
    mutating func parseExpression() throws(SyntaxDiagnostic) -> NodeID {
        var stack: [PendingExpression] = [.root]
        depth = 0
        var operand = try parseOperand(&stack)
        while true {
            if let next = try parseAccess(of: operand, &stack) {
                operand = next
            } else if let next = try parseOperator(after: operand, &stack) {
                operand = next
            } else {
                operand = try settle(operand, &stack, down: .or)
                if case .root? = stack.last { return operand.node }
                operand = try close(operand, &stack)
            }
        }
    }

    // MARK: Operators

    /// Takes the operator at the cursor, if there is one, and what stands at its right.
    private mutating func parseOperator(after left: Operand, _ stack: inout [PendingExpression]) throws(SyntaxDiagnostic) -> Operand? {
        let token = peek
        switch token.kind {
        case .or:
            advance()
            stack.append(.or(try settle(left, &stack, down: .or)))
        case .and:
            advance()
            stack.append(.and(try settle(left, &stack, down: .and)))
        case .plus, .minus, .star:
            let op: BinaryOperator = token.kind == .plus ? .add : token.kind == .minus ? .subtract : .multiply
            guard left.binding > .relation else { return nil }
            advance()
            stack.append(.binary(op, try settle(left, &stack, down: op.binding)))
        case .slash: throw fault("Cedar has no division", token.span)
        case .percent: throw fault("Cedar has no remainder", token.span)
        case .assign: throw fault("`=` is no operator", token.span, suggestion: "use `==` to compare")
        default: return try parseRelation(after: left, &stack)
        }
        return try parseOperand(&stack)
    }

    private mutating func parseRelation(after left: Operand, _ stack: inout [PendingExpression]) throws(SyntaxDiagnostic) -> Operand? {
        let token = peek
        let isWord = token.kind == .identifier && [.has, .like, .is].contains(token.word)
        let op = comparison(token)
        guard isWord || op != nil else { return nil }
        let operand = try settle(left, &stack, down: .relation)
        guard operand.binding > .relation else {
            throw fault("comparisons do not chain", token.span, suggestion: "put parentheses around one of them")
        }
        advance()
        if let op {
            stack.append(.binary(op, operand))
            return try parseOperand(&stack)
        }
        switch token.word {
        case .has: return try make(.has(operand.node, try parsePath()), from: operand.lower, .relation)
        case .like:
            let string = try expect(.string, "a pattern in quotes, such as \"*.example.com\"")
            return try make(.like(operand.node, try pattern(string)), from: operand.lower, .relation)
        default:
            let type = try parseTypeName()
            guard consume(.in) else { return try make(.is(operand.node, type, in: nil), from: operand.lower, .relation) }
            stack.append(.isIn(operand, type))
            return try parseOperand(&stack)
        }
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

    /// Puts together all that waits and binds at least as tightly as `binding`.
    private mutating func settle(
        _ operand: Operand, _ stack: inout [PendingExpression], down binding: Binding
    ) throws(SyntaxDiagnostic) -> Operand {
        var operand = operand
        while let pending = stack.last, let held = pending.binding, held >= binding {
            stack.removeLast()
            operand = try join(pending, operand, held)
        }
        return operand
    }

    private mutating func join(_ pending: PendingExpression, _ right: Operand, _ binding: Binding) throws(SyntaxDiagnostic) -> Operand {
        switch pending {
        case .or(let left): return try make(.or(left.node, right.node), from: left.lower, binding)
        case .and(let left): return try make(.and(left.node, right.node), from: left.lower, binding)
        case .binary(let op, let left): return try make(.binary(op, left.node, right.node), from: left.lower, binding)
        case .isIn(let left, let type): return try make(.is(left.node, type, in: right.node), from: left.lower, binding)
        case .sign(let op, let count, let span):
            var node = right.node
            for _ in 0..<count { node = try self.node(.unary(op, node), span.joined(to: previous.span)) }
            return Operand(node: node, lower: span.lower, binding: binding)
        case .root, .parentheses, .test, .then, .otherwise, .set, .record, .call, .method: return right
        }
    }

    // MARK: Results

    /// An expression from `lower` to the token before the cursor.
    mutating func make(_ kind: Expression.Kind, from lower: Int, _ binding: Binding) throws(SyntaxDiagnostic) -> Operand {
        Operand(node: try node(kind, SourceSpan(lower, previous.span.upper)), lower: lower, binding: binding)
    }

    mutating func node(_ kind: Expression.Kind, _ span: SourceSpan) throws(SyntaxDiagnostic) -> NodeID {
        guard tree.nodes.count < limits.nodes else { throw fault("a policy has more than \(limits.nodes) expressions", span) }
        return tree.add(kind, span)
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
}
