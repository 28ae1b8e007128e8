internal import Cedar

/// Reads what `StateWriter` wrote; everything else is refused.
struct StateReader {
    /// Sets and records inside each other.
    private static let depthMax = 64
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.count }

    func fault(_ reason: String) -> SessionFault { .unreadableState("\(reason) at byte \(offset)") }

    mutating func byte() throws(SessionFault) -> UInt8 {
        guard offset < bytes.count else { throw fault("it ends") }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func raw(_ count: Int) throws(SessionFault) -> ArraySlice<UInt8> {
        guard count <= bytes.count - offset else { throw fault("it ends") }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    mutating func unsigned() throws(SessionFault) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try byte()
            let bits = UInt64(byte & 0x7F)
            guard shift < 63 || bits <= 1 else { throw fault("a number is too large") }
            value |= bits << shift
            if byte & 0x80 == 0 {
                guard byte != 0 || shift == 0 else { throw fault("a number is written longer than it is") }
                return value
            }
        }
        throw fault("a number has no end")
    }

    /// A number of things each of which takes at least a byte.
    mutating func count() throws(SessionFault) -> Int {
        let count = try unsigned()
        guard count <= UInt64(bytes.count - offset) else { throw fault("more is announced than follows") }
        return Int(count)
    }

    mutating func signed() throws(SessionFault) -> Int64 {
        let value = try unsigned()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func text() throws(SessionFault) -> String {
        let slice = try raw(try count())
        guard let text = String(validating: slice, as: UTF8.self) else { throw fault("a string is no UTF-8") }
        return text
    }

    mutating func value(_ depth: Int = 0) throws(SessionFault) -> Value? {
        guard depth < Self.depthMax else { throw fault("values are nested deeper than \(Self.depthMax) levels") }
        guard let tag = ValueTag(rawValue: try byte()) else { throw fault("a value has no known type") }
        switch tag {
        case .missing: return nil
        case .false: return .bool(false)
        case .true: return .bool(true)
        case .long: return .long(try signed())
        case .string: return .string(Text(try text()))
        case .entity: return .entity(EntityUID(type: Text(try text()), id: Text(try text())))
        case .decimal: return .decimal(DecimalValue(tenThousandths: try signed()))
        case .datetime: return .datetime(DatetimeValue(milliseconds: try signed()))
        case .duration: return .duration(DurationValue(milliseconds: try signed()))
        case .ip: return try address()
        case .set:
            var members: [Value] = []
            var last: ArraySlice<UInt8>?
            for _ in 0..<(try count()) {
                let start = offset
                guard let member = try value(depth + 1) else { throw fault("a set holds nothing") }
                if let last, !last.lexicographicallyPrecedes(bytes[start..<offset]) { throw fault("a set is not in order") }
                last = bytes[start..<offset]
                members.append(member)
            }
            return .set(SetValue(members))
        case .record:
            var members: [(Text, Value)] = []
            for _ in 0..<(try count()) {
                let key = Text(try text())
                if let last = members.last, !(last.0 < key) { throw fault("a record is not in order") }
                guard let member = try value(depth + 1) else { throw fault("a record holds nothing") }
                members.append((key, member))
            }
            return .record(RecordValue(members))
        }
    }

    /// An address is read by the language that it is one of.
    private mutating func address() throws(SessionFault) -> Value {
        let text = try text()
        guard let value = AddressText.value(text), case .ip(let address) = value, address.description == text else {
            throw fault("an address is none")
        }
        return value
    }
}
