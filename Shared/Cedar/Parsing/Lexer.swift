/// Splits a policy text into tokens. Whitespace is what Unicode calls so; comments run from `//` to the end of the line.
struct Lexer {
    private let source: SourceText
    private let faultsMax: Int
    private var offset = 0
    /// What is no token; it is left out of them.
    private(set) var faults: [SyntaxDiagnostic] = []

    init(_ source: SourceText, faultsMax: Int) {
        self.source = source
        self.faultsMax = faultsMax
    }

    /// All tokens up to the end, or up to where there are too many faults.
    mutating func tokens() -> [Token] {
        var tokens: [Token] = []
        tokens.reserveCapacity(source.bytes.count / 4)
        while faults.count < faultsMax {
            skipSpace()
            let start = offset
            do throws(SyntaxDiagnostic) {
                let token = try next()
                tokens.append(token)
                if token.kind == .end { return tokens }
            } catch {
                faults.append(error)
                skip(from: start)
            }
        }
        return tokens + [Token(kind: .end, word: .other, span: SourceSpan(offset, offset))]
    }

    /// Goes on behind a bad character, or behind the line in which a bad string begins.
    private mutating func skip(from start: Int) {
        if source.bytes[start] == UInt8(ascii: "\"") {
            offset = start
            while let byte = byte(), byte != 0x0A { offset += 1 }
        } else {
            offset = start + (scalar().map(\.1) ?? 1)
        }
    }

    private func byte(_ ahead: Int = 0) -> UInt8? {
        offset + ahead < source.bytes.count ? source.bytes[offset + ahead] : nil
    }

    private mutating func skipSpace() {
        while let byte = byte() {
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                offset += 1
            } else if byte == UInt8(ascii: "/"), self.byte(1) == UInt8(ascii: "/") {
                while let byte = self.byte(), byte != 0x0A, byte != 0x0D { offset += 1 }
            } else if byte >= 0x80, let (scalar, length) = scalar(), scalar.properties.isWhitespace {
                offset += length
            } else {
                return
            }
        }
    }

    /// The scalar under the cursor and the bytes it takes.
    private func scalar() -> (Unicode.Scalar, Int)? {
        var decoder = Unicode.UTF8()
        var iterator = source.bytes[offset..<min(offset + 4, source.bytes.count)].makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
        return (scalar, UTF8.width(scalar))
    }

    private mutating func next() throws(SyntaxDiagnostic) -> Token {
        let start = offset
        guard let first = byte() else { return Token(kind: .end, word: .other, span: SourceSpan(start, start)) }
        switch first {
        case UInt8(ascii: "\""): return try string()
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            while let digit = byte(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) { offset += 1 }
            return Token(kind: .integer, word: .other, span: SourceSpan(start, offset))
        case _ where Lexer.isWordStart(first):
            skipWord()
            let span = SourceSpan(start, offset)
            return Token(kind: .identifier, word: Word(source[span]), span: span)
        case UInt8(ascii: "?") where byte(1).map(Lexer.isWordStart) == true:
            offset += 1
            skipWord()
            return Token(kind: .slot, word: .other, span: SourceSpan(start, offset))
        default: return try mark(first)
        }
    }

    private mutating func skipWord() {
        while let byte = byte(), Lexer.isWordStart(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
    }

    static func isWordStart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// A string with its quotes; escapes are read later, where it is known whether it is a string or a pattern.
    private mutating func string() throws(SyntaxDiagnostic) -> Token {
        let start = offset
        offset += 1
        while let byte = byte() {
            offset += 1
            if byte == UInt8(ascii: "\"") { return Token(kind: .string, word: .other, span: SourceSpan(start, offset)) }
            guard byte == UInt8(ascii: "\\") else { continue }
            guard let escaped = self.byte(), escaped != 0x0A else {
                throw fault("a backslash cannot end a line", at: offset - 1, suggestion: "write `\\\\` for a backslash or `\\n` for a line break")
            }
            offset += 1
        }
        throw fault("the string that begins here has no closing quote", at: start, suggestion: "add `\"`")
    }

    private mutating func mark(_ first: UInt8) throws(SyntaxDiagnostic) -> Token {
        let start = offset
        if let second = byte(1), let kind = Lexer.pair(first, second) {
            offset += 2
            return Token(kind: kind, word: .other, span: SourceSpan(start, offset))
        }
        guard let kind = Lexer.single(first) else { throw unknown(first) }
        offset += 1
        return Token(kind: kind, word: .other, span: SourceSpan(start, offset))
    }

    private static func pair(_ first: UInt8, _ second: UInt8) -> Token.Kind? {
        switch (first, second) {
        case (UInt8(ascii: "="), UInt8(ascii: "=")): .equal
        case (UInt8(ascii: "!"), UInt8(ascii: "=")): .notEqual
        case (UInt8(ascii: "<"), UInt8(ascii: "=")): .lessEqual
        case (UInt8(ascii: ">"), UInt8(ascii: "=")): .greaterEqual
        case (UInt8(ascii: "|"), UInt8(ascii: "|")): .or
        case (UInt8(ascii: "&"), UInt8(ascii: "&")): .and
        case (UInt8(ascii: ":"), UInt8(ascii: ":")): .doubleColon
        default: nil
        }
    }

    private static func single(_ byte: UInt8) -> Token.Kind? {
        switch byte {
        case UInt8(ascii: "@"): .at
        case UInt8(ascii: "."): .dot
        case UInt8(ascii: ","): .comma
        case UInt8(ascii: ";"): .semicolon
        case UInt8(ascii: ":"): .colon
        case UInt8(ascii: "("): .leftParen
        case UInt8(ascii: ")"): .rightParen
        case UInt8(ascii: "{"): .leftBrace
        case UInt8(ascii: "}"): .rightBrace
        case UInt8(ascii: "["): .leftBracket
        case UInt8(ascii: "]"): .rightBracket
        case UInt8(ascii: "="): .assign
        case UInt8(ascii: "<"): .less
        case UInt8(ascii: ">"): .greater
        case UInt8(ascii: "+"): .plus
        case UInt8(ascii: "-"): .minus
        case UInt8(ascii: "*"): .star
        case UInt8(ascii: "/"): .slash
        case UInt8(ascii: "%"): .percent
        case UInt8(ascii: "!"): .not
        case UInt8(ascii: "?"): .question
        default: nil
        }
    }

    private func unknown(_ byte: UInt8) -> SyntaxDiagnostic {
        let shown = scalar().map { String($0.0) } ?? "a byte that is not UTF-8"
        let suggestion: String? =
            switch byte {
            case UInt8(ascii: "&"): "did you mean `&&`?"
            case UInt8(ascii: "|"): "did you mean `||`?"
            case UInt8(ascii: "'"): "strings stand in double quotes"
            default: nil
            }
        return fault("`\(shown)` means nothing here", at: offset, suggestion: suggestion)
    }

    private func fault(_ message: String, at offset: Int, suggestion: String? = nil) -> SyntaxDiagnostic {
        SyntaxDiagnostic(
            message: message, suggestion: suggestion, position: source.position(of: offset), span: SourceSpan(offset, offset + 1))
    }
}
