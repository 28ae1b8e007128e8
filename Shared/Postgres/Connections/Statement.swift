/// SQL with `$1`, `$2` … and the values bound to them.
public struct Statement: Sendable, Hashable {
    public var sql: String
    public var parameters: [PostgresValue]

    public init(_ sql: String, _ parameters: [PostgresValue] = []) {
        self.sql = sql
        self.parameters = parameters
    }
}

/// A statement whose parameters have been checked and laid out, off the loop's thread.
struct BoundStatement: Sendable {
    let sql: String
    let parameters: BoundParameters

    init(_ sql: String, _ parameters: [PostgresValue] = []) throws(PostgresError) {
        guard !sql.utf8.contains(0) else { throw .invalidParameter("the statement contains a NUL") }
        self.sql = sql
        self.parameters = try BoundParameters(parameters)
    }

    init(_ statement: Statement) throws(PostgresError) { try self.init(statement.sql, statement.parameters) }
}
