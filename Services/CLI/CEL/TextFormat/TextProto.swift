/// A message in the text form of protocol buffers, without its schema: fields by name, in order.
struct TextProto {
    struct Field {
        /// With its brackets where it is one of an extension or of Any: `[type.googleapis.com/…]`.
        var name: String
        var value: Value
    }

    indirect enum Value {
        case word(String)
        case quoted([UInt8])
        case message(TextProto)
    }

    var fields: [Field] = []

    subscript(name: String) -> Value? { fields.last { $0.name == name }?.value }

    func all(_ name: String) -> [TextProto] { fields.filter { $0.name == name }.compactMap(\.value.message) }
    func has(_ name: String) -> Bool { fields.contains { $0.name == name } }
    func message(_ name: String) -> TextProto? { self[name]?.message }
    func text(_ name: String) -> String { self[name]?.text ?? "" }
    func isTrue(_ name: String) -> Bool { ["true", "True", "t", "1"].contains(text(name)) }
}

extension TextProto.Value {
    var message: TextProto? { if case .message(let message) = self { message } else { nil } }

    var bytes: [UInt8] {
        switch self {
        case .word(let word): Array(word.utf8)
        case .quoted(let bytes): bytes
        case .message: []
        }
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var int: Int64? { Self.integer(text) }
    var uint: UInt64? { Self.integer(text) }

    var double: Double? {
        switch text.lowercased() {
        case "inf", "infinity": .infinity
        case "-inf", "-infinity": -.infinity
        case let text: Double(text.hasSuffix("f") && !text.hasPrefix("0x") ? String(text.dropLast()) : text)
        }
    }

    private static func integer<Number: FixedWidthInteger>(_ text: String) -> Number? {
        let isNegative = text.hasPrefix("-")
        let digits = isNegative ? String(text.dropFirst()) : text
        let sign = isNegative ? "-" : ""
        if digits.hasPrefix("0x") || digits.hasPrefix("0X") { return Number(sign + digits.dropFirst(2), radix: 16) }
        if digits.hasPrefix("0"), digits.count > 1 { return Number(sign + digits.dropFirst(), radix: 8) }
        return Number(text)
    }
}
