internal import JSON

/// An expression of jq, parsed: enough to translate what CEL can say too, and to say of the rest what it is.
indirect enum JQ {
    case identity
    case variable(String)
    case literal(JSONValue)
    /// A text with `\(…)` in it.
    case text([Segment])
    case member(JQ, String)
    case index(JQ, JQ)
    case iterate(JQ)
    case pipe(JQ, JQ)
    case binary(String, JQ, JQ)
    case minus(JQ)
    case call(String, [JQ])
    case object([(JQ, JQ)])
    case array(JQ?)
    case condition(JQ, JQ, JQ?)
    /// What has no equal in CEL.
    case other(String)

    enum Segment {
        case literal(String)
        case expression(JQ)
    }

    static let lengthMax = 16_384

    static func parse(_ text: String) throws(TranslationFailure) -> JQ {
        guard text.utf8.count <= lengthMax else { throw TranslationFailure(reason: "it is longer than \(lengthMax) characters") }
        var parser = JQParser(text)
        return try parser.whole()
    }

    /// Nothing but members of something.
    var isPath: Bool {
        switch self {
        case .identity, .variable: true
        case .member(let base, _): base.isPath
        case .index(let base, .literal): base.isPath
        default: false
        }
    }
}

enum JQToken: Hashable {
    case field(String), variable(String), name(String), number(String), format(String), symbol(String)
    /// Pieces of text, and between them the sources of expressions.
    case text([String], [String])

    var spelling: String {
        switch self {
        case .field(let name): ".\(name)"
        case .variable(let name): "$\(name)"
        case .name(let text), .number(let text), .symbol(let text): text
        case .format(let name): "@\(name)"
        case .text: "a text"
        }
    }
}

enum JQLexer {
    private static let double: Set<String> = ["==", "!=", "<=", ">=", "//", "|=", "+=", "-=", "*=", "/=", "..", "?//"]

    static func tokens(_ text: String) throws(TranslationFailure) -> [JQToken] {
        let scalars = Array(text.unicodeScalars)
        var tokens: [JQToken] = []
        var index = 0
        func character(_ offset: Int = 0) -> Unicode.Scalar? { index + offset < scalars.count ? scalars[index + offset] : nil }
        func word(from start: Int, more: String = "") -> String {
            var end = start
            while end < scalars.count, scalars[end].isNamePart || more.unicodeScalars.contains(scalars[end]) { end += 1 }
            return String(String.UnicodeScalarView(scalars[start..<end]))
        }
        while let next = character() {
            if next.properties.isWhitespace {
                index += 1
            } else if next == "#" {
                while let next = character(), next != "\n" { index += 1 }
            } else if next == "\"" {
                let (token, end) = try string(scalars, from: index)
                tokens.append(token)
                index = end
            } else if next == ".", let after = character(1), after.isNamePart, !("0"..."9").contains(after) {
                let name = word(from: index + 1)
                tokens.append(.field(name))
                index += 1 + name.unicodeScalars.count
            } else if next == "$" || next == "@" {
                let name = word(from: index + 1)
                guard !name.isEmpty else { throw TranslationFailure(reason: "'\(next)' has a name after it") }
                tokens.append(next == "$" ? .variable(name) : .format(name))
                index += 1 + name.unicodeScalars.count
            } else if ("0"..."9").contains(next) {
                let number = word(from: index, more: ".")
                guard (try? JSONValue(parsing: number)) != nil else { throw TranslationFailure(reason: "'\(number)' is no number") }
                tokens.append(.number(number))
                index += number.unicodeScalars.count
            } else if next.isNamePart {
                let name = word(from: index)
                tokens.append(.name(name))
                index += name.unicodeScalars.count
            } else if let symbol = character(1).map({ String(String.UnicodeScalarView([next, $0])) }), double.contains(symbol) {
                tokens.append(.symbol(symbol))
                index += 2
            } else if ".[]{}(),:;|?+-*/%<>=".unicodeScalars.contains(next) {
                tokens.append(.symbol(String(next)))
                index += 1
            } else {
                throw TranslationFailure(reason: "'\(next)' is no part of a jq expression")
            }
        }
        return tokens
    }

    private static func string(_ scalars: [Unicode.Scalar], from start: Int) throws(TranslationFailure) -> (JQToken, Int) {
        var pieces: [String] = []
        var sources: [String] = []
        var piece = String.UnicodeScalarView()
        var index = start + 1
        while index < scalars.count {
            let next = scalars[index]
            if next == "\"" { return (.text(pieces + [String(piece)], sources), index + 1) }
            guard next == "\\", index + 1 < scalars.count else {
                piece.append(next)
                index += 1
                continue
            }
            index += 2
            switch scalars[index - 1] {
            case "n": piece.append("\n")
            case "t": piece.append("\t")
            case "r": piece.append("\r")
            case "(":
                guard let end = closing(scalars, from: index) else { throw TranslationFailure(reason: "'\\(' is never closed") }
                pieces.append(String(piece))
                sources.append(String(String.UnicodeScalarView(scalars[index..<end])))
                piece = .init()
                index = end + 1
            case "u":
                let digits = String(String.UnicodeScalarView(scalars[index..<min(index + 4, scalars.count)]))
                guard digits.count == 4, let code = UInt32(digits, radix: 16) else {
                    throw TranslationFailure(reason: "\\u has four hexadecimal digits")
                }
                piece.append(Unicode.Scalar(code) ?? "\u{FFFD}")
                index += 4
            default: piece.append(scalars[index - 1])
            }
        }
        throw TranslationFailure(reason: "a text is never closed")
    }

    private static func closing(_ scalars: [Unicode.Scalar], from start: Int) -> Int? {
        var depth = 0
        for index in start..<scalars.count {
            if scalars[index] == "(" { depth += 1 }
            if scalars[index] == ")" {
                if depth == 0 { return index }
                depth -= 1
            }
        }
        return nil
    }
}
