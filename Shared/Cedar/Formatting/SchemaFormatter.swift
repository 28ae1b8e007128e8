/// Writes schemas in Cedar's syntax in its usual layout, with their comments.
public enum SchemaFormatter {
    /// The same schema, laid out anew; the text must be without faults.
    public static func format(_ text: String, indentWidth: Int = 2) throws(SchemaError) -> String {
        let before = try SchemaFragment(parsing: text)
        let source = SourceText(text)
        var lexer = Lexer(source, faultsMax: 1)
        let tokens = CommentedTokens(source, lexer.tokens())
        var layout = SchemaLayout(tokens, source, indentWidth: indentWidth)
        let formatted = layout.write()
        guard try SchemaFragment(parsing: formatted) == before else {
            throw SchemaError(faults: [
                .init(message: "this text cannot be laid out without changing what it means", suggestion: nil, position: nil, path: [])
            ])
        }
        return formatted
    }
}

/// Puts tokens onto lines: a declaration, an attribute and an annotation each begin one.
private struct SchemaLayout {
    private let tokens: CommentedTokens
    private let source: SourceText
    private let indentWidth: Int
    private var text = ""
    /// The brackets that are open, and whether what they hold is on lines of its own.
    private var open: [(kind: Token.Kind, isBroken: Bool)] = []
    private var isAtLineStart = true
    /// Whether the outermost braces are those of a namespace.
    private var isInNamespace = false

    init(_ tokens: CommentedTokens, _ source: SourceText, indentWidth: Int) {
        self.tokens = tokens
        self.source = source
        self.indentWidth = indentWidth
    }

    mutating func write() -> String {
        for index in tokens.entries.indices { write(index) }
        for comment in tokens.atEnd {
            breakLine()
            put(comment)
        }
        breakLine()
        return text
    }

    private func kind(_ index: Int) -> Token.Kind { tokens.entries.indices.contains(index) ? tokens.entries[index].token.kind : .end }

    private mutating func write(_ index: Int) {
        let entry = tokens.entries[index]
        let isClosing = entry.token.kind == .rightBrace || entry.token.kind == .rightBracket
        if isClosing, open.last?.isBroken == true {
            open.removeLast()
            breakLine()
        } else if isClosing {
            _ = open.popLast()
        }
        if open.isEmpty, beginsDeclaration(index) { isInNamespace = entry.text == "namespace" }
        keepEmptyLine(before: index)
        for comment in entry.leading {
            breakLine()
            put(comment)
            breakLine()
        }
        if !isAtLineStart, needsSpace(before: index) { text += " " }
        put(entry.text)
        if entry.token.kind == .leftBrace || entry.token.kind == .leftBracket {
            let isEmpty = kind(index + 1) == .rightBrace || kind(index + 1) == .rightBracket
            open.append((entry.token.kind, entry.token.kind == .leftBrace && !isEmpty))
        }
        if let comment = entry.trailing.first {
            text += " \(comment)"
            breakLine()
        } else if endsLine(index) {
            breakLine()
        }
    }

    /// Up to one empty line between declarations stays.
    private mutating func keepEmptyLine(before index: Int) {
        guard isAtLineStart, index > 0, kind(index - 1) == .semicolon || kind(index - 1) == .rightBrace, kind(index) != .rightBrace else { return }
        var offset = tokens.entries[index - 1].token.span.upper
        if !tokens.entries[index - 1].trailing.isEmpty {
            while offset < source.bytes.count, source.bytes[offset] != 0x0A { offset += 1 }
        }
        var breaks = 0
        while offset < source.bytes.count, source.bytes[offset] == 0x20 || (0x09...0x0D).contains(source.bytes[offset]) {
            if source.bytes[offset] == 0x0A { breaks += 1 }
            offset += 1
        }
        if breaks > 1 { text += "\n" }
    }

    private func beginsDeclaration(_ index: Int) -> Bool {
        guard kind(index) == .identifier else { return false }
        switch kind(index - 1) {
        case .end, .semicolon, .rightBrace, .rightParen: return true
        default: return kind(index - 2) == .at
        }
    }

    private func endsLine(_ index: Int) -> Bool {
        switch kind(index) {
        case .semicolon: return true
        case .leftBrace: return open.last?.isBroken == true
        // Names stand on one line, attributes on one each.
        case .comma: return open.last?.isBroken == true && !(open.count == 1 && isInNamespace)
        // The end of a namespace, which has no semicolon.
        case .rightBrace: return open.isEmpty && kind(index + 1) != .semicolon && !continues(index + 1)
        case .rightParen: return true
        case .identifier: return kind(index - 1) == .at && kind(index + 1) != .leftParen
        default: return false
        }
    }

    /// What may follow the braces of a declaration.
    private func continues(_ index: Int) -> Bool {
        kind(index) == .identifier && ["tags", "attributes"].contains(tokens.entries[index].text)
            && kind(index + 1) != .doubleColon
    }

    private func needsSpace(before index: Int) -> Bool {
        let (before, now) = (kind(index - 1), kind(index))
        switch now {
        case .semicolon, .comma, .colon, .question, .doubleColon, .greater, .less, .leftParen, .rightParen, .rightBracket: return false
        case .rightBrace: return before != .leftBrace
        default: break
        }
        switch before {
        case .at, .doubleColon, .less, .leftParen, .leftBracket: return false
        default: return true
        }
    }

    private mutating func put(_ word: String) {
        if isAtLineStart { text += String(repeating: " ", count: indentWidth * open.count { $0.isBroken }) }
        text += word
        isAtLineStart = false
    }

    private mutating func breakLine() {
        guard !isAtLineStart else { return }
        text += "\n"
        isAtLineStart = true
    }
}
