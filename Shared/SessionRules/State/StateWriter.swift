internal import Cedar

/// Writes numbers, strings and values in one way only.
struct StateWriter {
    private(set) var bytes: [UInt8] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func hold() throws(SessionFault) { guard bytes.count <= limit else { throw .stateTooLarge(limit: limit) } }

    mutating func raw(_ more: [UInt8]) { bytes += more }

    mutating func count(_ value: Int) { unsigned(UInt64(value)) }

    /// Seven bits a byte, the lowest first.
    mutating func unsigned(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Small magnitudes take few bytes.
    mutating func signed(_ value: Int64) { unsigned(UInt64(bitPattern: value << 1 ^ value >> 63)) }

    mutating func text(_ text: String) {
        count(text.utf8.count)
        bytes += Array(text.utf8)
    }

    mutating func value(_ value: Value?) throws(SessionFault) {
        try hold()
        guard let value else { return bytes.append(ValueTag.missing.rawValue) }
        switch value {
        case .bool(let bool): bytes.append((bool ? ValueTag.true : .false).rawValue)
        case .long(let number):
            bytes.append(ValueTag.long.rawValue)
            signed(number)
        case .string(let string):
            bytes.append(ValueTag.string.rawValue)
            text(string.string)
        case .entity(let uid):
            bytes.append(ValueTag.entity.rawValue)
            text(uid.type.string)
            text(uid.id.string)
        case .decimal(let decimal):
            bytes.append(ValueTag.decimal.rawValue)
            signed(decimal.tenThousandths)
        case .datetime(let time):
            bytes.append(ValueTag.datetime.rawValue)
            signed(time.milliseconds)
        case .duration(let duration):
            bytes.append(ValueTag.duration.rawValue)
            signed(duration.milliseconds)
        case .ip(let address):
            bytes.append(ValueTag.ip.rawValue)
            text(address.description)
        case .set(let set):
            bytes.append(ValueTag.set.rawValue)
            // A set has no order: that of its members' bytes is the one.
            var members: [[UInt8]] = []
            for member in set.elements {
                var writer = StateWriter(limit: limit)
                try writer.value(member)
                members.append(writer.bytes)
            }
            count(members.count)
            for member in members.sorted(by: { $0.lexicographicallyPrecedes($1) }) { raw(member) }
        case .record(let record):
            bytes.append(ValueTag.record.rawValue)
            count(record.count)
            for (key, member) in record {
                text(key.string)
                try self.value(member)
            }
        }
    }
}

enum ValueTag: UInt8 { case missing, `false`, `true`, long, string, entity, decimal, datetime, duration, ip, set, record }
