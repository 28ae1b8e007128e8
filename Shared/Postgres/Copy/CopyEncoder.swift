/// Rows in COPY's binary format ("Binary Format" of the reference page of COPY).
struct CopyEncoder: Sendable {
    private let columnCount: Int
    private var bytes: [UInt8]

    init(columnCount: Int) {
        self.columnCount = columnCount
        // The signature, no flags, no header extension.
        bytes = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)
    }

    var byteCount: Int { bytes.count }

    mutating func append(_ row: [PostgresValue]) throws(PostgresError) {
        guard row.count == columnCount else { throw .invalidParameter("a row has \(row.count) values for \(columnCount) columns") }
        let start = bytes.count
        bytes.appendBigEndian(Int16(truncatingIfNeeded: columnCount))
        do throws(PostgresError) {
            for value in row {
                guard value != .null else {
                    bytes.appendBigEndian(Int32(-1))
                    continue
                }
                try bytes.appendWithLength { bytes throws(PostgresError) in try value.appendBinary(to: &bytes) }
            }
        } catch {
            // Half a row would make nonsense of all that follow.
            bytes.removeSubrange(start...)
            throw error
        }
    }

    mutating func appendTrailer() { bytes.appendBigEndian(Int16(-1)) }

    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
}
