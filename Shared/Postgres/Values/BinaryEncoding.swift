internal import FoundationEssentials
internal import Identity

/// The server's binary forms (src/backend/utils/adt, the `…_recv` functions).
extension PostgresValue {
    var type: UInt32 {
        switch self {
        case .null: PostgresType.unspecified
        case .uuid: PostgresType.uuid
        case .text: PostgresType.text
        case .int: PostgresType.int8
        case .bool: PostgresType.bool
        case .double: PostgresType.float8
        case .bytes: PostgresType.bytea
        case .timestamp: PostgresType.timestamptz
        case .json: PostgresType.jsonb
        case .textArray: PostgresType.textArray
        case .bytesArray: PostgresType.byteaArray
        case .uuidArray: PostgresType.uuidArray
        case .intArray: PostgresType.int8Array
        }
    }

    /// Nothing for null, whose form is the absence of one.
    func appendBinary(to bytes: inout [UInt8]) throws(PostgresError) {
        switch self {
        case .null: break
        case .text(let string): try string.appendBinary(to: &bytes)
        case .uuid(let uuid): bytes += uuid.bytes
        case .int(let int): bytes.appendBigEndian(int)
        case .bool(let bool): bytes.append(bool ? 1 : 0)
        case .double(let double): bytes.appendBigEndian(double.bitPattern)
        case .bytes(let value): bytes += value
        case .timestamp(let date): bytes.appendBigEndian(try PostgresTimestamp.microseconds(of: date))
        case .json(let document):
            // The leading byte is the version of jsonb's binary form.
            bytes.append(1)
            bytes += document
        case .textArray(let strings):
            try bytes.appendArray(of: PostgresType.text, strings) { bytes, string throws(PostgresError) in try string.appendBinary(to: &bytes) }
        case .bytesArray(let values): try bytes.appendArray(of: PostgresType.bytea, values) { $0 += $1 }
        case .uuidArray(let uuids): try bytes.appendArray(of: PostgresType.uuid, uuids) { $0 += $1.bytes }
        case .intArray(let ints): try bytes.appendArray(of: PostgresType.int8, ints) { $0.appendBigEndian($1) }
        }
    }
}

extension String {
    /// A NUL would cut a text parameter silently, and no text of the server's can hold one.
    fileprivate func appendBinary(to bytes: inout [UInt8]) throws(PostgresError) {
        guard !utf8.contains(0) else { throw .invalidParameter("text contains a NUL") }
        bytes += utf8
    }
}

extension [UInt8] {
    mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    /// Writes a value behind its length in four bytes.
    mutating func appendWithLength(_ write: (inout [UInt8]) throws(PostgresError) -> Void) throws(PostgresError) {
        let lengthAt = count
        appendBigEndian(Int32(0))
        try write(&self)
        let length = Int32(truncatingIfNeeded: count - lengthAt - 4)
        Swift.withUnsafeBytes(of: length.bigEndian) { for (index, byte) in $0.enumerated() { self[lengthAt + index] = byte } }
    }

    /// One dimension, no nulls: `array_recv`.
    fileprivate mutating func appendArray<Item>(
        of type: UInt32, _ items: [Item], _ write: (inout [UInt8], Item) throws(PostgresError) -> Void
    ) throws(PostgresError) {
        appendBigEndian(Int32(items.isEmpty ? 0 : 1))
        appendBigEndian(Int32(0))
        appendBigEndian(type)
        guard !items.isEmpty else { return }
        appendBigEndian(Int32(truncatingIfNeeded: items.count))
        appendBigEndian(Int32(1))
        for item in items { try appendWithLength { bytes throws(PostgresError) in try write(&bytes, item) } }
    }
}
