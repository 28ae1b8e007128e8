extension Lexer {
    struct StringPrefix {
        var isRaw = false
        var isBytes = false
        var length = 0
    }

    /// What stands before an opening quote here; nil where no string begins.
    func stringPrefix() -> StringPrefix? {
        var prefix = StringPrefix()
        while let scalar = peek(prefix.length) {
            switch scalar {
            case "'", "\"": return prefix
            case "r", "R": guard !prefix.isRaw else { return nil }; prefix.isRaw = true
            case "b", "B": guard !prefix.isBytes else { return nil }; prefix.isBytes = true
            default: return nil
            }
            prefix.length += 1
        }
        return nil
    }

    mutating func stringLiteral(_ prefix: StringPrefix, from start: CELPosition) throws(CELSyntaxError) -> Token.Kind {
        for _ in 0..<prefix.length { advance() }
        let quote = advance()
        let isTriple = current == quote && peek(1) == quote
        if isTriple {
            advance()
            advance()
        }
        var bytes: [UInt8] = []
        while let scalar = current {
            if scalar == quote, !isTriple || (peek(1) == quote && peek(2) == quote) {
                for _ in 0..<(isTriple ? 3 : 1) { advance() }
                return prefix.isBytes ? .bytes(bytes) : .string(String(decoding: bytes, as: UTF8.self))
            }
            if !isTriple, scalar == "\n" || scalar == "\r" { break }
            if scalar == "\\", !prefix.isRaw {
                try escape(into: &bytes, inBytes: prefix.isBytes)
            } else {
                bytes.append(contentsOf: UTF8.encode(advance()).map(Array.init) ?? [])
            }
        }
        throw CELSyntaxError(
            "this string has no end", suggestion: "close it with \(isTriple ? String(repeating: Character(quote), count: 3) : String(quote))",
            at: start)
    }

    private mutating func escape(into bytes: inout [UInt8], inBytes: Bool) throws(CELSyntaxError) {
        let start = position
        advance()
        guard let kind = current else { throw CELSyntaxError("an escape is cut off", at: start) }
        if ("0"..."3").contains(kind) {
            let value = try number(digits: 3, radix: 8, from: start)
            return append(value, asByte: inBytes, to: &bytes)
        }
        advance()
        if let simple = Self.simpleEscapes[kind] {
            bytes.append(simple)
            return
        }
        switch kind {
        case "x", "X": append(try number(digits: 2, radix: 16, from: start), asByte: inBytes, to: &bytes)
        case "u" where !inBytes, "U" where !inBytes:
            let value = try number(digits: kind == "u" ? 4 : 8, radix: 16, from: start)
            guard let scalar = Unicode.Scalar(value) else { throw CELSyntaxError("\\\(kind) names no Unicode code point", at: start) }
            bytes.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        default:
            throw CELSyntaxError("unknown escape \\\(kind)", suggestion: "write \\\\ for a backslash, or a raw string r\"…\"", at: start)
        }
    }

    /// Exactly `digits` digits, since that is how CEL tells where an escape ends.
    private mutating func number(digits: Int, radix: UInt32, from start: CELPosition) throws(CELSyntaxError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = current?.hexValue, digit < radix else {
                throw CELSyntaxError("this escape needs \(digits) \(radix == 8 ? "octal" : "hexadecimal") digits", at: start)
            }
            value = value &* radix &+ digit
            advance()
        }
        return value
    }

    private func append(_ value: UInt32, asByte: Bool, to bytes: inout [UInt8]) {
        if asByte {
            bytes.append(UInt8(truncatingIfNeeded: value))
        } else if let scalar = Unicode.Scalar(value) {
            bytes.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        }
    }

    private static let simpleEscapes: [Unicode.Scalar: UInt8] = [
        "a": 0x07, "b": 0x08, "f": 0x0C, "n": 0x0A, "r": 0x0D, "t": 0x09, "v": 0x0B,
        "\\": 0x5C, "?": 0x3F, "\"": 0x22, "'": 0x27, "`": 0x60,
    ]
}
