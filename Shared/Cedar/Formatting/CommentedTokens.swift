/// The tokens of a text with the comments around them, which a parser skips and a formatter keeps.
struct CommentedTokens {
    struct Entry {
        let token: Token
        let text: String
        /// On lines of their own before it.
        var leading: [String] = []
        /// Behind it on its line.
        var trailing: [String] = []
    }

    private(set) var entries: [Entry] = []
    /// On lines of their own behind the last token.
    let atEnd: [String]

    init(_ source: SourceText, _ tokens: [Token]) {
        var ended = 0
        for token in tokens where token.kind != .end {
            var entry = Entry(token: token, text: Self.text(token, source))
            let (first, rest) = Self.comments(source, ended, token.span.lower)
            if entries.isEmpty { entry.leading = first } else { entries[entries.count - 1].trailing = first }
            entry.leading += rest
            entries.append(entry)
            ended = token.span.upper
        }
        let (first, rest) = Self.comments(source, ended, source.bytes.count)
        if entries.isEmpty {
            atEnd = first + rest
        } else {
            entries[entries.count - 1].trailing = first
            atEnd = rest
        }
    }

    /// As it stands; a number without zeros before it.
    private static func text(_ token: Token, _ source: SourceText) -> String {
        let text = source[token.span]
        guard token.kind == .integer, text.utf8.count > 1, text.utf8.first == UInt8(ascii: "0") else { return text }
        let digits = text.drop { $0 == "0" }
        return digits.isEmpty ? "0" : String(digits)
    }

    /// The comments of the first line between two tokens, and those of the lines after it.
    private static func comments(_ source: SourceText, _ lower: Int, _ upper: Int) -> (first: [String], rest: [String]) {
        // Nearly all tokens have none.
        guard source.bytes[lower..<upper].contains(UInt8(ascii: "/")) else { return ([], []) }
        let lines = source[SourceSpan(lower, upper)].utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        let comments = lines.map { line -> String? in
            let slash = UInt8(ascii: "/")
            guard
                let start = line.indices.first(where: {
                    line[$0] == slash && line.index(after: $0) < line.endIndex && line[line.index(after: $0)] == slash
                })
            else { return nil }
            var comment = line[start...]
            while let last = comment.last, last == 0x20 || (0x09...0x0D).contains(last) { comment = comment.dropLast() }
            return String(comment)
        }
        return (comments.prefix(1).compactMap(\.self), comments.dropFirst().compactMap(\.self))
    }
}
