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
    enum Role: Sendable {
        /// Its rows are the caller's.
        case query
        /// Part of the transaction's frame.
        case silent
        case commit
    }

    static let begin = BoundStatement(frame: "BEGIN", .silent)
    static let commit = BoundStatement(frame: "COMMIT", .commit)
    static let rollback = BoundStatement(frame: "ROLLBACK", .silent)

    let sql: String
    let parameters: BoundParameters
    var role = Role.query

    init(_ sql: String, _ parameters: [PostgresValue] = []) throws(PostgresError) {
        guard !sql.utf8.contains(0) else { throw .invalidParameter("the statement contains a NUL") }
        self.sql = sql
        self.parameters = try BoundParameters(parameters)
    }

    init(_ statement: Statement) throws(PostgresError) { try self.init(statement.sql, statement.parameters) }

    /// Of our own words.
    init(frame sql: String, _ role: Role) {
        self.sql = sql
        self.role = role
        parameters = BoundParameters()
    }

    /// Makes row-level security see `tenant`'s rows until the transaction ends.
    static func tenant(_ tenant: String) throws(PostgresError) -> BoundStatement {
        var statement = try BoundStatement("SELECT set_config('app.tenant', $1, true)", [.text(tenant)])
        statement.role = .silent
        return statement
    }

    /// Whether it begins, ends or divides a transaction. Comments before the first word do not hide it.
    var controlsTransaction: Bool {
        var text = sql.utf8[...]
        while let first = text.first {
            if first == UInt8(ascii: "-"), text.dropFirst().first == first {
                text = text.drop { $0 != UInt8(ascii: "\n") }
            } else if first == UInt8(ascii: "/") {
                // Nobody writes such a comment before a statement that is sent a thousand times a second.
                return true
            } else if [UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: ";")].contains(first) {
                text = text.dropFirst()
            } else {
                break
            }
        }
        // The longest of the words has nine letters.
        let word = String(decoding: text.prefix(10).prefix { $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") }, as: UTF8.self)
        return Self.controlWords.contains(word.uppercased())
    }

    private static let controlWords: Set = ["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE"]
}
