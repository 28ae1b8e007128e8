/// What a Cedar expression evaluates to.
public enum Value: Sendable {
    case bool(Bool)
    case long(Int64)
    case string(Text)
    case entity(EntityUID)
    case set(SetValue)
    case record(RecordValue)
    case decimal(DecimalValue)
    indirect case ip(IPValue)
    case datetime(DatetimeValue)
    case duration(DurationValue)
}

extension Value: Hashable {
    public static func == (a: Value, b: Value) -> Bool {
        switch (a, b) {
        case (.bool(let x), .bool(let y)): x == y
        case (.long(let x), .long(let y)): x == y
        case (.string(let x), .string(let y)): x == y
        case (.entity(let x), .entity(let y)): x == y
        case (.set(let x), .set(let y)): x == y
        case (.record(let x), .record(let y)): x == y
        case (.decimal(let x), .decimal(let y)): x == y
        case (.ip(let x), .ip(let y)): x == y
        case (.datetime(let x), .datetime(let y)): x == y
        case (.duration(let x), .duration(let y)): x == y
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

    /// Equal values have equal digests. Sets and records keep theirs, so that nesting costs nothing again.
    var digest: Int {
        switch self {
        case .string(let text): return text.digest
        case .entity(let uid): return uid.digest
        case .set(let set): return set.digest
        case .record(let record): return record.digest
        case .bool(let value): return Value.digest(0, value)
        case .long(let value): return Value.digest(1, value)
        case .decimal(let value): return Value.digest(2, value)
        case .ip(let value): return Value.digest(3, value)
        case .datetime(let value): return Value.digest(4, value)
        case .duration(let value): return Value.digest(5, value)
        }
    }

    private static func digest(_ tag: UInt8, _ value: some Hashable) -> Int {
        var hasher = Hasher()
        hasher.combine(tag)
        hasher.combine(value)
        return hasher.finalize()
    }
}

extension Value {
    /// The type's name as error messages give it.
    var typeName: String {
        switch self {
        case .bool: "bool"
        case .long: "long"
        case .string: "string"
        case .entity(let uid): "entity of type \(uid.type)"
        case .set: "set"
        case .record: "record"
        case .decimal: "decimal"
        case .ip: "ipaddr"
        case .datetime: "datetime"
        case .duration: "duration"
        }
    }
}

extension Value: CustomStringConvertible {
    /// As an expression of Cedar.
    public var description: String {
        switch self {
        case .bool(let value): "\(value)"
        case .long(let value): "\(value)"
        case .string(let text): text.quoted
        case .entity(let uid): uid.description
        case .set(let set): "[\(set.elements.map(\.description).joined(separator: ", "))]"
        case .record(let record): "{\(record.map { "\($0.quoted): \($1)" }.joined(separator: ", "))}"
        case .decimal(let value): "decimal(\"\(value)\")"
        case .ip(let value): "ip(\"\(value)\")"
        case .datetime(let value): "datetime(\"1970-01-01\").offset(duration(\"\(value.milliseconds)ms\"))"
        case .duration(let value): "duration(\"\(value)\")"
        }
    }
}
