/// The answer to one statement, copied out of libpq into one buffer that all its rows share.
final class ResultSet: Sendable {
    static let nothing = ResultSet()

    /// A value's place in `bytes`; a length of -1 stands for NULL.
    struct Extent: Sendable {
        var offset: Int
        var length: Int
    }

    let shape: ResultShape
    let rowCount: Int
    /// From the command tag: rows that an INSERT, UPDATE or DELETE changed, or a SELECT returned.
    let affectedRows: Int
    let commandTag: String
    private let extents: [Extent]
    private let bytes: [UInt8]

    init(
        shape: ResultShape = .empty, rowCount: Int = 0, affectedRows: Int = 0, commandTag: String = "", extents: [Extent] = [], bytes: [UInt8] = []
    ) {
        precondition(extents.count == rowCount * shape.names.count)
        self.shape = shape
        self.rowCount = rowCount
        self.affectedRows = affectedRows
        self.commandTag = commandTag
        self.extents = extents
        self.bytes = bytes
    }

    var byteCount: Int { bytes.count }

    var rows: [PostgresRow] { (0..<rowCount).map { PostgresRow(result: self, index: $0) } }

    /// Nil where the value is NULL.
    func value(row: Int, column: Int) -> ArraySlice<UInt8>? {
        let extent = extents[row * shape.names.count + column]
        return extent.length < 0 ? nil : bytes[extent.offset..<(extent.offset + extent.length)]
    }
}
