extension JSONValue {
    /// Parses exactly one JSON text (RFC 8259). Refused: duplicate keys, invalid UTF-8, lone surrogates, a byte order mark, leading
    /// zeros, anything after the value, and what is beyond `limits`.
    public init(parsing bytes: some Collection<UInt8>, limits: JSONLimits = .default) throws(JSONError) {
        guard bytes.count <= limits.size else {
            throw JSONError(reason: "the document has \(bytes.count) bytes; at most \(limits.size) are accepted")
        }
        var parser = JSONParser(bytes: Array(bytes), depthLimit: limits.depth)
        self = try parser.parseDocument()
    }

    public init(parsing text: String, limits: JSONLimits = .default) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }
}

/// A recursive-descent parser whose recursion is bounded by the depth limit.
struct JSONParser {
    let bytes: [UInt8]
    let depthLimit: Int
    var position = 0
    private var depth = 0

    init(bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    mutating func parseDocument() throws(JSONError) -> JSONValue {
        let value = try parseValue()
        skipSpace()
        guard position == bytes.count else { throw fault("nothing may follow the value") }
        return value
    }

    private mutating func parseValue() throws(JSONError) -> JSONValue {
        skipSpace()
        guard position < bytes.count else { throw fault("a value is expected, but the text ends") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return .object(try nested { (parser) throws(JSONError) in try parser.parseObject() })
        case UInt8(ascii: "["): return .array(try nested { (parser) throws(JSONError) in try parser.parseArray() })
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
        default: throw fault("a value is expected")
        }
    }

    private mutating func nested<T>(_ body: (inout JSONParser) throws(JSONError) -> T) throws(JSONError) -> T {
        guard depth < depthLimit else { throw fault("nested deeper than \(depthLimit) levels") }
        depth += 1
        defer { depth -= 1 }
        position += 1
        return try body(&self)
    }

    private mutating func parseObject() throws(JSONError) -> JSONObject {
        var object = JSONObject()
        if consume(UInt8(ascii: "}")) { return object }
        repeat {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw fault("a key in double quotes is expected") }
            let keyPosition = position
            let key = try parseString()
            guard object[key] == nil else { throw fault("the key \"\(key)\" occurs twice", at: keyPosition) }
            guard consume(UInt8(ascii: ":")) else { throw fault("':' is expected after a key") }
            object[key] = try parseValue()
        } while consume(UInt8(ascii: ","))
        guard consume(UInt8(ascii: "}")) else { throw fault("',' or '}' is expected") }
        return object
    }

    private mutating func parseArray() throws(JSONError) -> [JSONValue] {
        var values: [JSONValue] = []
        if consume(UInt8(ascii: "]")) { return values }
        repeat {
            values.append(try parseValue())
        } while consume(UInt8(ascii: ","))
        guard consume(UInt8(ascii: "]")) else { throw fault("',' or ']' is expected") }
        return values
    }

    private mutating func parseWord(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let count = word.utf8CodeUnitCount
        let isThere =
            position + count <= bytes.count
            && word.withUTF8Buffer { bytes[position..<position + count].elementsEqual($0) }
        guard isThere else { throw fault("a value is expected") }
        position += count
        return value
    }

    private mutating func parseNumber() throws(JSONError) -> JSONValue {
        let start = position
        var isInteger = true
        if peek == UInt8(ascii: "-") { position += 1 }
        if peek == UInt8(ascii: "0") {
            position += 1
        } else {
            try parseDigits()
        }
        if peek == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try parseDigits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            try parseDigits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, text != "-0", let value = Int64(text) { return .int(value) }
        guard let value = Double(text), value.isFinite else { throw fault("the number is out of range", at: start) }
        return .double(value)
    }

    private mutating func parseDigits() throws(JSONError) {
        let start = position
        while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw fault("a digit is expected") }
    }

    // MARK: Text

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func consume(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek == byte else { return false }
        position += 1
        return true
    }

    func fault(_ reason: String, at offset: Int? = nil) -> JSONError {
        let offset = offset ?? position
        let before = bytes[..<min(offset, bytes.count)]
        let line = before.count { $0 == 0x0A } + 1
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1
        return JSONError(reason: reason, offset: offset, line: line, column: column)
    }
}
