import FoundationEssentials
import Identity
import Logging
import TestKit
import Testing

@testable import Postgres

private func outcome(_ body: () async throws(PostgresError) -> Int) async -> Result<Int, PostgresError> {
    do { return .success(try await body()) } catch { return .failure(error) }
}

private func expectExhausted(_ pool: PostgresPool) async {
    await #expect(throws: PostgresError.poolExhausted) { try await pool.withTransaction { try await $0.query("SELECT 1") } }
}

/// The pool against a real server.
@Suite struct PostgresPoolTests {
    func makePool(_ change: (inout PostgresConfiguration) -> Void = { _ in }) async throws -> PostgresPool {
        let postgres = try await PrivatePostgres.shared
        var configuration = postgres.superuser(database: try await postgres.makeDatabase())
        change(&configuration)
        return try PostgresPool(configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test func everyTypeComesBackAsItWasBound() async throws {
        let pool = try await makePool()
        let uuid = UUIDv7.make()
        let date = Date(timeIntervalSince1970: 1_753_000_000.123456)
        let row = try await pool.withTransaction { tx in
            try await tx.query(
                """
                SELECT $1::uuid AS u, $2::text AS t, $3::bigint AS i, $4::boolean AS b, $5::double precision AS d, $6::bytea AS y,
                       $7::timestamptz AS w, $8::jsonb AS j, $9::text[] AS ta, $10::bytea[] AS ya, $11::uuid[] AS ua, $12::bigint[] AS ia,
                       $13::text AS n, 12345.67800::numeric AS m, sum(x) AS s, 7::smallint AS small, '{}'::text[] AS empty
                FROM generate_series(1, 3) AS x
                """,
                [
                    .uuid(uuid), .text("naïve 😀 'quoted'"), .int(.min), .bool(true), .double(-0.1), .bytes([0, 255, 39, 92]), .timestamp(date),
                    .json(Array(#"{"a": [1, null]}"#.utf8)), .textArray(["a", "", "ü,{}\""]), .bytesArray([[], [0, 1]]), .uuidArray([uuid]),
                    .intArray([1, -1]), .null,
                ])[0]
        }
        #expect(try row.uuid("u") == uuid)
        #expect(try row.text("u") == uuid.lowercased)
        #expect(try row.text("t") == "naïve 😀 'quoted'")
        #expect(try row.int("i") == .min)
        #expect(try row.bool("b"))
        #expect(try row.double("d") == -0.1)
        #expect(try row.bytes("y") == [0, 255, 39, 92])
        #expect(abs(try row.timestamp("w").timeIntervalSince(date)) < 2e-6)
        #expect(try row.json("j") == Array(#"{"a": [1, null]}"#.utf8))
        #expect(try row.textArray("ta") == ["a", "", "ü,{}\""])
        #expect(try row.bytesArray("ya") == [[], [0, 1]])
        #expect(try row.uuidArray("ua") == [uuid])
        #expect(try row.intArray("ia") == [1, -1])
        #expect(try row.optionalText("n") == nil)
        #expect(try row.text("m") == "12345.67800")
        #expect(try row.int("s") == 6)
        #expect(try row.int("small") == 7)
        #expect(try row.textArray("empty") == [])
        #expect(throws: PostgresError.self) { try row.text("n") }
        #expect(throws: PostgresError.self) { try row.text("missing") }
        #expect(throws: PostgresError.self) { try row.uuid("t") }
    }

    @Test func aTenantSeesOnlyItsRowsAndTheSettingDoesNotOutliveTheTransaction() async throws {
        let pool = try await makePool { $0.maximumConnections = 1 }
        let tenant = TenantID.make()
        let read = "SELECT coalesce(current_setting('app.tenant', true), '') AS tenant"
        let inside = try await pool.withTenant(tenant) { try await $0.query(read)[0].text("tenant") }
        let after = try await pool.withTransaction { try await $0.query(read)[0].text("tenant") }
        #expect(inside == tenant.description)
        #expect(after == "")
    }

    @Test func whatThrowsRollsBackAndWhatReturnsCommits() async throws {
        let pool = try await makePool()
        struct Stop: Error {}
        _ = try await pool.withTransaction { try await $0.execute("CREATE TABLE t (x bigint PRIMARY KEY)") }
        let changed = try await pool.withTransaction { try await $0.execute("INSERT INTO t SELECT generate_series(1, 5)") }
        await #expect(throws: Stop.self) {
            try await pool.withTransaction { tx in
                try await tx.execute("DELETE FROM t")
                throw Stop()
            }
        }
        let count = try await pool.withTransaction { try await $0.query("SELECT count(*) AS n FROM t")[0].int("n") }
        #expect(changed == 5)
        #expect(count == 5)
    }

    @Test func aFailureThatTheBodySwallowsDoesNotPassForACommit() async throws {
        let pool = try await makePool()
        _ = try await pool.withTransaction { try await $0.execute("CREATE TABLE t (x bigint CONSTRAINT t_unique UNIQUE)") }
        await #expect(throws: PostgresError.transactionAborted) {
            try await pool.withTransaction { tx in
                try await tx.execute("INSERT INTO t VALUES (1)")
                let second = await outcome { () async throws(PostgresError) in try await tx.execute("INSERT INTO t VALUES (1)") }
                let third = await outcome { () async throws(PostgresError) in try await tx.execute("SELECT 1") }
                #expect(second == .failure(.constraint("t_unique")))
                #expect(third == .failure(.transactionAborted))
            }
        }
        #expect(try await pool.withTransaction { try await $0.query("SELECT count(*) AS n FROM t")[0].int("n") } == 0)
    }

    @Test func aDeferredConstraintFailsTheCommit() async throws {
        let pool = try await makePool()
        _ = try await pool.withTransaction {
            try await $0.execute("CREATE TABLE t (x bigint CONSTRAINT late UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        }
        await #expect(throws: PostgresError.constraint("late")) {
            try await pool.withTransaction { try await $0.execute("INSERT INTO t VALUES (1), (1)") }
        }
        #expect(await pool.isReachable())
    }

    @Test func aBatchIsOneTransaction() async throws {
        let pool = try await makePool { $0.maximumConnections = 1 }
        _ = try await pool.withTransaction { try await $0.execute("CREATE TABLE t (x bigint PRIMARY KEY)") }
        let tenant = TenantID.make()
        let results = try await pool.batch(
            tenant: tenant,
            [Statement("INSERT INTO t VALUES ($1) RETURNING x", [1]), Statement("SELECT current_setting('app.tenant') AS tenant")])
        #expect(try results[0][0].int("x") == 1)
        #expect(try results[1][0].text("tenant") == tenant.description)
        await #expect(throws: PostgresError.constraint("t_pkey")) {
            try await pool.batch(tenant: tenant, [Statement("INSERT INTO t VALUES (2)"), Statement("INSERT INTO t VALUES (1)")])
        }
        #expect(try await pool.batch(tenant: nil, [Statement("SELECT count(*) AS n FROM t")])[0][0].int("n") == 1)
    }

    @Test func pipelinedAndConcurrentStatementsMatchTheirResults() async throws {
        let pool = try await makePool { $0.maximumConnections = 3 }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let rows = try await pool.withTransaction { tx in
                        try await tx.pipeline((0..<5).map { ("SELECT $1::bigint * 10 + $2::bigint AS x", [.int(Int64(number)), .int(Int64($0))]) })
                    }
                    return try rows.enumerated().allSatisfy { try $1[0].int("x") == Int64(number * 10 + $0) }
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
        #expect(await pool.statistics().open <= 3)
    }

    @Test func resultsLargerThanASocketBufferArriveWhole() async throws {
        let pool = try await makePool()
        let blob = (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let back = try await pool.withTransaction { try await $0.query("SELECT $1::bytea AS y", [.bytes(blob)])[0].bytes("y") }
        #expect(back == blob)
    }

    @Test func tooManyRowsAndTooManyBytesAreRefused() async throws {
        let pool = try await makePool {
            $0.maximumResultRows = 10
            $0.maximumResultBytes = 1 << 20
        }
        await #expect(throws: PostgresError.resultTooLarge(rows: 11, bytes: 44)) {
            try await pool.withTransaction { try await $0.query("SELECT generate_series(1, 11)") }
        }
        do {
            _ = try await pool.withTransaction { try await $0.query("SELECT repeat('x', 20000000) AS t") }
            Issue.record("a result of 20 MB was let through")
        } catch PostgresError.resultTooLarge(_, let bytes) { #expect(bytes > 1 << 20) }
        #expect(await pool.isReachable())
    }

    @Test func aSlowStatementTimesOutAndTheConnectionSurvives() async throws {
        let pool = try await makePool {
            $0.statementTimeout = .milliseconds(100); $0.maximumConnections = 1
        }
        await #expect(throws: PostgresError.timeout) { try await pool.withTransaction { try await $0.query("SELECT pg_sleep(30)") } }
        #expect(try await pool.withTransaction { try await $0.query("SELECT 1 AS one")[0].int("one") } == 1)
    }

    @Test func cancellingTheTaskCancelsTheStatement() async throws {
        let pool = try await makePool { $0.maximumConnections = 1 }
        let watcher = try await makePool()
        let application = "cancelled-\(UUIDv7.make().lowercased.prefix(8))"
        let task = Task {
            try await pool.withTransaction { tx in
                try await tx.query("SELECT set_config('application_name', $1, false)", [.text(application)])
                return try await tx.query("SELECT pg_sleep(60)").count
            }
        }
        var isRunning = false
        while !isRunning {
            isRunning =
                try await watcher.withTransaction {
                    try await $0.query(
                        "SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND query LIKE '%pg_sleep(60)%' AND state = 'active'",
                        [.text(application)])
                }.count == 1
        }
        task.cancel()
        await #expect(throws: PostgresError.cancelled) { try await task.value }
        #expect(try await pool.withTransaction { try await $0.query("SELECT 1 AS one")[0].int("one") } == 1)
    }

    @Test func whoWaitsTooLongIsRefused() async throws {
        let pool = try await makePool {
            $0.maximumConnections = 1; $0.acquireTimeout = .milliseconds(500)
        }
        try await pool.withTransaction { tx in
            try await tx.query("SELECT 1")
            await expectExhausted(pool)
        }
    }

    @Test func aTransactionIsOfNoUseAfterItsEnd() async throws {
        let pool = try await makePool()
        let kept = try await pool.withTransaction { tx in
            try await tx.query("SELECT 1")
            return tx
        }
        await #expect(throws: PostgresError.transactionAborted) { try await kept.query("SELECT 1") }
    }

    @Test func aNULIsRefusedInsteadOfCuttingTheText() async throws {
        let pool = try await makePool()
        await #expect(throws: PostgresError.invalidParameter("text contains a NUL")) {
            try await pool.withTransaction { try await $0.query("SELECT $1::text", [.text("acme\0zz")]) }
        }
    }

    @Test func thePoolRecoversFromACrashOfTheServer() async throws {
        let postgres = try await PrivatePostgres.start()
        defer { postgres.stop() }
        let pool = try PostgresPool(configuration: postgres.superuser(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        await #expect(throws: PostgresError.self) {
            try await pool.withTransaction { tx in
                try await tx.query("SELECT 1")
                try await postgres.crashAndRestart()
                try await tx.query("SELECT 1")
            }
        }
        #expect(try await pool.withTransaction { try await $0.query("SELECT 2 AS two")[0].int("two") } == 2)
    }

    @Test func anUnreachableServerIsSaidToBeUnavailable() async throws {
        let pool = try PostgresPool(
            configuration: {
                var configuration = PostgresConfiguration(host: "127.0.0.1", port: 56159, database: "x", user: "x", password: "")
                configuration.acquireTimeout = .milliseconds(200)
                return configuration
            }(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        do {
            _ = try await pool.withTransaction { try await $0.query("SELECT 1") }
            Issue.record("a query without a server succeeded")
        } catch PostgresError.unavailable(let reason) { #expect(reason.contains("refused") || reason.contains("cannot reach")) }
    }

    @Test func aClosedPoolRefuses() async throws {
        let pool = try await makePool()
        #expect(await pool.isReachable())
        await pool.close()
        await #expect(throws: PostgresError.unavailable("the pool is closed")) { try await pool.withTransaction { try await $0.query("SELECT 1") } }
    }

    @Test func scriptsRunOnAnAdministrativeConnection() async throws {
        let postgres = try await PrivatePostgres.shared
        let connection = try await AdministrativeConnection(configuration: postgres.superuser(database: try await postgres.makeDatabase()))
        try await connection.script("CREATE TABLE a (x int); INSERT INTO a VALUES (1), (2);")
        #expect(try await connection.query("SELECT sum(x) AS s FROM a WHERE x < $1", [.int(10)])[0].int("s") == 3)
        await #expect(throws: PostgresError.self) { try await connection.script("SELECT nonsense") }
        await connection.close()
    }
}
