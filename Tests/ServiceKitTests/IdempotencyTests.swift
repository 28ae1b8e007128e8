import FoundationEssentials
import Identity
import Logging
import Postgres
import RPC
import Synchronization
import TestKit
import Testing
import Wire

@testable import ServiceKit

/// A service with one effect: it counts. What it answers is how often it has counted.
private struct Counter {
    let database: ServiceDatabase
    static let method = FlowV1.Methods.cancelRun
    static let table = Migration(
        number: 1, name: "counter",
        sql: """
            CREATE TABLE counted (tenant_id uuid NOT NULL, n bigint GENERATED ALWAYS AS IDENTITY);
            GRANT SELECT, INSERT ON counted TO finops_app;
            """)

    static func make() async throws -> Counter { Counter(database: try await ServiceDatabase.make(.finops, migrations: [table])) }

    func context(_ tenant: TenantID, key: String?, principal: String = "dana@acme.example") -> CallContext {
        CallContext(caller: .gateway, tenant: tenant, principal: principal, idempotencyKey: key)
    }

    /// - Parameter inside: Runs between the effect and the keeping of its answer.
    func count(
        _ context: CallContext, _ request: FlowV1.CancelRunRequest = .init(), inside: @Sendable (PostgresTransaction) async throws -> Void = { _ in }
    ) async throws -> Int64 {
        let tenant = try context.requireTenant()
        return try await database.app.withTenant(tenant) { tx in
            let answer = try await context.once(Self.method, request, in: tx) {
                let row = try await tx.query("INSERT INTO counted (tenant_id) VALUES ($1) RETURNING n", [.uuid(tenant.rawValue)])[0]
                let n = try row.int("n")
                try await inside(tx)
                return FlowV1.CancelRunResponse(state: "\(n)")
            }
            return Int64(answer.state) ?? -1
        }
    }

    func counted(_ tenant: TenantID) async throws -> Int64 {
        try await database.superuser.batch(
            tenant: nil, [Statement("SELECT count(*) AS n FROM counted WHERE tenant_id = $1", [.uuid(tenant.rawValue)])])[0][0].int("n")
    }
}

