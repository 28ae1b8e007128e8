/// The escapes of Cedar's strings, which are those of Rust: `\n \r \t \\ \0 \' \" \xHH \u{…}`.
enum StringEscapes {
    /// Why an escape is refused, and its bytes within the literal.
    struct Fault: Error {
        let reason: String
        let lower: Int
        let upper: Int
    }

    /// The string that the bytes between the quotes stand for.
    static func unescape(_ body: ArraySlice<UInt8>) throws(Fault) -> String {
        // Nearly all strings have no escape: then the bytes are the string.
        if !body.contains(where: { $0 == UInt8(ascii: "\\") || $0 == 0x0D }) { return String(decoding: body, as: UTF8.self) }
        var text = ""
        var reader = Reader(body: body, acceptsStar: false)
        while let element = try reader.next() { text.unicodeScalars.append(element.scalar) }
        return text
    }

    /// The pattern of a `like`: every `*` matches anything, however it was escaped, except `\*`, which is a star.
    static func pattern(_ body: ArraySlice<UInt8>) throws(Fault) -> Pattern {
        var elements: [Pattern.Element] = []
        var reader = Reader(body: body, acceptsStar: true)
        while let element = try reader.next() {
            let isWildcard = element.scalar == "*" && !element.isEscapedStar
            elements.append(isWildcard ? .wildcard : .scalar(element.scalar))
        }
        return Pattern(elements)
    }

    private struct Reader {
        let body: ArraySlice<UInt8>
        let acceptsStar: Bool
        var offset: Int

        init(body: ArraySlice<UInt8>, acceptsStar: Bool) {
            self.body = body
            self.acceptsStar = acceptsStar
            offset = body.startIndex
        }

        mutating func next() throws(Fault) -> (scalar: Unicode.Scalar, isEscapedStar: Bool)? {
            guard offset < body.endIndex else { return nil }
            let start = offset
            if body[offset] == UInt8(ascii: "\\") {
                offset += 1
                return try escape(from: start)
            }
            if body[offset] == 0x0D {
                throw Fault(reason: "a carriage return must be written as `\\r`", lower: start, upper: start + 1)
            }
            var decoder = Unicode.UTF8()
            var iterator = body[offset..<min(offset + 4, body.endIndex)].makeIterator()
            guard case .scalarValue(let scalar) = decoder.decode(&iterator) else {
                throw Fault(reason: "the string is not valid UTF-8", lower: start, upper: start + 1)
            }
            offset += UTF8.width(scalar)
            return (scalar, false)
        }

        private mutating func escape(from start: Int) throws(Fault) -> (scalar: Unicode.Scalar, isEscapedStar: Bool) {
            guard offset < body.endIndex else { throw Fault(reason: "the escape has no end", lower: start, upper: offset) }
            let byte = body[offset]
            offset += 1
            switch byte {
            case UInt8(ascii: "n"): return ("\n", false)
            case UInt8(ascii: "r"): return ("\r", false)
            case UInt8(ascii: "t"): return ("\t", false)
            case UInt8(ascii: "0"): return ("\0", false)
            case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): return (Unicode.Scalar(byte), false)
            case UInt8(ascii: "*") where acceptsStar: return ("*", true)
            case UInt8(ascii: "x"): return (try hexEscape(from: start), false)
            case UInt8(ascii: "u"): return (try unicodeEscape(from: start), false)
            default:
                throw Fault(
                    reason: "there is no such escape; Cedar has \\n \\r \\t \\\\ \\0 \\' \\\" \\xHH \\u{…}, and \\* in a pattern", lower: start,
                    upper: offset)
            }
        }

        private mutating func hexEscape(from start: Int) throws(Fault) -> Unicode.Scalar {
            guard let high = hexDigit(), let low = hexDigit() else {
                throw Fault(reason: "`\\x` takes two hexadecimal digits", lower: start, upper: offset)
            }
            guard high < 8 else {
                throw Fault(reason: "`\\x` goes up to 7F; use `\\u{…}` beyond", lower: start, upper: offset)
            }
            return Unicode.Scalar(UInt8(high << 4 | low))
        }

        private mutating func unicodeEscape(from start: Int) throws(Fault) -> Unicode.Scalar {
            let fault = { (reader: Reader) in
                Fault(reason: "`\\u{…}` takes one to six hexadecimal digits that name a Unicode scalar", lower: start, upper: reader.offset)
            }
            guard consume(UInt8(ascii: "{")), let first = hexDigit() else { throw fault(self) }
            var value = first
            var count = 1
            while true {
                if consume(UInt8(ascii: "_")) { continue }
                if consume(UInt8(ascii: "}")) { break }
                guard let digit = hexDigit() else { throw fault(self) }
                count += 1
                guard count <= 6 else { throw fault(self) }
                value = value << 4 | digit
            }
            guard let scalar = Unicode.Scalar(value) else { throw fault(self) }
            return scalar
        }

        private mutating func consume(_ byte: UInt8) -> Bool {
            guard offset < body.endIndex, body[offset] == byte else { return false }
            offset += 1
            return true
        }

        private mutating func hexDigit() -> UInt32? {
            guard offset < body.endIndex else { return nil }
            let byte = body[offset]
            let value: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            offset += 1
            return UInt32(value)
        }
    }
}
