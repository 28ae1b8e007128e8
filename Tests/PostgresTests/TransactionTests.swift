import FoundationEssentials
import Identity
import Logging
import TestKit
import Testing

@testable import Postgres

/// Savepoints, COPY, batches, deadlines and the statement cache against a real server.
@Suite struct TransactionTests {
    private struct Stop: Error {}

    private func makePool(_ change: (inout PostgresConfiguration) -> Void = { _ in }) async throws -> PostgresPool {
        let postgres = try await PrivatePostgres.shared
        var configuration = postgres.superuser(database: try await postgres.makeDatabase())
        configuration.maximumConnections = 1
        change(&configuration)
        let pool = try PostgresPool(configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await pool.withTransaction { _ = try await $0.execute("CREATE TABLE t (x bigint CONSTRAINT late UNIQUE DEFERRABLE INITIALLY IMMEDIATE)") }
        return pool
    }

    private func numbers(_ pool: PostgresPool) async throws -> [Int64] {
        try await pool.withTransaction { try await $0.query("SELECT x FROM t ORDER BY x").map { try $0.int("x") } }
    }

    @Test func aSavepointUndoesWhatFailedWithinItAndNothingElse() async throws {
        let pool = try await makePool()
        try await pool.withTransaction { tx in
            try await tx.execute("INSERT INTO t VALUES (1)")
            do {
                try await tx.withSavepoint { tx in
                    try await tx.execute("INSERT INTO t VALUES (2)")
                    try await tx.withSavepoint { _ = try await $0.execute("INSERT INTO t VALUES (3)") }
                    try await tx.execute("INSERT INTO t VALUES (1)")
                }
                Issue.record("a duplicate was let through")
            } catch PostgresError.constraint("late") {}
            do { try await tx.withSavepoint { _ in throw Stop() } } catch is Stop {}
            try await tx.withSavepoint { _ = try await $0.execute("INSERT INTO t VALUES (4)") }
            try await tx.withSavepoint { _ in }
            try await tx.execute("INSERT INTO t VALUES (5)")
        }
        #expect(try await numbers(pool) == [1, 4, 5])
    }

    @Test func aFailureSwallowedWithinASavepointIsNotReleased() async throws {
        let pool = try await makePool()
        try await pool.withTransaction { tx in
            await #expect(throws: PostgresError.transactionAborted) {
                try await tx.withSavepoint { tx in
                    try await tx.execute("INSERT INTO t VALUES (1)")
                    _ = try? await tx.execute("INSERT INTO t VALUES (1)")
                }
            }
            try await tx.execute("INSERT INTO t VALUES (2)")
        }
        #expect(try await numbers(pool) == [2])
    }

