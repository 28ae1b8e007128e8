public import FoundationEssentials

/// One row, read by column name. An accessor throws where the column is missing, null or of a type that it does not read;
/// the optional forms return nil for null.
public struct PostgresRow: Sendable {
    let result: ResultSet
    let index: Int

    public var columnNames: [String] { result.shape.names }

    public func uuid(_ column: String) throws(PostgresError) -> UUID { try require(column, optionalUUID(column)) }
    public func text(_ column: String) throws(PostgresError) -> String { try require(column, optionalText(column)) }
    public func int(_ column: String) throws(PostgresError) -> Int64 { try require(column, optionalInt(column)) }
    public func bool(_ column: String) throws(PostgresError) -> Bool { try require(column, optionalBool(column)) }
    public func double(_ column: String) throws(PostgresError) -> Double { try require(column, optionalDouble(column)) }
    public func bytes(_ column: String) throws(PostgresError) -> [UInt8] { try require(column, optionalBytes(column)) }
    public func timestamp(_ column: String) throws(PostgresError) -> Date { try require(column, optionalTimestamp(column)) }
    /// The bytes of a json or jsonb document. jsonb does not keep the order of keys: never sign what it returns.
    public func json(_ column: String) throws(PostgresError) -> [UInt8] { try require(column, optionalJSON(column)) }
    public func textArray(_ column: String) throws(PostgresError) -> [String] {
        try require(column, read(column) { cell throws(PostgresError) in try cell.array { element throws(PostgresError) in try element.text() } })
    }
    public func uuidArray(_ column: String) throws(PostgresError) -> [UUID] {
        try require(column, read(column) { cell throws(PostgresError) in try cell.array { element throws(PostgresError) in try element.uuid() } })
    }
    public func intArray(_ column: String) throws(PostgresError) -> [Int64] {
        try require(column, read(column) { cell throws(PostgresError) in try cell.array { element throws(PostgresError) in try element.int() } })
    }
    public func bytesArray(_ column: String) throws(PostgresError) -> [[UInt8]] {
        try require(
            column, read(column) { cell throws(PostgresError) in try cell.array { element throws(PostgresError) in try element.byteString() } })
    }

    public func optionalUUID(_ column: String) throws(PostgresError) -> UUID? { try read(column) { cell throws(PostgresError) in try cell.uuid() } }
    public func optionalText(_ column: String) throws(PostgresError) -> String? { try read(column) { cell throws(PostgresError) in try cell.text() } }
    public func optionalInt(_ column: String) throws(PostgresError) -> Int64? { try read(column) { cell throws(PostgresError) in try cell.int() } }
    public func optionalBool(_ column: String) throws(PostgresError) -> Bool? { try read(column) { cell throws(PostgresError) in try cell.bool() } }
    public func optionalDouble(_ column: String) throws(PostgresError) -> Double? {
        try read(column) { cell throws(PostgresError) in try cell.double() }
    }
    public func optionalBytes(_ column: String) throws(PostgresError) -> [UInt8]? {
        try read(column) { cell throws(PostgresError) in try cell.byteString() }
    }
    public func optionalTimestamp(_ column: String) throws(PostgresError) -> Date? {
        try read(column) { cell throws(PostgresError) in try cell.timestamp() }
    }
    public func optionalJSON(_ column: String) throws(PostgresError) -> [UInt8]? {
        try read(column) { cell throws(PostgresError) in try cell.json() }
    }

    public func isNull(_ column: String) throws(PostgresError) -> Bool { try cell(column) == nil }

    private func require<T>(_ column: String, _ value: T?) throws(PostgresError) -> T {
        guard let value else { throw .unreadableColumn(column, reason: "is null") }
        return value
    }

    private func read<T>(_ column: String, _ decode: (ColumnValue) throws(PostgresError) -> T) throws(PostgresError) -> T? {
        guard let cell = try cell(column) else { return nil }
        return try decode(cell)
    }

    private func cell(_ column: String) throws(PostgresError) -> ColumnValue? {
        guard let position = result.shape.names.firstIndex(of: column) else {
            throw .unreadableColumn(column, reason: "is not among \(result.shape.names.joined(separator: ", "))")
        }
        return result.value(row: index, column: position).map { ColumnValue(name: column, type: result.shape.types[position], bytes: $0) }
    }
}
