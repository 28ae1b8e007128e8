/// Writes policies in Cedar's usual layout, with their comments.
public enum PolicyFormatter {
    /// How wide lines are, and how far parts are indented.
    public struct Style: Sendable {
        public var lineWidth: Int
        public var indentWidth: Int

        public init(lineWidth: Int = 80, indentWidth: Int = 2) {
            self.lineWidth = lineWidth
            self.indentWidth = indentWidth
        }
    }

    /// The same policies, laid out anew; the text must be without faults.
    public static func format(_ text: String, _ style: Style = Style()) throws(PolicySyntaxError) -> String {
        let before = try PolicySet(parsing: text, naming: .byPosition)
        let source = SourceText(text)
        var lexer = Lexer(source, faultsMax: 1)
        let tokens = CommentedTokens(source, lexer.tokens())
        var builder = PolicyLayout(tokens.entries, indent: style.indentWidth, source)
        var parts: [String] = []
        while !builder.isAtEnd { parts.append(BlankLines.removed(try builder.policy().rendered(width: style.lineWidth))) }
        let formatted = parts.joined(separator: "\n\n") + "\n" + tokens.atEnd.map { $0 + "\n" }.joined()
        let after = try PolicySet(parsing: formatted, naming: .byPosition)
        guard after.description == before.description else {
            throw PolicySyntaxError(diagnostics: [
                SyntaxDiagnostic(
                    message: "this text cannot be laid out without changing what it means", suggestion: nil, position: source.position(of: 0),
                    span: SourceSpan(0, 0))
            ])
        }
        return formatted
    }
}

/// Takes out lines without anything on them, except within strings.
enum BlankLines {
    static func removed(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var kept: [UInt8] = []
        var line: [UInt8] = []
        var isInString = false
        var isInComment = false
        var startsInString = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            line.append(byte)
            if isInString, byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
                index += 1
                line.append(bytes[index])
            } else if byte == UInt8(ascii: "\""), !isInComment {
                isInString.toggle()
            } else if byte == UInt8(ascii: "/"), !isInString, index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "/") {
                isInComment = true
            }
            if byte == 0x0A {
                if startsInString || line.contains(where: { !isSpace($0) }) { kept += line }
                line = []
                startsInString = isInString
                isInComment = false
            }
            index += 1
        }
        kept += line
        let trimmed = kept.drop(while: isSpace)
        return String(
            decoding: trimmed.prefix((trimmed.lastIndex { !isSpace($0) } ?? trimmed.startIndex - 1) - trimmed.startIndex + 1), as: UTF8.self)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
