/// An expression of JSONata 2, parsed: enough to say whether it is one, and to translate what CEL can say too.
indirect enum JSONata {
    case text(String)
    case number(String)
    /// true, false or null.
    case word(String)
    case variable(String)
    case name(String)
    case path(JSONata, JSONata)
    case index(JSONata, JSONata)
    case binary(String, JSONata, JSONata)
    case minus(JSONata)
    case condition(JSONata, JSONata, JSONata?)
    case call(JSONata, [JSONata])
    case block([JSONata])
    case array([JSONata])
    case object([(JSONata, JSONata)])
    /// What has no equal in CEL: a wildcard, a lambda, a regular expression, an order-by, …
    case other(String, [JSONata])

    static func parse(_ text: String) throws(TranslationFailure) -> JSONata {
        guard text.utf8.count <= 65_536 else { throw TranslationFailure(reason: "it is longer than 64 KiB") }
        var parser = JSONataParser(try JSONataLexer.tokens(text))
        return try parser.whole()
    }
}

enum JSONataToken: Hashable {
    case text(String), number(String), name(String), variable(String), regex, symbol(String), end

    var spelling: String {
        switch self {
        case .text(let text): "\"\(text)\""
        case .number(let text), .name(let text), .symbol(let text): text
        case .variable(let name): "$\(name)"
        case .regex: "a regular expression"
        case .end: "the end"
        }
    }
}

enum JSONataLexer {
    private static let double: Set<String> = ["..", ":=", "!=", "<=", ">=", "**", "~>", "?:", "??"]
    private static let single: Set<Unicode.Scalar> = [
        ".", "[", "]", "{", "}", "(", ")", ",", "@", "#", ";", ":", "?", "+", "-", "*", "/", "%", "|", "=", "<", ">", "^", "&", "!", "~",
    ]

    static func tokens(_ text: String) throws(TranslationFailure) -> [JSONataToken] {
        let scalars = Array(text.unicodeScalars)
        var tokens: [JSONataToken] = []
        var index = 0
        func character(_ offset: Int = 0) -> Unicode.Scalar? { index + offset < scalars.count ? scalars[index + offset] : nil }
        while let next = character() {
            if next.properties.isWhitespace {
                index += 1
            } else if next == "/", character(1) == "*" {
                guard let close = (index + 2..<max(index + 2, scalars.count - 1)).first(where: { scalars[$0] == "*" && scalars[$0 + 1] == "/" })
                else {
                    throw TranslationFailure(reason: "a comment is never closed")
                }
                index = close + 2
            } else if next == "/", !endsOperand(tokens.last) {
                index = try regex(scalars, from: index + 1)
                tokens.append(.regex)
            } else if let symbol = character(1).map({ String(String.UnicodeScalarView([next, $0])) }), double.contains(symbol) {
                tokens.append(.symbol(symbol))
                index += 2
            } else if single.contains(next) {
                tokens.append(.symbol(String(next)))
                index += 1
            } else if next == "\"" || next == "'" || next == "`" {
                let (value, end) = try quoted(scalars, from: index)
                tokens.append(next == "`" ? .name(value) : .text(value))
                index = end
            } else if ("0"..."9").contains(next) {
                let end = number(scalars, from: index)
                tokens.append(.number(String(String.UnicodeScalarView(scalars[index..<end]))))
                index = end
            } else {
                var end = index
                while end < scalars.count, !scalars[end].properties.isWhitespace, !single.contains(scalars[end]),
                    !"\"'`".unicodeScalars.contains(scalars[end])
                {
                    end += 1
                }
                let word = String(String.UnicodeScalarView(scalars[index..<end]))
                tokens.append(word.hasPrefix("$") ? .variable(String(word.dropFirst())) : .name(word))
                index = end
            }
        }
        return tokens
    }

    /// After an operand a slash divides; elsewhere it begins a regular expression.
    private static func endsOperand(_ token: JSONataToken?) -> Bool {
        switch token {
        case .text, .number, .variable, .regex: true
        case .name(let name): !["and", "or", "in"].contains(name)
        case .symbol(let symbol): [")", "]", "}"].contains(symbol)
        case .end, nil: false
        }
    }

    private static func regex(_ scalars: [Unicode.Scalar], from start: Int) throws(TranslationFailure) -> Int {
        var index = start
        var isInSet = false
        while index < scalars.count {
            switch scalars[index] {
            case "\\": index += 1
            case "[": isInSet = true
            case "]": isInSet = false
            case "/" where !isInSet:
                guard index > start else { throw TranslationFailure(reason: "a regular expression is empty") }
                index += 1
                while index < scalars.count, scalars[index] == "i" || scalars[index] == "m" { index += 1 }
                return index
            default: break
            }
            index += 1
        }
        throw TranslationFailure(reason: "a regular expression is never closed")
    }

    private static func quoted(_ scalars: [Unicode.Scalar], from start: Int) throws(TranslationFailure) -> (String, Int) {
        var text = String.UnicodeScalarView()
        var index = start + 1
        while index < scalars.count {
            let next = scalars[index]
            if next == scalars[start] { return (String(text), index + 1) }
            if next == "\\", scalars[start] != "`" {
                guard index + 1 < scalars.count else { break }
                index += 1
                switch scalars[index] {
                case "n": text.append("\n")
                case "r": text.append("\r")
                case "t": text.append("\t")
                case "b", "f": text.append(" ")
                case "\"", "'", "\\", "/": text.append(scalars[index])
                case "u":
                    let digits = String(String.UnicodeScalarView(scalars[(index + 1)..<min(index + 5, scalars.count)]))
                    guard digits.count == 4, let code = UInt32(digits, radix: 16) else {
                        throw TranslationFailure(reason: "\\u has four hexadecimal digits")
                    }
                    text.append(Unicode.Scalar(code) ?? "\u{FFFD}")
                    index += 4
                default: throw TranslationFailure(reason: "there is no escape \\\(scalars[index])")
                }
            } else {
                text.append(next)
            }
            index += 1
        }
        throw TranslationFailure(reason: "a text is never closed")
    }

    private static func number(_ scalars: [Unicode.Scalar], from start: Int) -> Int {
        var index = start
        func digits() { while index < scalars.count, ("0"..."9").contains(scalars[index]) { index += 1 } }
        digits()
        if index + 1 < scalars.count, scalars[index] == ".", ("0"..."9").contains(scalars[index + 1]) { index += 1; digits() }
        if index < scalars.count, scalars[index] == "e" || scalars[index] == "E" {
            let mark = index
            index += 1
            if index < scalars.count, scalars[index] == "+" || scalars[index] == "-" { index += 1 }
            let first = index
            digits()
            if first == index { index = mark }
        }
        return index
    }
}
