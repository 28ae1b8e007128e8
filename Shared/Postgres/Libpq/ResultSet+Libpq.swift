internal import CPq

extension ResultSet {
    /// Copies everything, so that nothing of libpq outlives the call. `shape` is the statement's, where it is known already.
    convenience init(copying result: OpaquePointer, shape known: ResultShape? = nil) {
        let shape = known ?? ResultShape(copying: result)
        let columns = Int32(shape.names.count)
        let rows = PQntuples(result)
        var extents: [Extent] = []
        extents.reserveCapacity(Int(rows) * Int(columns))
        var bytes: [UInt8] = []
        for row in 0..<rows {
            for column in 0..<columns {
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
            shape: shape, rowCount: Int(rows), affectedRows: Self.affectedRows(of: result), commandTag: Self.commandTag(of: result),
            extents: extents, bytes: bytes)
    }

    convenience init(tagOf result: OpaquePointer) { self.init(affectedRows: Self.affectedRows(of: result), commandTag: Self.commandTag(of: result)) }

    private static func affectedRows(of result: OpaquePointer) -> Int { PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0 }
    private static func commandTag(of result: OpaquePointer) -> String { PQcmdStatus(result).map { String(cString: $0) } ?? "" }
}

extension ResultShape {
    convenience init(copying result: OpaquePointer) {
        let columns = PQnfields(result)
        self.init(
            names: (0..<columns).map { PQfname(result, $0).map { String(cString: $0) } ?? "" },
            types: (0..<columns).map { PQftype(result, $0) })
    }

    func fits(_ result: OpaquePointer) -> Bool {
        PQnfields(result) == Int32(types.count) && types.indices.allSatisfy { PQftype(result, Int32($0)) == types[$0] }
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
