internal import JSON

/// jq's grammar, by precedence: `|`, `,`, `//`, assignments, `or`, `and`, comparisons, sums, products, postfixes.
struct JQParser {
    private static let depthMax = 48
    private static let levels: [Set<String>] = [
        ["//"], ["=", "|=", "+=", "-=", "*=", "/="], ["or"], ["and"], ["==", "!=", "<", ">", "<=", ">="], ["+", "-"], ["*", "/", "%"],
    ]

    private let tokens: [JQToken]
    private let failure: TranslationFailure?
    private var index = 0
    private var depth = 0

    init(_ text: String, depth: Int = 0) {
        do throws(TranslationFailure) {
            tokens = try JQLexer.tokens(text)
            failure = nil
        } catch {
            tokens = []
            failure = error
        }
        self.depth = depth
    }

    mutating func whole() throws(TranslationFailure) -> JQ {
        if let failure { throw failure }
        let value = try pipe()
        guard index == tokens.count else { throw TranslationFailure(reason: "'\(tokens[index].spelling)' is not expected") }
        return value
    }

    private var next: JQToken? { index < tokens.count ? tokens[index] : nil }

    private mutating func take(_ symbol: String) -> Bool {
        guard next == .symbol(symbol) || next == .name(symbol) else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ symbol: String) throws(TranslationFailure) {
        guard take(symbol) else {
            throw TranslationFailure(reason: "'\(symbol)' is expected" + (next.map { ", not '\($0.spelling)'" } ?? " before the end"))
        }
    }

