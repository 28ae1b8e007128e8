internal import CPq

extension ResultSet {
    /// Copies everything, so that nothing of libpq outlives the call.
    convenience init(copying result: OpaquePointer) {
        let columns = Int(PQnfields(result))
        let rows = Int(PQntuples(result))
        var extents: [Extent] = []
        extents.reserveCapacity(rows * columns)
        var bytes: [UInt8] = []
        for row in 0..<Int32(rows) {
            for column in 0..<Int32(columns) {
                if PQgetisnull(result, row, column) == 1 {
                    extents.append(Extent(offset: 0, length: -1))
                    continue
                }
                let length = Int(PQgetlength(result, row, column))
                extents.append(Extent(offset: bytes.count, length: length))
                if let value = PQgetvalue(result, row, column) {
                    bytes.append(contentsOf: UnsafeRawBufferPointer(start: value, count: length))
                }
            }
        }
        self.init(
            columnNames: (0..<Int32(columns)).map { PQfname(result, $0).map { String(cString: $0) } ?? "" },
            columnTypes: (0..<Int32(columns)).map { PQftype(result, $0) },
            rowCount: rows,
            affectedRows: PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0,
            commandTag: PQcmdStatus(result).map { String(cString: $0) } ?? "",
            extents: extents, bytes: bytes)
    }
}

extension ServerErrorReport {
    init(_ result: OpaquePointer) {
        // PG_DIAG_* of postgres_ext.h, which are character macros that Swift does not import.
        func field(_ code: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
        }
        self.init(
            sqlState: field("C") ?? "XX000",
            message: field("M") ?? PQresultErrorMessage(result).map { String(cString: $0) } ?? "unknown error",
            constraint: field("n"), column: field("c"))
    }
}
