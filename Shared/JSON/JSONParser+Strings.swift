extension JSONParser {
    /// The string that begins at the quote under the cursor.
    mutating func parseString() throws(JSONError) -> String {
        position += 1
        let start = position
        var unescaped: [UInt8]?
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                let text = unescaped ?? Array(bytes[start..<position])
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw fault("the string is not valid UTF-8", at: start)
                }
                position += 1
                return string
            case UInt8(ascii: "\\"):
                var text = unescaped ?? Array(bytes[start..<position])
                text.append(contentsOf: try parseEscape())
                unescaped = text
            case 0..<0x20:
                throw fault("a control character must be written as an escape such as \\u00\(hex(byte))")
            default:
                unescaped?.append(byte)
                position += 1
            }
        }
        throw fault("the string has no end", at: start - 1)
    }

    private mutating func parseEscape() throws(JSONError) -> [UInt8] {
        position += 1
        guard let byte = peek else { throw fault("the string has no end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(Character(try parseUnicodeEscape())).utf8)
        default: throw fault("there is no such escape; use one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX", at: position - 2)
        }
    }

    private mutating func parseUnicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let start = position - 2
        let high = try parseFourHexDigits()
        if let scalar = Unicode.Scalar(high) { return scalar }
        let isFollowedByEscape = position + 1 < bytes.count && bytes[position] == UInt8(ascii: "\\") && bytes[position + 1] == UInt8(ascii: "u")
        guard high < 0xDC00, isFollowedByEscape else { throw fault("a surrogate must come in a pair", at: start) }
        position += 2
        let low = try parseFourHexDigits()
        guard (0xDC00...0xDFFF).contains(low) else { throw fault("a surrogate must come in a pair", at: start) }
        guard let scalar = Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)) else {
            throw fault("a surrogate must come in a pair", at: start)
        }
        return scalar
    }

    private mutating func parseFourHexDigits() throws(JSONError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw fault("four hexadecimal digits are expected") }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw fault("four hexadecimal digits are expected")
            }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }

    private func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }
}
