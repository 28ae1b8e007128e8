extension Parser {
    // Member = Primary | Member "." SELECTOR ["(" [ExprList] ")"] | Member "[" Expr "]"
    mutating func member() throws(CELSyntaxError) -> SyntaxNode { try member(of: try primary()) }

    mutating func member(of start: SyntaxNode) throws(CELSyntaxError) -> SyntaxNode {
        var node = start
        while true {
            let position = current.position
            if take(.dot) {
                node = try selection(of: node)
            } else if take(.leftBracket) {
                let key = try expression()
                try expect(.rightBracket, closing: position)
                node = try make(.index(node, key), at: position, over: [node, key])
            } else if at(.leftBrace), let name = node.qualifiedName {
                node = try message(name)
            } else {
                return node
            }
        }
    }

    private mutating func selection(of node: SyntaxNode) throws(CELSyntaxError) -> SyntaxNode {
        let token = advance()
        switch token.kind {
        case .quotedIdentifier(let name):
            return try make(.select(node, member: name), at: token.position, over: [node])
        case .identifier(let name):
            // `true`, `false`, `null` and `in` are no selectors; other reserved words are.
            guard !Self.literals.contains(name) else {
                throw CELSyntaxError("'\(name)' cannot be a member's name", suggestion: "use an index: [\"\(name)\"]", at: token.position)
            }
            let opening = current.position
            guard take(.leftParen) else { return try make(.select(node, member: name), at: token.position, over: [node]) }
            let arguments = try expressions(until: .rightParen, opening: opening)
            if let macro = try comprehension(name, over: node, arguments, at: token.position) { return macro }
            return try make(.call(function: name, receiver: node, arguments: arguments), at: token.position, over: [node] + arguments)
        default:
            throw CELSyntaxError(
                "expected a member's name after '.' but found \(token.name)", suggestion: "an index is written [\"…\"]", at: token.position)
        }
    }

    // Primary = ["."] IDENT ["(" [ExprList] ")"] | "(" Expr ")" | "[" … "]" | "{" … "}" | LITERAL
    private mutating func primary() throws(CELSyntaxError) -> SyntaxNode {
        let token = current
        switch token.kind {
        case .int(let magnitude):
            _ = advance()
            guard let value = Int64(exactly: magnitude) else {
                throw CELSyntaxError("\(magnitude) does not fit in an int", suggestion: "write \(magnitude)u for a uint", at: token.position)
            }
            return try make(.literal(.int(value)), at: token.position)
        case .uint(let value): return try literal(.uint(value))
        case .double(let value): return try literal(.double(value))
        case .string(let value): return try literal(.string(value))
        case .bytes(let value): return try literal(.bytes(value))
        case .identifier(let name): return try named(name)
        case .punctuation(.dot):
            _ = advance()
            guard case .identifier(let name) = current.kind else { throw unexpected("a name after '.'") }
            return try named(name)
        case .punctuation(.leftParen):
            _ = advance()
            let node = try expression()
            try expect(.rightParen, closing: token.position)
            return node
        case .punctuation(.leftBracket):
            _ = advance()
            let elements = try expressions(until: .rightBracket, opening: token.position)
            return try make(.list(elements), at: token.position, over: elements)
        case .punctuation(.leftBrace): return try map()
        default: throw unexpected("a value")
        }
    }

    private mutating func literal(_ value: CELValue) throws(CELSyntaxError) -> SyntaxNode {
        try make(.literal(value), at: advance().position)
    }

    private mutating func named(_ name: String) throws(CELSyntaxError) -> SyntaxNode {
        switch name {
        case "true": return try literal(.bool(true))
        case "false": return try literal(.bool(false))
        case "null": return try literal(.null)
        case "in": throw unexpected("a value")
        default: break
        }
        let position = advance().position
        guard !Self.reserved.contains(name) else {
            throw CELSyntaxError("'\(name)' is a reserved word", suggestion: "use another name, or an index [\"\(name)\"]", at: position)
        }
        let opening = current.position
        guard take(.leftParen) else { return try make(.identifier(name), at: position) }
        let arguments = try expressions(until: .rightParen, opening: opening)
        if name == "has" { return try presence(arguments, at: position) }
        return try make(.call(function: name, receiver: nil, arguments: arguments), at: position, over: arguments)
    }

    private mutating func map() throws(CELSyntaxError) -> SyntaxNode {
        let position = advance().position
        var entries: [(key: SyntaxNode, value: SyntaxNode)] = []
        while !at(.rightBrace) {
            let key = try expression()
            try expect(.colon)
            entries.append((key, try expression()))
            if !take(.comma) { break }
        }
        try expect(.rightBrace, closing: position)
        return try make(.map(entries), at: position, over: entries.flatMap { [$0.key, $0.value] })
    }

    /// Message literals are CEL, but there is no message type here: the text is parsed and the evaluation says so.
    private mutating func message(_ name: String) throws(CELSyntaxError) -> SyntaxNode {
        let position = advance().position
        var values: [SyntaxNode] = []
        while !at(.rightBrace) {
            switch current.kind {
            case .identifier(let field) where !Self.literals.contains(field): _ = advance()
            case .quotedIdentifier: _ = advance()
            default: throw unexpected("a field's name")
            }
            try expect(.colon)
            values.append(try expression())
            if !take(.comma) { break }
        }
        try expect(.rightBrace, closing: position)
        return try make(.message(name: name), at: position, over: values)
    }

    mutating func expressions(until end: Token.Punctuation, opening: CELPosition) throws(CELSyntaxError) -> [SyntaxNode] {
        var nodes: [SyntaxNode] = []
        while !at(end) {
            nodes.append(try expression())
            // A trailing comma is allowed in lists only.
            guard take(.comma) else { break }
            if at(end), end == .rightParen { throw unexpected("an argument") }
        }
        try expect(end, closing: opening)
        return nodes
    }

    private static let literals: Set<String> = ["true", "false", "null", "in"]
    static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace",
        "return", "var", "void", "while",
    ]
}

extension SyntaxNode {
    /// `a.b.c` where this is nothing but names.
    var qualifiedName: String? {
        switch kind {
        case .identifier(let name): name
        case .select(let base, let member): base.qualifiedName.map { "\($0).\(member)" }
        default: nil
        }
    }
}
