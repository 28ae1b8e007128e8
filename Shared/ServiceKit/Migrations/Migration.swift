internal import Trust

/// One forward step of a database's schema. Its text never changes once it has run anywhere.
public struct Migration: Sendable, Hashable {
    public let number: Int
    public let name: String
    public let sql: String

    public init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }

    public var checksum: String { SHA256Digest(hashing: Array(sql.utf8)).hex }
}
