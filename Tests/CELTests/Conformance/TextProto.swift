/// The text form of protocol buffers, as far as the conformance files of CEL use it: fields by name, messages in braces, scalars.
struct TextProto {
    struct Field {
        var name: String
        var value: Value
    }

    indirect enum Value {
        case scalar(String, quoted: [UInt8]?)
        case message([Field])

        subscript(name: String) -> Value? { all(name).first }

        func all(_ name: String) -> [Value] {
            if case .message(let fields) = self { fields.filter { $0.name == name }.map(\.value) } else { [] }
        }

        var fields: [Field] { if case .message(let fields) = self { fields } else { [] } }
        var bytes: [UInt8] { if case .scalar(_, let quoted?) = self { quoted } else { [] } }
        var text: String { if case .scalar(let text, let quoted) = self { quoted.map { String(decoding: $0, as: UTF8.self) } ?? text } else { "" } }
    }

    struct Malformed: Error { var offset: Int }

    private let bytes: [UInt8]
    private var index = 0

    static func parse(_ bytes: [UInt8]) throws -> Value {
        var parser = TextProto(bytes: bytes)
        return try parser.message(until: nil)
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func skip() {
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "#") {
                while index < bytes.count, bytes[index] != 10 { index += 1 }
            } else if [9, 10, 13, 32, UInt8(ascii: ","), UInt8(ascii: ";")].contains(bytes[index]) {
                index += 1
            } else {
                return
            }
        }
    }

    private mutating func message(until end: UInt8?) throws -> Value {
        var fields: [Field] = []
        while true {
            skip()
            guard index < bytes.count else {
                guard end == nil else { throw Malformed(offset: index) }
                return .message(fields)
            }
            if bytes[index] == end {
                index += 1
                return .message(fields)
            }
            let name = bytes[index] == UInt8(ascii: "[") ? bracketed() : word()
            guard !name.isEmpty else { throw Malformed(offset: index) }
            skip()
            if index < bytes.count, bytes[index] == UInt8(ascii: ":") { index += 1 }
            skip()
            fields.append(Field(name: name, value: try value()))
        }
    }

    private mutating func value() throws -> Value {
        guard index < bytes.count else { throw Malformed(offset: index) }
        if bytes[index] == UInt8(ascii: "{") {
            index += 1
            return try message(until: UInt8(ascii: "}"))
        }
        var quoted: [UInt8]?
        while index < bytes.count, bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'") {
            quoted = (quoted ?? []) + (try string())
            skip()
        }
        if let quoted { return .scalar("", quoted: quoted) }
        return .scalar(word(), quoted: nil)
    }

    private mutating func bracketed() -> String {
        let start = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "]") { index += 1 }
        index = min(index + 1, bytes.count)
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func word() -> String {
        let start = index
        while index < bytes.count, !" \t\n\r,;:{}[]#\"'".utf8.contains(bytes[index]) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func string() throws -> [UInt8] {
        let quote = bytes[index]
        index += 1
        var result: [UInt8] = []
        while index < bytes.count, bytes[index] != quote {
            if bytes[index] == UInt8(ascii: "\\") {
                index += 1
                escape(into: &result)
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        guard index < bytes.count else { throw Malformed(offset: index) }
        index += 1
        return result
    }

    private mutating func escape(into result: inout [UInt8]) {
        let kind = Character(Unicode.Scalar(bytes[index]))
        index += 1
        let simple: [Character: UInt8] = ["a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11]
        if let byte = simple[kind] {
            result.append(byte)
        } else if kind == "x" || kind == "X" {
            result.append(UInt8(truncatingIfNeeded: digits(16, atMost: 2)))
        } else if kind == "u" || kind == "U" {
            let scalar = Unicode.Scalar(digits(16, atMost: kind == "u" ? 4 : 8)) ?? "?"
            result.append(contentsOf: Array(String(Character(scalar)).utf8))
        } else if ("0"..."7").contains(kind) {
            index -= 1
            result.append(UInt8(truncatingIfNeeded: digits(8, atMost: 3)))
        } else {
            result.append(contentsOf: Array(String(kind).utf8))
        }
    }

    private mutating func digits(_ radix: UInt32, atMost count: Int) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard index < bytes.count, let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue, digit < radix else { break }
            value = value * radix + UInt32(digit)
            index += 1
        }
        return value
    }
}
