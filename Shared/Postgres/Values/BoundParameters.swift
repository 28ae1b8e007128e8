internal import FoundationEssentials
internal import Identity

/// Parameters in the layout that libpq takes: one buffer and, for each, where it starts, its length, format and type.
struct BoundParameters: Sendable, Equatable {
    private(set) var bytes: [UInt8] = []
    /// -1 stands for NULL.
    private(set) var offsets: [Int] = []
    private(set) var lengths: [Int32] = []
    private(set) var formats: [Int32] = []
    private(set) var types: [UInt32] = []

    static let maximumCount = 65_535

    init(_ values: [PostgresValue]) throws(PostgresError) {
        guard values.count <= Self.maximumCount else { throw .invalidParameter("more than \(Self.maximumCount) parameters") }
        for value in values { try append(value) }
    }

    private mutating func append(_ value: PostgresValue) throws(PostgresError) {
        switch value {
        case .null: appendNull()
        case .text(let string): try appendText(string)
        case .uuid(let uuid): appendBinary(PostgresType.uuid) { $0 += uuid.bytes }
        case .int(let int): appendBinary(PostgresType.int8) { $0.appendBigEndian(int) }
        case .bool(let bool): appendBinary(PostgresType.bool) { $0.append(bool ? 1 : 0) }
        case .double(let double): appendBinary(PostgresType.float8) { $0.appendBigEndian(double.bitPattern) }
        case .bytes(let value): appendBinary(PostgresType.bytea) { $0 += value }
        case .timestamp(let date):
            let microseconds = try PostgresTimestamp.microseconds(of: date)
            appendBinary(PostgresType.timestamptz) { $0.appendBigEndian(microseconds) }
        case .json(let document):
            // The leading byte is the version of jsonb's binary form.
            appendBinary(PostgresType.jsonb) {
                $0.append(1); $0 += document
            }
        case .textArray(let strings):
            for string in strings { try Self.refuseNUL(in: string) }
            appendArray(PostgresType.textArray, of: PostgresType.text, strings) { $0 += Array($1.utf8) }
        case .bytesArray(let values): appendArray(PostgresType.byteaArray, of: PostgresType.bytea, values) { $0 += $1 }
        case .uuidArray(let uuids): appendArray(PostgresType.uuidArray, of: PostgresType.uuid, uuids) { $0 += $1.bytes }
        case .intArray(let ints): appendArray(PostgresType.int8Array, of: PostgresType.int8, ints) { $0.appendBigEndian($1) }
        }
    }

    private mutating func appendNull() {
        offsets.append(-1)
        lengths.append(0)
        formats.append(0)
        types.append(PostgresType.unspecified)
    }

    private mutating func appendText(_ string: String) throws(PostgresError) {
        // libpq measures text parameters with strlen: a NUL would cut the value silently.
        try Self.refuseNUL(in: string)
        offsets.append(bytes.count)
        bytes += Array(string.utf8)
        lengths.append(Int32(truncatingIfNeeded: bytes.count - offsets[offsets.count - 1]))
        bytes.append(0)
        formats.append(0)
        types.append(PostgresType.unspecified)
    }

    private static func refuseNUL(in string: String) throws(PostgresError) {
        guard !string.utf8.contains(0) else { throw .invalidParameter("text contains a NUL") }
    }

    private mutating func appendBinary(_ type: UInt32, _ write: (inout [UInt8]) -> Void) {
        offsets.append(bytes.count)
        write(&bytes)
        lengths.append(Int32(truncatingIfNeeded: bytes.count - offsets[offsets.count - 1]))
        formats.append(1)
        types.append(type)
    }

    /// One dimension, no nulls: src/backend/utils/adt/arrayfuncs.c, `array_recv`.
    private mutating func appendArray<Element>(
        _ type: UInt32, of elementType: UInt32, _ elements: [Element], _ write: (inout [UInt8], Element) -> Void
    ) {
        appendBinary(type) { bytes in
            bytes.appendBigEndian(Int32(elements.isEmpty ? 0 : 1))
            bytes.appendBigEndian(Int32(0))
            bytes.appendBigEndian(elementType)
            guard !elements.isEmpty else { return }
            bytes.appendBigEndian(Int32(truncatingIfNeeded: elements.count))
            bytes.appendBigEndian(Int32(1))
            for element in elements {
                let lengthAt = bytes.count
                bytes.appendBigEndian(Int32(0))
                write(&bytes, element)
                let length = Int32(truncatingIfNeeded: bytes.count - lengthAt - 4)
                withUnsafeBytes(of: length.bigEndian) { for (index, byte) in $0.enumerated() { bytes[lengthAt + index] = byte } }
            }
        }
    }
}

extension [UInt8] {
    mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
