internal import Cedar

/// Splits a text into tokens. What is no token here may still be one of Cedar, and is left for its parser to refuse.
struct RuleLexer {
    private let source: RuleText
    private var offset = 0

    init(_ source: RuleText) { self.source = source }

    mutating func tokens() throws(RuleDiagnostic) -> [RuleToken] {
        var tokens: [RuleToken] = []
        tokens.reserveCapacity(source.bytes.count / 4)
        while true {
            skipSpace()
            let token = try next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private func byte(_ ahead: Int = 0) -> UInt8? { offset + ahead < source.bytes.count ? source.bytes[offset + ahead] : nil }

    private mutating func skipSpace() {
        while let byte = byte() {
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                offset += 1
            } else if byte == UInt8(ascii: "/"), self.byte(1) == UInt8(ascii: "/") {
                while let byte = self.byte(), byte != 0x0A, byte != 0x0D { offset += 1 }
            } else {
                return
            }
        }
    }

    private mutating func next() throws(RuleDiagnostic) -> RuleToken {
        let start = offset
        guard let first = byte() else { return RuleToken(kind: .end, text: "", span: SourceSpan(start, start)) }
        switch first {
        case UInt8(ascii: "\""): return try string()
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            while let digit = byte(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) { offset += 1 }
            return token(.integer, from: start)
        case _ where Self.isWordStart(first):
            skipWord()
            return token(.identifier, from: start)
        case UInt8(ascii: "?") where byte(1).map(Self.isWordStart) == true: return sigil(.parameter)
        case UInt8(ascii: "$") where byte(1).map(Self.isWordStart) == true: return sigil(.binder)
        default: return mark(first)
        }
    }

    private func token(_ kind: RuleToken.Kind, from start: Int) -> RuleToken {
        let span = SourceSpan(start, offset)
        return RuleToken(kind: kind, text: source[span], span: span)
    }

    /// `?name` or `$name`; the text is the name alone.
    private mutating func sigil(_ kind: RuleToken.Kind) -> RuleToken {
        let start = offset
        offset += 1
        skipWord()
        return RuleToken(kind: kind, text: source[SourceSpan(start + 1, offset)], span: SourceSpan(start, offset))
    }

    private mutating func skipWord() {
        while let byte = byte(), Self.isWordStart(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
    }

    static func isWordStart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: false
        }
    }

    private mutating func string() throws(RuleDiagnostic) -> RuleToken {
        let start = offset
        offset += 1
        while let byte = byte() {
            offset += 1
            if byte == UInt8(ascii: "\"") { return RuleToken(kind: .string, text: "", span: SourceSpan(start, offset)) }
            if byte == UInt8(ascii: "\\"), self.byte() != nil { offset += 1 }
        }
        throw source.fault("the string that begins here has no closing quote", SourceSpan(start, start + 1), suggestion: "add `\"`")
    }

    private static let pairs: Set<String> = ["==", "!=", "<=", ">=", "||", "&&", "::"]

    private mutating func mark(_ first: UInt8) -> RuleToken {
        let start = offset
        if byte(1) != nil, Self.pairs.contains(source[SourceSpan(start, start + 2)]) {
            offset += 2
        } else {
            offset += 1
            // A scalar beyond ASCII is one mark, so that no token begins inside it.
            while let byte = byte(), first >= 0x80, byte & 0xC0 == 0x80 { offset += 1 }
        }
        return token(.mark, from: start)
    }
}
