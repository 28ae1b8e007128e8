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
                let isOptional = take(.question)
                let key = try expression()
                try expect(.rightBracket, closing: position)
                node = try make(.index(node, key, isOptional: isOptional), at: position, over: [node, key])
            } else if at(.leftBrace), let name = node.qualifiedName {
                node = try message(name)
            } else {
                return node
            }
        }
    }

    private mutating func selection(of node: SyntaxNode) throws(CELSyntaxError) -> SyntaxNode {
        let isOptional = take(.question)
        let token = advance()
        switch token.kind {
        case .quotedIdentifier(let name):
            return try make(.select(node, member: name, isOptional: isOptional), at: token.position, over: [node])
        case .identifier(let name):
            // `true`, `false`, `null` and `in` are no selectors; other reserved words are.
            guard !Self.literals.contains(name) else {
                throw CELSyntaxError("'\(name)' cannot be a member's name", suggestion: "use an index: [\"\(name)\"]", at: token.position)
            }
            let opening = current.position
            guard !isOptional, take(.leftParen) else {
                return try make(.select(node, member: name, isOptional: isOptional), at: token.position, over: [node])
            }
            let arguments = try expressions(until: .rightParen, opening: opening)
            return try memberCall(name, node, arguments, at: token.position)
        default:
            throw CELSyntaxError(
                "expected a member's name after '.' but found \(token.name)", suggestion: "an index is written [\"…\"]", at: token.position)
        }
    }

    private mutating func memberCall(
        _ name: String, _ receiver: SyntaxNode, _ arguments: [SyntaxNode], at position: CELPosition
    ) throws(CELSyntaxError) -> SyntaxNode {
        let space = receiver.qualifiedName
        if options.macros {
            if space == "cel", let macro = try bindingMacro(name, arguments, at: position) { return macro }
            if let macro = try memberMacro(name, over: receiver, arguments, at: position) { return macro }
        }
        // `math.abs(x)`: what stands before the dot is a part of the function's name.
        if let space, FunctionLibrary.standard.global["\(space).\(name)"] != nil {
            return try make(
                .call(function: "\(space).\(name)", receiver: nil, arguments: arguments), at: receiver.start, over: [receiver] + arguments)
        }
        return try make(.call(function: name, receiver: receiver, arguments: arguments), at: position, over: [receiver] + arguments)
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
        case .identifier(let name): return try named(name, isAbsolute: false)
        case .punctuation(.dot):
            _ = advance()
            guard case .identifier(let name) = current.kind else { throw unexpected("a name after '.'") }
            return try named(name, isAbsolute: true)
        case .punctuation(.leftParen):
            _ = advance()
            let node = try expression()
            try expect(.rightParen, closing: token.position)
            return node
        case .punctuation(.leftBracket):
            _ = advance()
            return try list(opening: token.position)
        case .punctuation(.leftBrace): return try map()
        default: throw unexpected("a value")
        }
    }

    private mutating func literal(_ value: CELValue) throws(CELSyntaxError) -> SyntaxNode {
        try make(.literal(value), at: advance().position)
    }

    private mutating func named(_ name: String, isAbsolute: Bool) throws(CELSyntaxError) -> SyntaxNode {
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
        guard take(.leftParen) else { return try make(.identifier(name, isAbsolute: isAbsolute), at: position) }
        let arguments = try expressions(until: .rightParen, opening: opening)
        if name == "has", options.macros { return try presence(arguments, at: position) }
        return try make(.call(function: name, receiver: nil, arguments: arguments), at: position, over: arguments)
    }

    private mutating func list(opening: CELPosition) throws(CELSyntaxError) -> SyntaxNode {
        var elements: [SyntaxNode.Element] = []
        while !at(.rightBracket) {
            let isOptional = take(.question)
            elements.append(SyntaxNode.Element(node: try expression(), isOptional: isOptional))
            if !take(.comma) { break }
        }
        try expect(.rightBracket, closing: opening)
        return try make(.list(elements), at: opening, over: elements.map(\.node))
    }

    private mutating func map() throws(CELSyntaxError) -> SyntaxNode {
        let position = advance().position
        var entries: [SyntaxNode.Entry] = []
        while !at(.rightBrace) {
            let isOptional = take(.question)
            let key = try expression()
            try expect(.colon)
            entries.append(SyntaxNode.Entry(key: key, value: try expression(), isOptional: isOptional))
            if !take(.comma) { break }
        }
        try expect(.rightBrace, closing: position)
        return try make(.map(entries), at: position, over: entries.flatMap { [$0.key, $0.value] })
    }

    /// Message literals are CEL, but there is no message type here: the text is parsed and the evaluation says so.
    private mutating func message(_ name: String) throws(CELSyntaxError) -> SyntaxNode {
        let position = advance().position
        var fields: [SyntaxNode.Field] = []
        while !at(.rightBrace) {
            _ = take(.question)
            let field: String
            switch current.kind {
            case .identifier(let name) where !Self.literals.contains(name): field = name
            case .quotedIdentifier(let name): field = name
            default: throw unexpected("a field's name")
            }
            _ = advance()
            try expect(.colon)
            fields.append(SyntaxNode.Field(name: field, value: try expression()))
            if !take(.comma) { break }
        }
        try expect(.rightBrace, closing: position)
        return try make(.message(name: name, fields: fields), at: position, over: fields.map(\.value))
    }

    private mutating func expressions(until end: Token.Punctuation, opening: CELPosition) throws(CELSyntaxError) -> [SyntaxNode] {
        var nodes: [SyntaxNode] = []
        while !at(end) {
            nodes.append(try expression())
            guard take(.comma) else { break }
            if at(end) { throw unexpected("an argument") }
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
