/// Reads the text form of protocol buffers (protobuf.dev/reference/protobuf/textformat-spec).
struct TextProtoReader {
    struct Fault: Error, CustomStringConvertible {
        var line: Int
        var message: String
        var description: String { "line \(line): \(message)" }
    }

    private static let depthMax = 100
    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    static func read(_ bytes: [UInt8]) throws(Fault) -> TextProto {
        var reader = TextProtoReader(bytes: bytes)
        return try reader.message(until: nil)
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func fault(_ message: String) -> Fault {
        Fault(line: 1 + bytes[..<min(index, bytes.count)].count { $0 == UInt8(ascii: "\n") }, message: message)
    }

    private mutating func take(_ character: Character) -> Bool {
        skip()
        guard let current, current == character.asciiValue else { return false }
        index += 1
        return true
    }

    /// White space, comments and what may stand between fields.
    private mutating func skip() {
        while let byte = current {
            if byte == UInt8(ascii: "#") {
                while let byte = current, byte != UInt8(ascii: "\n") { _ = byte; index += 1 }
            } else if [9, 10, 11, 12, 13, 32].contains(byte) {
                index += 1
            } else {
                return
            }
        }
    }

    // MARK: Messages

    private mutating func message(until end: Character?) throws(Fault) -> TextProto {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw fault("messages are nested deeper than \(Self.depthMax) levels") }
        var message = TextProto()
        while true {
            skip()
            if take(",") || take(";") { continue }
            if let end, take(end) { return message }
            guard current != nil else {
                guard end == nil else { throw fault("a message is never closed") }
                return message
            }
            let name = try fieldName()
            let hasColon = take(":")
            for value in try values(hasColon: hasColon) { message.fields.append(TextProto.Field(name: name, value: value)) }
        }
    }

    private mutating func fieldName() throws(Fault) -> String {
        guard current == UInt8(ascii: "[") else {
            let name = word()
            guard !name.isEmpty else { throw fault("a field's name is missing") }
            return name
        }
        let start = index
        while let byte = current, byte != UInt8(ascii: "]") { _ = byte; index += 1 }
        guard current != nil else { throw fault("a name in brackets is never closed") }
        index += 1
        return String(decoding: bytes[start..<index].filter { $0 > 32 }, as: UTF8.self)
    }

    /// One value, or those of a list.
    private mutating func values(hasColon: Bool) throws(Fault) -> [TextProto.Value] {
        guard take("[") else { return [try value(hasColon: hasColon)] }
        var values: [TextProto.Value] = []
        while !take("]") {
            values.append(try value(hasColon: true))
            _ = take(",")
            skip()
            guard current != nil else { throw fault("a list is never closed") }
        }
        return values
    }

    private mutating func value(hasColon: Bool) throws(Fault) -> TextProto.Value {
        skip()
        if take("{") { return .message(try message(until: "}")) }
        if take("<") { return .message(try message(until: ">")) }
        guard hasColon else { throw fault("':' or a message is missing behind a field's name") }
        var quoted: [UInt8]?
        while let quote = current, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            quoted = (quoted ?? []) + (try string(quote))
            skip()
        }
        if let quoted { return .quoted(quoted) }
        let isNegative = take("-")
        skip()
        let word = word()
        guard !word.isEmpty else { throw fault("a value is missing") }
        return .word(isNegative ? "-" + word : word)
    }

    private mutating func word() -> String {
        let start = index
        while let byte = current, byte > 32, !",;:{}[]<>#\"'".utf8.contains(byte) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    // MARK: Strings

    private mutating func string(_ quote: UInt8) throws(Fault) -> [UInt8] {
        index += 1
        var result: [UInt8] = []
        while let byte = current, byte != quote {
            index += 1
            if byte == UInt8(ascii: "\\") { try escape(into: &result) } else { result.append(byte) }
        }
        guard current != nil else { throw fault("a string is never closed") }
        index += 1
        return result
    }

    private mutating func escape(into result: inout [UInt8]) throws(Fault) {
        guard let kind = current else { throw fault("an escape is cut off") }
        index += 1
        switch Unicode.Scalar(kind) {
        case "a": result.append(7)
        case "b": result.append(8)
        case "t": result.append(9)
        case "n": result.append(10)
        case "v": result.append(11)
        case "f": result.append(12)
        case "r": result.append(13)
        case "x", "X": result.append(UInt8(truncatingIfNeeded: digits(radix: 16, atMost: 2)))
        case "u", "U":
            let value = digits(radix: 16, atMost: kind == UInt8(ascii: "u") ? 4 : 8)
            guard let scalar = Unicode.Scalar(value) else { throw fault("an escape names no code point") }
            result += Array(String(Character(scalar)).utf8)
        case "0"..."7":
            index -= 1
            result.append(UInt8(truncatingIfNeeded: digits(radix: 8, atMost: 3)))
        default: result.append(kind)
        }
    }

    private mutating func digits(radix: UInt32, atMost count: Int) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, digit < radix else { break }
            value = value &* radix &+ UInt32(digit)
            index += 1
        }
        return value
    }
}
