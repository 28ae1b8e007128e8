extension Parser {
    /// Goes through signs and opening brackets up to the first expression that is whole.
    mutating func parseOperand(_ stack: inout [PendingExpression]) throws(SyntaxDiagnostic) -> Operand {
        while true {
            let start = peek
            switch start.kind {
            case .not, .minus:
                if let number = try parseSigns(&stack) { return number }
            case .integer: return try parseInteger(isNegative: false)
            case .string:
                advance()
                return try make(.literal(.string(try unescaped(start))), from: start.span.lower, .member)
            case .leftParen:
                advance()
                try enter(.parentheses(start.span), &stack)
            case .leftBracket:
                advance()
                if consume(.rightBracket) { return try make(.set([]), from: start.span.lower, .member) }
                try enter(.set(start.span, from: listed.count), &stack)
            case .leftBrace:
                advance()
                if consume(.rightBrace) { return try make(.record([]), from: start.span.lower, .member) }
                try enter(.record(start.span, from: members.count), &stack)
                try parseKey()
            case .identifier where start.word == .if && peek(1).kind != .doubleColon:
                guard let outer = stack.last, outer.binding == nil else {
                    throw fault("an `if` within an expression needs parentheses", start.span, suggestion: "write `(if … then … else …)`")
                }
                advance()
                try enter(.test(start.span), &stack)
            case .identifier:
                if let operand = try parseWord(&stack) { return operand }
            case .slot: throw fault("a template slot cannot stand in a condition", start.span)
            default: throw unexpected("an expression")
            }
        }
    }

    /// Up to four signs of one kind. A minus right before digits belongs to the number, so that the smallest one can be written: then
    /// the number is returned.
    private mutating func parseSigns(_ stack: inout [PendingExpression]) throws(SyntaxDiagnostic) -> Operand? {
        let sign = peek
        if case .sign? = stack.last { throw unexpected("an expression", suggestion: "put it into parentheses") }
        var count = 0
        while consume(sign.kind) { count += 1 }
        guard count <= 4 else { throw fault("more than four `\(source[sign.span])` in a row", sign.span) }
        let isNumber = sign.kind == .minus && peek.kind == .integer && !isAccess(peek(1))
        if isNumber { count -= 1 }
        if count > 0 { stack.append(.sign(sign.kind == .not ? .not : .negate, count: count, sign.span)) }
        return isNumber ? try parseInteger(isNegative: true) : nil
    }

    private mutating func parseInteger(isNegative: Bool) throws(SyntaxDiagnostic) -> Operand {
        let lower = isNegative ? previous.span.lower : peek.span.lower
        let token = advance()
        guard let value = Int64((isNegative ? "-" : "") + source[token.span]) else {
            throw fault("the integer \(source[token.span]) is beyond 64 bits", token.span)
        }
        return try make(.literal(.long(value)), from: lower, .member)
    }

    private func isAccess(_ token: Token) -> Bool { token.kind == .dot || token.kind == .leftBracket || token.kind == .leftParen }

    /// `true`, `false`, a variable, an entity or a call; nil where a call's arguments come next.
    private mutating func parseWord(_ stack: inout [PendingExpression]) throws(SyntaxDiagnostic) -> Operand? {
        let start = peek
        let isPath = peek(1).kind == .doubleColon
        if !isPath, start.word == .true || start.word == .false {
            advance()
            return try make(.literal(.bool(start.word == .true)), from: start.span.lower, .member)
        }
        if !isPath, let variable = Variable(rawValue: source[start.span]) {
            advance()
            if peek.kind == .leftParen { throw fault("`\(variable.rawValue)` is no function", start.span) }
            return try make(.variable(variable), from: start.span.lower, .member)
        }
        let name = try parseName()
        if consume(.doubleColon) {
            let id = try expect(.string, "the id of the entity in quotes")
            return try make(.literal(.entity(EntityUID(type: name, id: try unescaped(id)))), from: start.span.lower, .member)
        }
        let nameSpan = start.span.joined(to: previous.span)
        guard consume(.leftParen) else { throw unknownName(name, nameSpan) }
        if consume(.rightParen) { return try call(name, nameSpan, []) }
        try enter(.call(name, nameSpan, from: listed.count), &stack)
        return nil
    }

    // MARK: Members

    /// What follows an operand with a dot or a bracket; nil where nothing does.
    mutating func parseAccess(of base: Operand, _ stack: inout [PendingExpression]) throws(SyntaxDiagnostic) -> Operand? {
        guard base.binding == .member else { return nil }
        switch peek.kind {
        case .dot:
            advance()
            let token = peek
            let name = try parseIdentifier()
            guard consume(.leftParen) else { return try make(.attribute(base.node, Text(name)), from: base.lower, .member) }
            if consume(.rightParen) { return try method(name, token.span, base, []) }
            try enter(.method(name, token.span, base, from: listed.count), &stack)
            return try parseOperand(&stack)
        case .leftBracket:
            advance()
            let name = try unescaped(try expect(.string, "the name of an attribute in quotes"))
            try expect(.rightBracket, "`]`")
            return try make(.attribute(base.node, name), from: base.lower, .member)
        case .leftParen: throw fault("this cannot be called", peek.span, suggestion: "only functions and methods have arguments")
        default: return nil
        }
    }

    // MARK: Depth

    private mutating func enter(_ pending: PendingExpression, _ stack: inout [PendingExpression]) throws(SyntaxDiagnostic) {
        guard depth < limits.depth else { throw fault("expressions are nested deeper than \(limits.depth) levels", peek.span) }
        depth += 1
        stack.append(pending)
    }
}
