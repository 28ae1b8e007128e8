import Identity
import Logging
import Synchronization
import TestKit
import Testing

@testable import Postgres

/// What writers are told about their rows while the server dies under them.
private struct Ledger: Sendable {
    var acknowledged: Set<Int64> = []
    var unknown: Set<Int64> = []
    var failed: Set<Int64> = []
    var foreignAnswers = 0
    var others: [String] = []

    var count: Int { acknowledged.count + unknown.count + failed.count + others.count }
}

private final class Book: Sendable {
    private let ledger = Mutex(Ledger())
    private let done = Atomic(false)

    var isDone: Bool { done.load(ordering: .relaxed) }
    var contents: Ledger { ledger.withLock { $0 } }
    func note(_ change: @Sendable (inout Ledger) -> Void) { ledger.withLock { change(&$0) } }
    func close() { done.store(true, ordering: .relaxed) }
}

/// `pg_ctl restart -m immediate` under load.
@Suite struct RestartTests {
    private static let writers = 12
    private static let restarts = 3
    /// Rows acknowledged between two restarts, so that each of them finds the load under way.
    private static let rowsPerRound = 300

    @Test func everyAcknowledgedRowIsThereAfterTheServerWasKilled() async throws {
        let postgres = try await PrivatePostgres.startDurable()
        defer { postgres.stop() }
        var configuration = postgres.superuser()
        configuration.maximumConnections = 6
        configuration.acquireTimeout = .seconds(30)
        let pool = try PostgresPool(configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await pool.withTransaction { _ = try await $0.execute("CREATE TABLE t (x bigint PRIMARY KEY, tenant text NOT NULL)") }
        let book = Book()
        let progress = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<Self.writers {
                group.addTask {
                    var number = Int64(writer)
                    while !book.isDone {
                        await Self.write(number, asBatch: writer.isMultiple(of: 2), pool, book)
                        progress.continuation.yield()
                        number += Int64(Self.writers)
                    }
                }
            }
            for _ in 0..<Self.restarts {
                let goal = book.contents.acknowledged.count + Self.rowsPerRound
                for await _ in progress.stream where book.contents.acknowledged.count >= goal { break }
                try await postgres.crashAndRestart()
            }
            let goal = book.contents.acknowledged.count + Self.rowsPerRound
            for await _ in progress.stream where book.contents.acknowledged.count >= goal { break }
            book.close()
            try await group.waitForAll()
        }
        let rows = try await pool.withTransaction { try await $0.query("SELECT x FROM t") }
        let stored = Set(try rows.map { try $0.int("x") })
        let told = book.contents
        #expect(told.acknowledged.subtracting(stored).isEmpty)
        #expect(told.failed.intersection(stored).isEmpty)
        #expect(stored.subtracting(told.acknowledged).isSubset(of: told.unknown))
        #expect(told.foreignAnswers == 0)
        #expect(told.others == [])
        let statistics = await pool.statistics()
        #expect(Int(statistics.unknownOutcomes) == told.unknown.count)
        #expect(statistics.reconnects >= 1)
        #expect(statistics.waiting == 0)
    }

    private static func write(_ number: Int64, asBatch: Bool, _ pool: PostgresPool, _ book: Book) async {
        let tenant = TenantID.make()
        let insert = "INSERT INTO t VALUES ($1, current_setting('app.tenant')) RETURNING x, tenant"
        do {
            let row =
                asBatch
                ? try await pool.batch(tenant: tenant, [Statement(insert, [.int(number)])])[0][0]
                : try await pool.withTenant(tenant) { try await $0.query(insert, [.int(number)])[0] }
            let isOwn = try row.int("x") == number && row.text("tenant") == tenant.description
            book.note {
                $0.acknowledged.insert(number)
                if !isOwn { $0.foreignAnswers += 1 }
            }
        } catch PostgresError.commitOutcomeUnknown {
            book.note { _ = $0.unknown.insert(number) }
        } catch let error as PostgresError where error.isRetryable {
            book.note { _ = $0.failed.insert(number) }
        } catch {
            book.note { $0.others.append("\(error)") }
        }
    }
}