    @Test func aBatchThatFailsAtItsVeryEndDoesNotTouchTheNext() async throws {
        let pool = try await makePool()
        await #expect(throws: PostgresError.constraint("late")) {
            try await pool.batch(
                tenant: nil,
                [Statement("SET CONSTRAINTS late DEFERRED"), Statement("INSERT INTO t VALUES (1)"), Statement("INSERT INTO t VALUES (1)")])
        }
        try await pool.batch(tenant: nil, [Statement("INSERT INTO t VALUES (2)")])
        #expect(try await numbers(pool) == [2])
        #expect(await pool.statistics().lostConnections == 0)
    }

    @Test func failingBatchesOnASharedConnectionLeaveTheOthersAlone() async throws {
        let pool = try await makePool()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    if number.isMultiple(of: 3) {
                        await #expect(throws: PostgresError.server(sqlState: "22012", message: "division by zero")) {
                            try await pool.batch(
                                tenant: nil,
                                [Statement("INSERT INTO t VALUES ($1)", [.int(Int64(number))]), Statement("SELECT 1 / 0 AS \"n\(number)\"")])
                        }
                    } else {
                        try await pool.batch(tenant: .make(), [Statement("INSERT INTO t VALUES ($1)", [.int(Int64(number))])])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await numbers(pool) == (0..<200).filter { !$0.isMultiple(of: 3) }.map(Int64.init))
    }

    @Test(arguments: ["BEGIN", " -- why\n commit", "/* */ ROLLBACK", "savepoint a", "PREPARE TRANSACTION 'x'"])
    func aBatchMayNotEndItsOwnTransaction(sql: String) async throws {
        let pool = try await makePool()
        await #expect(throws: PostgresError.invalidParameter("a batch is one transaction already")) {
            try await pool.batch(tenant: nil, [Statement(sql)])
        }
    }

    @Test func aStatementThatRunsAtTheDeadlineIsStoppedAndItsConnectionServesOn() async throws {
        let pool = try await makePool()
        await #expect(throws: PostgresError.timeout) {
            try await pool.withTransaction(deadline: .now + .milliseconds(50)) { try await $0.query("SELECT pg_sleep(60)") }
        }
        await #expect(throws: PostgresError.timeout) {
            try await pool.batch(tenant: nil, [Statement("SELECT pg_sleep(60)")], deadline: .now + .milliseconds(50))
        }
        #expect(await pool.isReachable())
        #expect(await pool.statistics().lostConnections == 0)
    }

    @Test func theServerHoldsNoMoreStatementsThanTheCache() async throws {
        let pool = try await makePool { $0.maximumPreparedStatements = 4 }
        for number in 0..<20 { try await pool.batch(tenant: nil, [Statement("SELECT \(number) AS n")]) }
        _ = try? await pool.withTransaction { tx in
            try await tx.execute("SELECT 1 / 0")
        }
        for number in 20..<40 { try await pool.batch(tenant: nil, [Statement("SELECT \(number) AS n")]) }
        let held = try await pool.withTransaction { try await $0.query("SELECT count(*) AS n FROM pg_prepared_statements")[0].int("n") }
        #expect(held <= 5)
    }

    @Test func copyBringsEveryTypeInAndBackPressureHoldsNothingUp() async throws {
        let pool = try await makePool()
        try await pool.withTransaction { _ = try await $0.execute("CREATE TABLE \"a \"\"b\" (u uuid, i bigint, w timestamptz, y bytea, s text)") }
        let uuid = UUIDv7.make()
        let count = 20_000
        let rows = try await pool.withTenant(.make()) { tx in
            try await tx.copyIn(CopyTarget(table: "a \"b", columns: ["u", "i", "w", "y", "s"]), timeout: .seconds(60)) { writer in
                for number in 0..<count {
                    try await writer.write([
                        .uuid(uuid), .int(Int64(number)), .timestamp(.init(timeIntervalSince1970: 1)), .bytes([0, 255]),
                        number == 7 ? .null : .text("ü"),
                    ])
                }
            }
        }
        #expect(rows == count)
        let row = try await pool.withTransaction {
            try await $0.query(
                "SELECT count(*) AS n, sum(i) AS i, count(s) AS s, min(w) AS w, max(u::text) AS u FROM \"a \"\"b\" WHERE y = '\\x00ff'")[0]
        }
        #expect(try row.int("n") == Int64(count))
        #expect(try row.int("i") == Int64(count * (count - 1) / 2))
        #expect(try row.int("s") == Int64(count - 1))
        #expect(try row.timestamp("w").timeIntervalSince1970 == 1)
        #expect(try row.text("u") == uuid.lowercased)
    }

    @Test func aCopyThatThrowsLeavesNothingAndAUsableConnection() async throws {
        let pool = try await makePool()
        await #expect(throws: Stop.self) {
            try await pool.withTransaction { tx in
                try await tx.copyIn(CopyTarget(table: "t", columns: ["x"])) { writer in
                    try await writer.write([1])
                    throw Stop()
                }
            }
        }
        await #expect(throws: PostgresError.self) {
            try await pool.withTransaction { try await $0.copyIn(CopyTarget(table: "nowhere", columns: ["x"])) { try await $0.write([1]) } }
        }
        await #expect(throws: PostgresError.constraint("late")) {
            try await pool.withTransaction { tx in
                try await tx.copyIn(CopyTarget(table: "t", columns: ["x"])) { for _ in 0..<200_000 { try await $0.write([1]) } }
            }
        }
        #expect(try await numbers(pool) == [])
        #expect(await pool.statistics().lostConnections == 0)
    }

    @Test func aRemoteDatabaseIsNotSpokenToInTheClear() {
        var configuration = PostgresConfiguration(host: "db.example", port: 5432, database: "x", user: "x", password: "")
        #expect(configuration.transportProblem != nil)
        #expect(throws: PostgresError.self) { try PostgresPool(configuration: configuration, logger: Logger(label: "test")) }
        for host in ["/run/postgresql", "127.0.0.1", "::1", "localhost"] {
            configuration.host = host
            #expect(configuration.transportProblem == nil)
        }
        configuration.host = "127.example.org"
        #expect(configuration.transportProblem != nil)
        configuration.tls = .verifyFull(rootCertificatePath: "ca.crt")
        #expect(configuration.transportProblem == nil)
    }
}
