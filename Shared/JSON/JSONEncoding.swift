extension JSONValue {
    /// Compact JSON with members in their order. A float that JSON cannot carry is written as null.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter(order: .asWritten)
        writer.write(self)
        return writer.bytes
    }

    public func encodedString() -> String { String(decoding: encoded(), as: UTF8.self) }

    /// The canonical bytes of RFC 8785 (JCS): members sorted by UTF-16 units, numbers as ECMAScript prints them.
    ///
    /// Integers beyond ±2^53 are refused, since JCS would round them and two values would share one hash.
    public func canonical() throws(JSONError) -> [UInt8] {
        var writer = JSONWriter(order: .byUTF16)
        try checkCanonical()
        writer.write(self)
        return writer.bytes
    }

    private func checkCanonical() throws(JSONError) {
        switch self {
        case .int(let value) where value.magnitude > 1 << 53:
            throw JSONError(reason: "the integer \(value) is beyond 2^53 and has no exact canonical form; write it as a string")
        case .double(let value) where !value.isFinite:
            throw JSONError(reason: "JSON has no infinity and no NaN")
        case .array(let values):
            for value in values { try value.checkCanonical() }
        case .object(let members):
            for (_, value) in members { try value.checkCanonical() }
        default: break
        }
    }
}

struct JSONWriter {
    enum MemberOrder { case asWritten, byUTF16 }

    let order: MemberOrder
    private(set) var bytes: [UInt8] = []

    init(order: MemberOrder) { self.order = order }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .int(let value): append(String(value))
        case .double(let value): append(value.isFinite ? ECMAScriptNumber.text(of: value) : "null")
        case .string(let value): write(value)
        case .array(let values): write(values)
        case .object(let members): write(members)
        }
    }

    private mutating func write(_ values: [JSONValue]) {
        bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(value)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(_ object: JSONObject) {
        var members = Array(object)
        if order == .byUTF16 { members.sort { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) } }
        bytes.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(member.key)
            bytes.append(UInt8(ascii: ":"))
            write(member.value)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func write(_ string: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0A: append("\\n")
            case 0x0C: append("\\f")
            case 0x0D: append("\\r")
            case 0..<0x20: append(byte < 0x10 ? "\\u000" : "\\u00"); append(String(byte, radix: 16))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
