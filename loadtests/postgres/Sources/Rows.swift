internal import Foundation
internal import Identity
internal import Postgres

/// Many rows into one table, by COPY and by INSERTs of a thousand rows each.
struct Rows: Sendable {
    struct WrongCount: Error {}

    static let count = 200_000
    static let perInsert = 1_000

    let pool: PostgresPool

    func copy() async throws -> Double {
        try await measure { tx in
            _ = try await tx.copyIn(CopyTarget(table: "loaded", columns: ["id", "owner", "body"]), timeout: .seconds(60)) { writer in
                for number in 0..<Self.count { try await writer.write(Self.row(number)) }
            }
        }
    }

    func insert() async throws -> Double {
        let places = (0..<Self.perInsert).map { "($\($0 * 3 + 1)::bigint, $\($0 * 3 + 2)::uuid, $\($0 * 3 + 3)::text)" }.joined(separator: ", ")
        let sql = "INSERT INTO loaded (id, owner, body) VALUES " + places
        return try await measure { tx in
            for start in stride(from: 0, to: Self.count, by: Self.perInsert) {
                try await tx.execute(sql, (start..<start + Self.perInsert).flatMap(Self.row))
            }
        }
    }

    private static let owner = UUIDv7.make()
    private static func row(_ number: Int) -> [PostgresValue] { [.int(Int64(number)), .uuid(owner), .text("row \(number)")] }

    /// Rows per second, once they are found to stand.
    private func measure(_ body: @escaping @Sendable (PostgresTransaction) async throws -> Void) async throws -> Double {
        try await pool.withTransaction { _ = try await $0.execute("TRUNCATE loaded") }
        let start = ContinuousClock.now
        try await pool.withTransaction { try await body($0) }
        let duration = start.duration(to: .now) / .seconds(1)
        let row = try await pool.withTransaction {
            try await $0.query("SELECT count(*) AS n, sum(id) AS s, count(DISTINCT body) AS b FROM loaded WHERE owner = $1", [.uuid(Self.owner)])[0]
        }
        guard try row.int("n") == Int64(Self.count), try row.int("s") == Int64(Self.count * (Self.count - 1) / 2),
            try row.int("b") == Int64(Self.count)
        else { throw WrongCount() }
        return Double(Self.count) / duration
    }
}
