/// Cuts a source into tokens (langdef.md, "Syntax").
struct Lexer {
    let source: [Unicode.Scalar]
    private(set) var index = 0
    private var line = 1
    private var column = 1

    init(_ text: String) { source = Array(text.unicodeScalars) }

    static func tokens(of text: String) throws(CELSyntaxError) -> [Token] {
        var lexer = Lexer(text)
        var tokens: [Token] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    var position: CELPosition { CELPosition(line: line, column: column) }
    var current: Unicode.Scalar? { peek(0) }

    func peek(_ offset: Int) -> Unicode.Scalar? { index + offset < source.count ? source[index + offset] : nil }

    @discardableResult
    mutating func advance() -> Unicode.Scalar {
        let scalar = source[index]
        index += 1
        if scalar == "\n" {
            line += 1
            column = 1
        } else {
            column += 1
        }
        return scalar
    }

    private mutating func next() throws(CELSyntaxError) -> Token {
        skipWhitespaceAndComments()
        let start = position
        guard let first = current else { return Token(kind: .end, position: start) }
        if let prefix = stringPrefix() { return Token(kind: try stringLiteral(prefix, from: start), position: start) }
        if first.isIdentifierStart { return Token(kind: .identifier(identifier()), position: start) }
        if first.isDigit || (first == "." && peek(1)?.isDigit == true) {
            return Token(kind: try numberLiteral(from: start), position: start)
        }
        if first == "`" { return Token(kind: try quotedIdentifier(from: start), position: start) }
        return Token(kind: try punctuation(from: start), position: start)
    }

    private mutating func skipWhitespaceAndComments() {
        while let scalar = current {
            if scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" || scalar == "\u{0C}" {
                advance()
            } else if scalar == "/", peek(1) == "/" {
                while let scalar = current, scalar != "\n" { _ = scalar; advance() }
            } else {
                return
            }
        }
    }

    private mutating func identifier() -> String {
        var name = String.UnicodeScalarView()
        while let scalar = current, scalar.isIdentifierStart || scalar.isDigit { name.append(scalar); advance() }
        return String(name)
    }

    private mutating func quotedIdentifier(from start: CELPosition) throws(CELSyntaxError) -> Token.Kind {
        advance()
        var name = String.UnicodeScalarView()
        while let scalar = current, scalar != "`" {
            guard scalar.isIdentifierStart || scalar.isDigit || scalar == "." || scalar == "-" || scalar == "/" || scalar == " " else {
                throw CELSyntaxError("'\(scalar)' cannot stand in a name between backticks", suggestion: "use an index: a[\"…\"]", at: position)
            }
            name.append(scalar)
            advance()
        }
        guard current == "`", !name.isEmpty else { throw CELSyntaxError("this name between backticks has no end", at: start) }
        advance()
        return .quotedIdentifier(String(name))
    }

    private mutating func punctuation(from start: CELPosition) throws(CELSyntaxError) -> Token.Kind {
        // Two-character operators come first in the enumeration, so the longest match wins.
        for candidate in Token.Punctuation.allCases {
            let scalars = Array(candidate.rawValue.unicodeScalars)
            guard scalars.indices.allSatisfy({ peek($0) == scalars[$0] }) else { continue }
            for _ in scalars { advance() }
            return .punctuation(candidate)
        }
        let found = source[index]
        throw CELSyntaxError("unexpected character '\(found)'", suggestion: Self.suggestion(for: found), at: start)
    }

    private static func suggestion(for scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "=": "equality is written =="
        case "&": "logical and is written &&"
        case "|": "logical or is written ||"
        case "“", "”", "‘", "’": "use straight quotes"
        case "$": "the ${…} that surrounds an expression is not part of it"
        default: ""
        }
    }
}

extension Unicode.Scalar {
    var isDigit: Bool { ("0"..."9").contains(self) }
    var isIdentifierStart: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) || self == "_" }
    var hexValue: UInt32? {
        switch self {
        case "0"..."9": value - 48
        case "a"..."f": value - 87
        case "A"..."F": value - 55
        default: nil
        }
    }
}
