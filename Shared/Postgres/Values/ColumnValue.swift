internal import FoundationEssentials
internal import Identity

/// A value in the server's binary form and the type that says how to read it.
struct ColumnValue {
    let name: String
    let type: UInt32
    let bytes: ArraySlice<UInt8>

    func uuid() throws(PostgresError) -> UUID {
        guard type == PostgresType.uuid, let uuid = UUID(bytes: bytes) else { throw mismatch("uuid") }
        return uuid
    }

    /// Also of a uuid, a number and a JSON document, in their text form.
    func text() throws(PostgresError) -> String {
        switch type {
        case PostgresType.text, PostgresType.varchar, PostgresType.bpchar, PostgresType.name, PostgresType.json: return try utf8(bytes)
        case PostgresType.uuid: return try uuid().lowercased
        case PostgresType.jsonb: return try utf8(bytes.dropFirst())
        case PostgresType.numeric: return try numeric().description
        case PostgresType.int2, PostgresType.int4, PostgresType.int8, PostgresType.oid: return String(try int())
        case PostgresType.firstUserDefined...: return try utf8(bytes)
        default: throw mismatch("text")
        }
    }

    func int() throws(PostgresError) -> Int64 {
        switch type {
        case PostgresType.int8: return try integer(Int64.self)
        case PostgresType.int4: return Int64(try integer(Int32.self))
        case PostgresType.int2: return Int64(try integer(Int16.self))
        case PostgresType.oid: return Int64(try integer(UInt32.self))
        case PostgresType.numeric:
            // `sum(bigint)` is numeric.
            guard let value = Int64(try numeric().description) else { throw mismatch("an integer") }
            return value
        default: throw mismatch("an integer")
        }
    }

    func bool() throws(PostgresError) -> Bool {
        guard type == PostgresType.bool, let byte = bytes.first else { throw mismatch("bool") }
        return byte != 0
    }

    func double() throws(PostgresError) -> Double {
        switch type {
        case PostgresType.float8: return Double(bitPattern: try integer(UInt64.self))
        case PostgresType.float4: return Double(Float(bitPattern: try integer(UInt32.self)))
        case PostgresType.numeric:
            guard let value = Double(try numeric().description) else { throw mismatch("a number") }
            return value
        default: return Double(try int())
        }
    }

    func byteString() throws(PostgresError) -> [UInt8] {
        guard type == PostgresType.bytea else { throw mismatch("bytea") }
        return Array(bytes)
    }

    func json() throws(PostgresError) -> [UInt8] {
        switch type {
        case PostgresType.json: return Array(bytes)
        case PostgresType.jsonb: return Array(bytes.dropFirst())
        default: throw mismatch("json")
        }
    }

    func timestamp() throws(PostgresError) -> Date {
        let date: Date? =
            switch type {
            case PostgresType.timestamptz, PostgresType.timestamp: PostgresTimestamp.date(microseconds: try integer(Int64.self))
            case PostgresType.date: PostgresTimestamp.date(days: try integer(Int32.self))
            default: throw mismatch("a time")
            }
        guard let date else { throw .unreadableColumn(name, reason: "is an infinite time") }
        return date
    }

    /// A one-dimensional array without nulls.
    func array<Element>(_ decode: (ColumnValue) throws(PostgresError) -> Element) throws(PostgresError) -> [Element] {
        var reader = BigEndianReader(bytes)
        guard let dimensions = reader.read(Int32.self), dimensions <= 1, reader.read(Int32.self) != nil,
            let elementType = reader.read(UInt32.self)
        else { throw mismatch("an array of one dimension") }
        guard dimensions == 1 else { return [] }
        guard let count = reader.read(Int32.self), count >= 0, reader.read(Int32.self) != nil else { throw mismatch("an array") }
        var elements: [Element] = []
        for _ in 0..<count {
            guard let length = reader.read(Int32.self), length >= 0, let element = reader.readBytes(Int(length)) else {
                throw mismatch("an array without nulls")
            }
            elements.append(try decode(ColumnValue(name: name, type: elementType, bytes: element)))
        }
        return elements
    }

    private func numeric() throws(PostgresError) -> PostgresNumeric {
        guard let numeric = PostgresNumeric(binary: bytes) else { throw mismatch("numeric") }
        return numeric
    }

    private func integer<T: FixedWidthInteger>(_ type: T.Type) throws(PostgresError) -> T {
        var reader = BigEndianReader(bytes)
        guard bytes.count == MemoryLayout<T>.size, let value = reader.read(type) else { throw mismatch("\(type)") }
        return value
    }

    private func utf8(_ bytes: ArraySlice<UInt8>) throws(PostgresError) -> String {
        guard let string = String(validating: bytes, as: UTF8.self) else { throw mismatch("UTF-8 text") }
        return string
    }

    private func mismatch(_ expected: String) -> PostgresError {
        .unreadableColumn(name, reason: "is of type \(type) and cannot be read as \(expected)")
    }
}
