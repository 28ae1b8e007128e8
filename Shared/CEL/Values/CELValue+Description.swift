extension CELValue: CustomStringConvertible {
    /// As an expression that has this value; cut short where it is long.
    public var description: String {
        var writer = ValueWriter()
        writer.write(self)
        return writer.text
    }
}

private struct ValueWriter {
    private(set) var text = ""
    /// Values share their parts; what is written out does not.
    private static let bytesMax = 64 << 10

    mutating func write(_ value: CELValue) {
        guard text.utf8.count < Self.bytesMax else {
            if !text.hasSuffix("…") { text += "…" }
            return
        }
        switch value {
        case .null: text += "null"
        case .bool(let value): text += String(value)
        case .int(let value): text += String(value)
        case .uint(let value): text += "\(value)u"
        case .double(let value): text += value.isFinite ? "\(value)" : "double(\"\(value)\")"
        case .string(let value): quote(value)
        case .bytes(let bytes): text += "b\"" + bytes.prefix(Self.bytesMax).map(Self.escaped).joined() + "\""
        case .list(let list): write(list.values, "[", "]") { $0.write($1) }
        case .map(let map):
            write(map.entries, "{", "}") { writer, entry in
                writer.write(entry.key)
                writer.text += ": "
                writer.write(entry.value)
            }
        case .timestamp(let value): text += "timestamp(\"\(value)\")"
        case .duration(let value): text += "duration(\"\(value)\")"
        case .address(let value): text += "ip(\"\(value)\")"
        case .network(let value): text += "cidr(\"\(value)\")"
        case .type(let type): text += type.rawValue
        case .optional(nil): text += "optional.none()"
        case .optional(let value?):
            text += "optional.of("
            write(value)
            text += ")"
        }
    }

    private mutating func write<Element>(
        _ elements: [Element], _ opening: String, _ closing: String, _ body: (inout ValueWriter, Element) -> Void
    ) {
        text += opening
        for (index, element) in elements.enumerated() {
            if index > 0 { text += ", " }
            guard text.utf8.count < Self.bytesMax else {
                text += "…"
                break
            }
            body(&self, element)
        }
        text += closing
    }

    private mutating func quote(_ value: String) {
        text += "\""
        for scalar in value.unicodeScalars.prefix(Self.bytesMax) {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 32 || scalar.value == 127: text += Self.escaped(UInt8(scalar.value))
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    private static func escaped(_ byte: UInt8) -> String {
        if byte >= 32, byte < 127, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { return String(Unicode.Scalar(byte)) }
        return "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
