/// Makes the layout of policies from their tokens. The text has been parsed, so that each token is where it may be.
struct PolicyLayout {
    /// Expressions inside each other; the layout is made by recursion.
    private static let depthMax = 250

    private let entries: [CommentedTokens.Entry]
    private let source: SourceText
    let indent: Int
    private var cursor = 0
    private var depth = 0

    init(_ entries: [CommentedTokens.Entry], indent: Int, _ source: SourceText) {
        self.entries = entries
        self.indent = indent
        self.source = source
    }

    var isAtEnd: Bool { cursor == entries.count }

    // MARK: Policies

    mutating func policy() throws(PolicySyntaxError) -> Layout {
        var parts: [Layout] = []
        while kind == .at {
            parts += [token(), token()]
            if kind == .leftParen { parts += [token(), token(), token(then: .hardLine)] } else { parts.append(.hardLine) }
        }
        let leading = takeLeading()
        let effect = token()
        parts += [leading, .group(.sequence([effect, .line, token()]))]
        parts.append(scope())
        let hasConditions = entries.indices.contains(cursor + 1) && entries[cursor + 1].token.kind != .semicolon
        parts.append(token(then: hasConditions ? .hardLine : .nothing))
        while kind != .semicolon {
            parts.append(try condition())
            if kind != .semicolon { parts.append(.hardLine) }
        }
        parts.append(token())
        return .sequence(parts)
    }

    /// On one line where nothing is constrained, else one line each.
    private mutating func scope() -> Layout {
        var isFree = true
        var ahead = cursor
        while entries[ahead].token.kind != .rightParen {
            let token = entries[ahead].token
            if token.kind == .equal || token.kind == .slot || token.word == .in || token.word == .is { isFree = false }
            ahead += 1
        }
        let gap: Layout = isFree ? .text(" ") : .hardLine
        var parts: [Layout] = []
        for index in 0..<3 {
            parts.append(variable())
            if index < 2 { parts.append(token(then: gap)) } else if kind == .comma { drop() }
        }
        if isFree { return .group(.nest(indent, .sequence(parts))) }
        return .sequence([.nest(indent, .sequence([.hardLine] + parts)), .hardLine])
    }

    /// A variable of the scope with its constraint.
    private mutating func variable() -> Layout {
        let leading = takeLeading()
        let name = token()
        var type = Layout.nothing
        if word == .is { type = .group(.nest(indent, .sequence([.group(.sequence([.line, token()])), .line, entityName()]))) }
        guard kind == .equal || word == .in else { return .sequence([leading, name, type]) }
        let op = Layout.group(.sequence([name, type, .line, token()]))
        return .sequence([leading, .group(.sequence([op, .nest(indent, .sequence([.line, scopeEntity()]))]))])
    }

    /// An entity, a slot or a list of actions, perhaps in parentheses.
    private mutating func scopeEntity() -> Layout {
        switch kind {
        case .leftParen: .group(.sequence([token(), .nest(1, scopeEntity()), token()]))
        case .leftBracket: .group(scopeList())
        default: entityName()
        }
    }

    private mutating func scopeList() -> Layout {
        let open = token()
        var parts: [Layout] = []
        while kind != .rightBracket {
            parts.append(scopeEntity())
            guard kind == .comma else { continue }
            if entries[cursor + 1].token.kind == .rightBracket { drop() } else { parts.append(token(then: .line)) }
        }
        return .sequence([open, .nest(1, .sequence(parts)), token()])
    }

    /// Names, `::`, and the string of an entity; or a slot.
    private mutating func entityName() -> Layout {
        var parts = [token()]
        while kind == .doubleColon { parts += [token(), token()] }
        return .sequence(parts)
    }

    private mutating func condition() throws(PolicySyntaxError) -> Layout {
        let leading = takeLeading()
        let word = token()
        let beforeBrace = takeLeading()
        let open = token()
        let beforeBody = takeLeading()
        let body = Layout.group(try expression())
        let inner = Layout.group(.sequence([.nest(indent, .sequence([.line, beforeBody, body])), .line, token()]))
        return .sequence([leading, .group(.sequence([word, .line, beforeBrace, open, inner]))])
    }

    // MARK: Expressions

    private mutating func expression() throws(PolicySyntaxError) -> Layout {
        guard depth < Self.depthMax else {
            let span = entries[cursor].token.span
            throw PolicySyntaxError(diagnostics: [
                SyntaxDiagnostic(
                    message: "expressions are nested deeper than \(Self.depthMax) levels, which cannot be formatted", suggestion: nil,
                    position: source.position(of: span.lower), span: span)
            ])
        }
        depth += 1
        defer { depth -= 1 }
        guard word == .if, next != .doubleColon else { return try chain(.or) }
        var parts = [token(), .nest(indent, .sequence([.line, try expression()])), .line]
        parts += [token(), .nest(indent, .sequence([.line, try expression()])), .line]
        parts += [token(), .nest(indent, .sequence([.line, try expression()]))]
        return .group(.sequence(parts))
    }

