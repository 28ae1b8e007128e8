/// `States.Format('{} {}', $.a, $.b)`: the intrinsic functions of the States Language.
indirect enum IntrinsicFunction {
    case path(JSONPath)
    case text(String)
    case number(String)
    case word(String)
    case call(String, [IntrinsicFunction])

    /// How many arguments each takes.
    private static let functions: [String: ClosedRange<Int>] = [
        "States.Format": 1...64, "States.StringToJson": 1...1, "States.JsonToString": 1...1, "States.Array": 0...1_000,
        "States.ArrayPartition": 2...2, "States.ArrayContains": 2...2, "States.ArrayRange": 3...3, "States.ArrayGetItem": 2...2,
        "States.ArrayLength": 1...1, "States.ArrayUnique": 1...1, "States.Base64Encode": 1...1, "States.Base64Decode": 1...1,
        "States.Hash": 2...2, "States.JsonMerge": 3...3, "States.MathRandom": 2...3, "States.MathAdd": 2...2, "States.StringSplit": 2...2,
        "States.UUID": 0...0,
    ]

    /// A path or a call of an intrinsic function.
    static func parse(_ text: String) throws(TranslationFailure) -> IntrinsicFunction {
        var parser = IntrinsicParser(text)
        let value = try parser.value(depth: 0)
        guard parser.isAtEnd else { throw TranslationFailure(reason: "'\(text)' goes on after its end") }
        switch value {
        case .path, .call: return value
        default: throw TranslationFailure(reason: "'\(text)' is neither a path nor an intrinsic function")
        }
    }

    static func arity(_ name: String) -> ClosedRange<Int>? { functions[name] }

    func cel(_ root: (JSONPath.Root) -> String?) throws(TranslationFailure) -> String {
        switch self {
        case .path(let path): return try path.cel(root)
        case .text(let text): return CELSpelling.string(text)
        case .number(let text), .word(let text): return text
        case .call(let name, let arguments): return try Self.call(name, arguments, root)
        }
    }

    private static func call(
        _ name: String, _ arguments: [IntrinsicFunction], _ root: (JSONPath.Root) -> String?
    ) throws(TranslationFailure) -> String {
        var parts: [String] = []
        for argument in arguments { parts.append(try argument.cel(root)) }
        switch name {
        case "States.Format":
            guard case .text(let pattern)? = arguments.first else { throw TranslationFailure(reason: "its format is not a literal") }
            let texts = pattern.split(separator: "{}", omittingEmptySubsequences: false)
            guard texts.count == parts.count else {
                throw TranslationFailure(reason: "its format has \(texts.count - 1) places for \(parts.count - 1) values")
            }
            var pieces: [String] = []
            for (index, text) in texts.enumerated() {
                if !text.isEmpty { pieces.append(CELSpelling.string(String(text))) }
                if index + 1 < parts.count { pieces.append("string(\(parts[index + 1]))") }
            }
            return pieces.isEmpty ? "''" : pieces.joined(separator: " + ")
        case "States.Array": return "[\(parts.joined(separator: ", "))]"
        case "States.ArrayContains": return "(\(parts[1]) in \(parts[0]))"
        case "States.ArrayGetItem": return "\(parts[0])[int(\(parts[1]))]"
        case "States.ArrayLength": return "size(\(parts[0]))"
        case "States.ArrayUnique": return "\(parts[0]).distinct()"
        case "States.MathAdd": return "(\(parts[0]) + \(parts[1]))"
        case "States.StringSplit": return "\(parts[0]).split(\(parts[1]))"
        case "States.Base64Encode": return "base64.encode(bytes(\(parts[0])))"
        case "States.Base64Decode": return "string(base64.decode(\(parts[0])))"
        default: throw TranslationFailure(reason: "\(name) has no equal in CEL; let an operation do it")
        }
    }
}

private struct IntrinsicParser {
    private let scalars: [Unicode.Scalar]
    private var index = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    var isAtEnd: Bool { index == scalars.count }

    private mutating func skipSpace() { while index < scalars.count, scalars[index].properties.isWhitespace { index += 1 } }

    mutating func value(depth: Int) throws(TranslationFailure) -> IntrinsicFunction {
        guard depth <= 10 else { throw TranslationFailure(reason: "intrinsic functions may be nested 10 deep") }
        skipSpace()
        guard index < scalars.count else { throw TranslationFailure(reason: "an argument is missing") }
        if scalars[index] == "'" { return .text(try string()) }
        let start = index
        var brackets = 0
        while index < scalars.count {
            let next = scalars[index]
            if next == "[" { brackets += 1 } else if next == "]" { brackets -= 1 }
            if brackets == 0, next == "," || next == ")" || (next == "(" && scalars[start] != "$") { break }
            index += 1
        }
        let word = String(String.UnicodeScalarView(scalars[start..<index])).trimmingSpaces
        if word.hasPrefix("$") { return .path(try JSONPath(word)) }
        if index < scalars.count, scalars[index] == "(" { return try call(word, depth: depth) }
        if Double(word) != nil { return .number(word) }
        guard ["null", "true", "false"].contains(word) else {
            throw TranslationFailure(reason: "'\(word)' is neither a path nor an intrinsic function")
        }
        return .word(word)
    }

    private mutating func call(_ name: String, depth: Int) throws(TranslationFailure) -> IntrinsicFunction {
        guard let arity = IntrinsicFunction.arity(name) else { throw TranslationFailure(reason: "there is no intrinsic function '\(name)'") }
        index += 1
        var arguments: [IntrinsicFunction] = []
        skipSpace()
        if index < scalars.count, scalars[index] == ")" {
            index += 1
        } else {
            while true {
                arguments.append(try value(depth: depth + 1))
                skipSpace()
                guard index < scalars.count else { throw TranslationFailure(reason: "'\(name)' is never closed") }
                index += 1
                if scalars[index - 1] == ")" { break }
                guard scalars[index - 1] == "," else { throw TranslationFailure(reason: "'\(name)' has a comma between its arguments") }
            }
        }
        skipSpace()
        guard arity.contains(arguments.count) else { throw TranslationFailure(reason: "\(name) does not take \(arguments.count) arguments") }
        return .call(name, arguments)
    }

    private mutating func string() throws(TranslationFailure) -> String {
        var text = String.UnicodeScalarView()
        index += 1
        while index < scalars.count {
            switch scalars[index] {
            case "'":
                index += 1
                return String(text)
            case "\\":
                guard index + 1 < scalars.count else { throw TranslationFailure(reason: "a text is never closed") }
                text.append(scalars[index + 1])
                index += 2
            default:
                text.append(scalars[index])
                index += 1
            }
        }
        throw TranslationFailure(reason: "a text is never closed")
    }
}