@Suite(.timeLimit(.minutes(2))) struct IdempotencyTests {
    let tenant = TenantID.make()
    let other = TenantID.make()

    private struct Stop: Error {}

    @Test func aRetryGetsTheFirstAnswerAndChangesNothing() async throws {
        let counter = try await Counter.make()
        let first = try await counter.count(counter.context(tenant, key: "k"))
        for _ in 0..<3 { #expect(try await counter.count(counter.context(tenant, key: "k")) == first) }
        #expect(try await counter.counted(tenant) == 1)
        // Another key, another tenant, and no key at all are calls of their own.
        #expect(try await counter.count(counter.context(tenant, key: "l")) != first)
        #expect(try await counter.count(counter.context(other, key: "k")) != first)
        for _ in 0..<2 { _ = try await counter.count(counter.context(tenant, key: nil)) }
        #expect(try await counter.counted(tenant) == 4)
        #expect(try await counter.counted(other) == 1)
        await counter.database.close()
    }

    @Test func theSameKeyForAnotherRequestOrPrincipalIsRefused() async throws {
        let counter = try await Counter.make()
        _ = try await counter.count(counter.context(tenant, key: "k"))
        let error = await #expect(throws: RPCError.self) {
            try await counter.count(counter.context(tenant, key: "k"), .init(runID: [1]))
        }
        #expect(error?.code == .alreadyExists && error?.reason == "IDEMPOTENCY_KEY_REUSED")
        #expect(error?.details["field"] == "idempotency_key" && error?.details["fix"]?.isEmpty == false)
        let stranger = await #expect(throws: RPCError.self) {
            try await counter.count(counter.context(tenant, key: "k", principal: "omar@acme.example"))
        }
        #expect(stranger?.reason == "IDEMPOTENCY_KEY_REUSED")
        #expect(try await counter.counted(tenant) == 1)
        await counter.database.close()
    }

    @Test(arguments: ["", String(repeating: "k", count: 201)]) func aKeyOfTheWrongLengthIsRefused(key: String) async throws {
        let counter = try await Counter.make()
        let error = await #expect(throws: RPCError.self) { try await counter.count(counter.context(tenant, key: key)) }
        #expect(error?.code == .invalidArgument && error?.details["field"] == "idempotency_key")
        await counter.database.close()
    }

    @Test func callsAtOnceWithOneKeyRunOnceAndGetOneAnswer() async throws {
        let counter = try await Counter.make()
        let answers = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<12 { group.addTask { try await counter.count(counter.context(tenant, key: "k")) } }
            return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
        }
        #expect(answers.count == 1)
        #expect(try await counter.counted(tenant) == 1)
        await counter.database.close()
    }

    @Test func whoWaitsForAFirstCallThatFailsRunsInItsPlace() async throws {
        let counter = try await Counter.make()
        let isInside = AsyncStream.makeStream(of: Void.self)
        let mayFail = AsyncStream.makeStream(of: Void.self)
        let first = Task {
            try await counter.count(counter.context(tenant, key: "k")) { _ in
                isInside.continuation.yield()
                for await _ in mayFail.stream { break }
                throw Stop()
            }
        }
        for await _ in isInside.stream { break }
        let second = Task { try await counter.count(counter.context(tenant, key: "k")) }
        // The second one waits in the database before the first may go on.
        while try await counter.database.superuser.batch(
            tenant: nil,
            [Statement("SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")])[0][0]
            .int("n") == 0
        { await Task.yield() }
        mayFail.continuation.yield()
        await #expect(throws: Stop.self) { try await first.value }
        #expect(try await second.value == 2, "the first effect's number was rolled back with it")
        #expect(try await counter.counted(tenant) == 1)
        await counter.database.close()
    }

    /// The process or its database connection ends after the effect and before its answer is kept: nothing of it stands.
    @Test func aCrashBetweenEffectAndAnswerLeavesNothing() async throws {
        let counter = try await Counter.make()
        await #expect(throws: (any Error).self) {
            try await counter.count(counter.context(tenant, key: "k")) { tx in
                let backend = try await tx.query("SELECT pg_backend_pid()::bigint AS pid")[0].int("pid")
                try await counter.database.superuser.batch(
                    tenant: nil, [Statement("SELECT pg_terminate_backend($1::bigint::integer, 5000)", [.int(backend)])])
            }
        }
        #expect(try await counter.counted(tenant) == 0)
        _ = try await counter.count(counter.context(tenant, key: "k"))
        #expect(try await counter.counted(tenant) == 1)
        await counter.database.close()
    }

    /// The effect stands, the caller never heard of it: the answer was lost with the process that had it.
    @Test func aCrashAfterTheCommitLosesNoAnswer() async throws {
        let counter = try await Counter.make()
        let lost = try await counter.count(counter.context(tenant, key: "k"))
        // A pool of its own: another instance of the service serves the retry.
        var configuration = counter.database.postgres.configuration(database: counter.database.name, user: "finops_app")
        configuration.maximumConnections = 1
        let successor = try PostgresPool(configuration: configuration, logger: .init(label: "test"))
        let context = counter.context(tenant, key: "k")
        let answer = try await successor.withTenant(tenant) { tx in
            try await context.once(Counter.method, FlowV1.CancelRunRequest(), in: tx) { () -> FlowV1.CancelRunResponse in
                throw Stop()
            }
        }
        #expect(answer.state == "\(lost)")
        await successor.close()
        await counter.database.close()
    }

    @Test func aRefusalThatStandsIsToldAgain() async throws {
        let counter = try await Counter.make()
        let context = counter.context(tenant, key: "k")
        let refusal = RPCError(.failedPrecondition, reason: "ALREADY_DECIDED", message: "it was decided", details: ["by": "omar"])
        let runs = Mutex(0)
        for _ in 0..<2 {
            let outcome = try await counter.database.app.withTenant(tenant) { tx in
                try await context.onceDeciding(Counter.method, FlowV1.CancelRunRequest(), in: tx) {
                    runs.withLock { $0 += 1 }
                    return EffectOutcome<FlowV1.CancelRunResponse>.refusal(refusal)
                }
            }
            #expect(throws: refusal) { try outcome.get() }
        }
        #expect(runs.withLock { $0 } == 1)
        await counter.database.close()
    }

    @Test func answersAreForgottenInBoundedSteps() async throws {
        let counter = try await Counter.make()
        for index in 0..<7 { _ = try await counter.count(counter.context(index < 4 ? tenant : other, key: "\(index)")) }
        try await counter.database.superuser.batch(
            tenant: nil, [Statement("UPDATE idempotency_key SET expires_at = now() - interval '1 second' WHERE key < '5'")])
        #expect(try await IdempotencySweeper(pool: counter.database.system).sweep(batch: 2) == 5)
        #expect(try await IdempotencySweeper(pool: counter.database.system).sweep(batch: 2) == 0)
        // A forgotten key is new again; a kept one is not.
        _ = try await counter.count(counter.context(tenant, key: "0"))
        _ = try await counter.count(counter.context(other, key: "6"))
        #expect(try await counter.counted(tenant) == 5)
        #expect(try await counter.counted(other) == 3)
        await counter.database.close()
    }

    /// Row-level security, and not only the statements, keeps tenants apart; the sweep's role reads but cannot write answers.
    @Test func keysAreTheirTenantsOwn() async throws {
        let counter = try await Counter.make()
        _ = try await counter.count(counter.context(tenant, key: "k"))
        let seen = try await counter.database.app.withTenant(other) { tx in try await tx.query("SELECT key FROM idempotency_key") }
        #expect(seen.isEmpty)
        await #expect(throws: PostgresError.self) {
            try await counter.database.app.withTenant(other) { tx in
                try await tx.execute(
                    "INSERT INTO idempotency_key (tenant_id, method, key, request_digest, expires_at) VALUES ($1, 'm', 'x', '\\x00', now())",
                    [.uuid(tenant.rawValue)])
            }
        }
        await #expect(throws: PostgresError.self) {
            try await counter.database.system.withTransaction { tx in try await tx.execute("UPDATE idempotency_key SET response = NULL") }
        }
        await counter.database.close()
    }
}