    /// Parts between `||` or `&&`; these break with what they stand in.
    private mutating func chain(_ op: Token.Kind) throws(PolicySyntaxError) -> Layout {
        var parts = [try op == .or ? chain(.and) : relation()]
        while kind == op {
            parts += [.text(" "), token(then: .line)]
            parts.append(try op == .or ? chain(.and) : relation())
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func relation() throws(PolicySyntaxError) -> Layout {
        let left = try sum()
        switch kind {
        case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual: return .sequence([left, .text(" "), token(), .text(" "), try sum()])
        case .identifier:
            switch word {
            case .in: return .sequence([left, .text(" "), token(), .text(" "), try sum()])
            case .has, .like: return .group(.sequence([left, .line, token(), .line, .nest(indent, try sum())]))
            case .is:
                let type = Layout.sequence([left, .text(" "), token(), .text(" "), .nest(indent, try sum())])
                guard word == .in else { return .group(type) }
                return .group(.sequence([type, .line, token(), .text(" "), .nest(indent, try sum())]))
            default: return left
            }
        default: return left
        }
    }

    private mutating func sum() throws(PolicySyntaxError) -> Layout {
        var parts = [try product()]
        while kind == .plus || kind == .minus { parts += [.text(" "), token(), .line, try product()] }
        return .group(.sequence(parts))
    }

    private mutating func product() throws(PolicySyntaxError) -> Layout {
        var parts = [try unary()]
        while kind == .star { parts += [.text(" "), token(), .line, try unary()] }
        return .group(.sequence(parts))
    }

    private mutating func unary() throws(PolicySyntaxError) -> Layout {
        var parts: [Layout] = []
        while kind == .not || kind == .minus { parts.append(token()) }
        parts.append(try member())
        return .sequence(parts)
    }

    private mutating func member() throws(PolicySyntaxError) -> Layout {
        let item = try primary()
        var accesses: [Layout] = []
        while kind == .dot || kind == .leftParen || kind == .leftBracket {
            if !accesses.isEmpty { accesses.append(.softLine) }
            switch kind {
            case .dot: accesses.append(.sequence([token(), token()]))
            case .leftBracket: accesses.append(.sequence([token(), try expression(), token()]))
            default: accesses.append(try arguments())
            }
        }
        return .group(.sequence([item, .nest(indent, .sequence(accesses))]))
    }

    private mutating func arguments() throws(PolicySyntaxError) -> Layout {
        let open = token()
        guard kind != .rightParen else { return .sequence([open, token()]) }
        let list = try self.list(until: .rightParen)
        return .sequence([.nest(indent, .sequence([open, .softLine, list])), .softLine, token()])
    }

    /// Expressions between commas; one before the end is left out.
    private mutating func list(until end: Token.Kind) throws(PolicySyntaxError) -> Layout {
        var parts: [Layout] = []
        while kind != end {
            parts.append(try element(of: end))
            guard kind == .comma else { continue }
            if next == end { drop() } else { parts.append(token(then: .line)) }
        }
        return .sequence(parts)
    }

    private mutating func element(of end: Token.Kind) throws(PolicySyntaxError) -> Layout {
        guard end == .rightBrace else { return try expression() }
        return .sequence([token(), token(then: .text(" ")), try expression()])
    }

    private mutating func primary() throws(PolicySyntaxError) -> Layout {
        switch kind {
        case .leftParen:
            let open = token()
            return .group(.sequence([open, .nest(1, try expression()), token()]))
        case .leftBracket:
            let open = token()
            return .sequence([open, .nest(1, try list(until: .rightBracket)), token()])
        case .leftBrace:
            let open = token()
            guard kind != .rightBrace else { return .sequence([open, token()]) }
            return .group(.sequence([open, .nest(indent, .sequence([.line, try list(until: .rightBrace)])), .line, token()]))
        case .identifier: return entityName()
        default: return token()
        }
    }

    // MARK: Tokens

    private var kind: Token.Kind { cursor < entries.count ? entries[cursor].token.kind : .end }
    private var next: Token.Kind { cursor + 1 < entries.count ? entries[cursor + 1].token.kind : .end }
    private var word: Word { cursor < entries.count && kind == .identifier ? entries[cursor].token.word : .other }

    private var takenLeading = -1

    /// The comments before the next token, when they belong before what it begins.
    private mutating func takeLeading() -> Layout {
        guard takenLeading != cursor, cursor < entries.count else { return .nothing }
        takenLeading = cursor
        return leading(entries[cursor].leading)
    }

    private func leading(_ comments: [String]) -> Layout {
        guard !comments.isEmpty else { return .nothing }
        var parts: [Layout] = [.hardLine]
        for comment in comments { parts += [.text(comment), .hardLine] }
        return .sequence(parts)
    }

    /// The next token with its comments, and then `gap`, unless a comment ends the line already.
    private mutating func token(then gap: Layout = .nothing) -> Layout {
        let before = takeLeading()
        let entry = entries[cursor]
        cursor += 1
        guard let comment = entry.trailing.first else { return .sequence([before, .text(entry.text), gap]) }
        return .sequence([before, .text(entry.text), .text(" "), .text(comment), .hardLine])
    }

    /// Leaves out a comma that means nothing, but none of its comments.
    private mutating func drop() { cursor += 1 }
}