    private mutating func pipe() throws(TranslationFailure) -> JQ {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw TranslationFailure(reason: "it is nested deeper than \(Self.depthMax)") }
        var value = try comma()
        if take("as") { return skipped("a binding with 'as'") }
        while take("|") { value = .pipe(value, try comma()) }
        return value
    }

    /// What cannot be translated anyway is not read in detail.
    private mutating func skipped(_ what: String) -> JQ {
        index = tokens.count
        return .other(what)
    }

    private mutating func comma() throws(TranslationFailure) -> JQ {
        let value = try binary(0)
        guard next == .symbol(",") else { return value }
        while take(",") { _ = try binary(0) }
        return .other("several values at once")
    }

    private mutating func binary(_ level: Int) throws(TranslationFailure) -> JQ {
        guard level < Self.levels.count else { return try unary() }
        var left = try binary(level + 1)
        while let token = next, Self.levels[level].contains(token.spelling), token != .field(token.spelling) {
            index += 1
            // `//` leans to the right.
            let right = level == 0 ? try binary(0) : try binary(level + 1)
            left = .binary(token.spelling, left, right)
        }
        return left
    }

    private mutating func unary() throws(TranslationFailure) -> JQ {
        if take("-") { return .minus(try postfix()) }
        return try postfix()
    }

    private mutating func postfix() throws(TranslationFailure) -> JQ {
        var value = try term()
        while let token = next {
            switch token {
            case .field(let name):
                index += 1
                value = .member(value, name)
            case .symbol("["):
                index += 1
                value = try bracket(of: value)
            case .symbol("."):
                index += 1
                if take("[") {
                    value = try bracket(of: value)
                } else if case .text(let pieces, let sources)? = next, sources.isEmpty {
                    index += 1
                    value = .member(value, pieces.joined())
                } else {
                    throw TranslationFailure(reason: "a name is expected after '.'")
                }
            case .symbol("?"): index += 1
            default: return value
            }
        }
        return value
    }

    private mutating func bracket(of base: JQ) throws(TranslationFailure) -> JQ {
        if take("]") { return .iterate(base) }
        if take(":") {
            _ = try pipe()
            try expect("]")
            return .other("a slice")
        }
        let inner = try pipe()
        if take(":") {
            if next != .symbol("]") { _ = try pipe() }
            try expect("]")
            return .other("a slice")
        }
        try expect("]")
        if case .literal(let value) = inner, let name = value.stringValue { return .member(base, name) }
        return .index(base, inner)
    }

    private mutating func term() throws(TranslationFailure) -> JQ {
        guard let token = next else { throw TranslationFailure(reason: "a value is expected before the end") }
        index += 1
        switch token {
        case .symbol("."):
            if case .text(let pieces, let sources)? = next, sources.isEmpty {
                index += 1
                return .member(.identity, pieces.joined())
            }
            return .identity
        case .symbol(".."): return .other("'..', everything below,")
        case .field(let name): return .member(.identity, name)
        case .variable(let name): return .variable(name)
        case .number(let text): return .literal((try? JSONValue(parsing: text)) ?? .null)
        case .text(let pieces, let sources): return try text(pieces, sources)
        case .format(let name):
            if case .text? = next { index += 1 }
            return .other("@\(name)")
        case .symbol("("):
            let value = try pipe()
            try expect(")")
            return value
        case .symbol("["):
            if take("]") { return .array(nil) }
            return .array(try list())
        case .symbol("{"): return try object()
        case .name(let name): return try named(name)
        case .symbol(let symbol): throw TranslationFailure(reason: "'\(symbol)' is not expected")
        }
    }

    /// `[a, b]` keeps its elements; anything else between brackets is one expression.
    private mutating func list() throws(TranslationFailure) -> JQ {
        let start = index
        var elements = [try binary(0)]
        while take(",") { elements.append(try binary(0)) }
        if take("]") { return elements.count == 1 ? elements[0] : .call(",", elements) }
        index = start
        let value = try pipe()
        try expect("]")
        return value
    }

    private func text(_ pieces: [String], _ sources: [String]) throws(TranslationFailure) -> JQ {
        guard !sources.isEmpty else { return .literal(.string(pieces.joined())) }
        var segments: [JQ.Segment] = []
        for (index, piece) in pieces.enumerated() {
            if !piece.isEmpty { segments.append(.literal(piece)) }
            guard index < sources.count else { continue }
            var parser = JQParser(sources[index], depth: depth + 1)
            segments.append(.expression(try parser.whole()))
        }
        return .text(segments)
    }

    private mutating func object() throws(TranslationFailure) -> JQ {
        var members: [(JQ, JQ)] = []
        while !take("}") {
            guard let token = next else { throw TranslationFailure(reason: "'}' is expected before the end") }
            index += 1
            let key: JQ
            var short: JQ?
            switch token {
            case .name(let name): (key, short) = (.literal(.string(name)), .member(.identity, name))
            case .variable(let name): (key, short) = (.literal(.string(name)), .variable(name))
            case .text(let pieces, let sources): key = try text(pieces, sources)
            case .symbol("("):
                key = try pipe()
                try expect(")")
            default: throw TranslationFailure(reason: "'\(token.spelling)' is no key")
            }
            if take(":") {
                members.append((key, try binary(0)))
            } else if let short {
                members.append((key, short))
            } else {
                throw TranslationFailure(reason: "':' is expected after a key")
            }
            if next != .symbol("}") { try expect(",") }
        }
        return .object(members)
    }

    private mutating func named(_ name: String) throws(TranslationFailure) -> JQ {
        switch name {
        case "true": return .literal(true)
        case "false": return .literal(false)
        case "null": return .literal(nil)
        case "if": return try condition()
        case "reduce", "foreach", "def", "try", "label": return skipped("'\(name)'")
        default: break
        }
        guard take("(") else { return .call(name, []) }
        var arguments = [try pipe()]
        while take(";") { arguments.append(try pipe()) }
        try expect(")")
        return .call(name, arguments)
    }

    private mutating func condition() throws(TranslationFailure) -> JQ {
        let test = try pipe()
        try expect("then")
        let yes = try pipe()
        if take("elif") { return .condition(test, yes, try condition()) }
        var no: JQ?
        if take("else") { no = try pipe() }
        try expect("end")
        return .condition(test, yes, no)
    }
}
