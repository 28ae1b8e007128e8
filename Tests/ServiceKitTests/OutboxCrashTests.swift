import FoundationEssentials
import Identity
import Logging
import NIOCore
import Postgres
import RPC
import Synchronization
import TestKit
import Testing
import Wire
import WireRuntime

@testable import ServiceKit

/// A receiver as the services are: keeps the effect of a key once, in the order of arrival, and sometimes answers only after a death.
private final class Receiver: RPCChannel {
    struct State {
        var effects: [TenantID: [String]] = [:]
        var seen: Set<String> = []
        var calls = 0
        var running: Set<TenantID> = []
        var overlaps = 0
    }

    let state = Mutex(State())
    /// Called with the number of the call, before or after its effect.
    let before: @Sendable (Int) throws(RPCError) -> Void
    let after: @Sendable (Int) throws(RPCError) -> Void

    init(before: @escaping @Sendable (Int) throws(RPCError) -> Void = { _ in }, after: @escaping @Sendable (Int) throws(RPCError) -> Void = { _ in })
    {
        self.before = before
        self.after = after
    }

    func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer {
        guard let tenant = options.tenant, let key = options.idempotencyKey else {
            throw RPCError(.invalidArgument, reason: "NO_KEY", message: "a call without tenant or key")
        }
        let number = state.withLock { state in
            state.calls += 1
            if !state.running.insert(tenant).inserted { state.overlaps += 1 }
            return state.calls
        }
        defer { state.withLock { _ = $0.running.remove(tenant) } }
        await Task.yield()
        try before(number)
        state.withLock { if $0.seen.insert(key).inserted { $0.effects[tenant, default: []].append(key) } }
        try after(number)
        return ByteBuffer()
    }
}

/// What a relay leaves behind where it dies, and what the next one makes of it.
@Suite struct OutboxCrashTests {
    private func relay(_ database: ServiceDatabase, _ channel: Receiver, instance: String = "finops-1", metrics: MetricsRegistry = MetricsRegistry())
        -> OutboxRelay
    {
        OutboxRelay(
            store: OutboxStore(pool: database.system, instance: instance), doorbell: Doorbell(), channel: { _ in channel },
            method: { WireCatalog.method(named: $0) }, metrics: metrics, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// The keys of each tenant's messages, in order.
    private func fill(_ database: ServiceDatabase, tenants: Int, each: Int) async throws -> [TenantID: [String]] {
        var keys: [TenantID: [String]] = [:]
        let outbox = Outbox(doorbell: Doorbell())
        for tenant in (0..<tenants).map({ _ in TenantID.make() }) {
            let ids = (0..<each).map { _ in UUIDv7.make() }
            try await database.app.withTenant(tenant) { tx in
                for id in ids {
                    try await outbox.enqueue(call: LedgerV1.Methods.append, request: LedgerV1.AppendRequest(), id: id, tenant: tenant, in: tx)
                }
            }
            keys[tenant] = ids.map { $0.uuidString.lowercased() }
        }
        return keys
    }

    private func pending(_ database: ServiceDatabase) async throws -> Int64 {
        try await OutboxStore(pool: database.system, instance: "x").backlog().pending
    }

    enum Death: CaseIterable { case beforeTheEffect, afterTheEffect }

    /// The relay's task ends in the middle of a call, which is as far as a killed process gets: the answer is not noted, nothing is given back.
    @Test(arguments: Death.allCases, [1, 2, 7, 20, 39])
    func afterADeathAnywhereAllArriveOnceAndInOrder(death: Death, at call: Int) async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        let expected = try await fill(database, tenants: 4, each: 10)
        let relays = Mutex<Task<Void, Never>?>(nil)
        let die: @Sendable (Int) throws(RPCError) -> Void = { number throws(RPCError) in
            guard number == call else { return }
            relays.withLock { $0?.cancel() }
            throw RPCError(.cancelled, reason: "DIED", message: "died")
        }
        let receiver = death == .beforeTheEffect ? Receiver(before: die) : Receiver(after: die)
        let first = relay(database, receiver)
        let running = relays.withLock { slot in
            let task = Task { await first.run() }
            slot = task
            return task
        }
        await running.value
        #expect(try await pending(database) > 0)
        let second = Task { await relay(database, receiver).run() }
        while try await pending(database) > 0 { await Task.yield() }
        second.cancel()
        await second.value
        #expect(receiver.state.withLock { $0.effects } == expected)
        #expect(receiver.state.withLock { $0.overlaps } == 0)
        await database.close()
    }

    @Test func failuresNowAndThenChangeNeitherOrderNorNumber() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        let expected = try await fill(database, tenants: 6, each: 8)
        let receiver = Receiver(
            before: { number throws(RPCError) in
                if number % 5 == 2 { throw RPCError(.unavailable, reason: "DOWN", message: "down") }
            },
            after: { number throws(RPCError) in
                if number % 7 == 3 { throw RPCError(.deadlineExceeded, reason: "LATE", message: "late") }
            })
        let metrics = MetricsRegistry()
        let relay = relay(database, receiver, metrics: metrics)
        while try await pending(database) > 0 { _ = try await relay.deliverDue() }
        #expect(receiver.state.withLock { $0.effects } == expected)
        let text = metrics.text()
        #expect(text.contains("outbox_delivered_total{destination=\"ledger\"} 48.0"))
        #expect(text.contains("outbox_redelivered_total{destination=\"ledger\"}"))
        #expect(text.contains("outbox_failures_total{destination=\"ledger\",reason=\"DOWN\"}"))
        #expect(text.contains("outbox_lag_seconds_count{destination=\"ledger\"}"))
        await database.close()
    }

    @Test func twoRelaysAtOnceKeepEachLaneInOrder() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        let expected = try await fill(database, tenants: 20, each: 30)
        let receiver = Receiver()
        let tasks = ["finops-1", "finops-2"].map { name in Task { await relay(database, receiver, instance: name).run() } }
        while try await pending(database) > 0 { await Task.yield() }
        for task in tasks {
            task.cancel()
            await task.value
        }
        #expect(receiver.state.withLock { $0.effects } == expected)
        #expect(receiver.state.withLock { $0.overlaps } == 0)
        await database.close()
    }

    @Test func theDatabaseGoesAwayAndComesBackWhileMessagesAreOnTheirWay() async throws {
        // A cluster of its own: it is broken under the relay. What it has committed it keeps, unlike the one that tests share.
        let postgres = try await PrivatePostgres.start()
        defer { postgres.stop() }
        let database = try await ServiceDatabase.make(.finops, migrations: [], in: postgres)
        _ = try await database.superuser.batch(tenant: nil, [Statement("ALTER DATABASE \(database.name) SET synchronous_commit = on")])
        let expected = try await fill(database, tenants: 10, each: 60)
        let hasBegun = AsyncStream.makeStream(of: Void.self)
        let isBack = Mutex(false)
        let receiver = Receiver(before: { number throws(RPCError) in
            if number == 40 { hasBegun.continuation.yield() }
            // Lanes that stop in the middle are settled while the database is away.
            if number > 40, !isBack.withLock({ $0 }) { throw RPCError(.unavailable, reason: "DOWN", message: "down") }
        })
        let running = Task { await relay(database, receiver).run() }
        for await _ in hasBegun.stream { break }
        try await postgres.crashAndRestart()
        isBack.withLock { $0 = true }
        while (try? await pending(database)) != 0 { await Task.yield() }
        running.cancel()
        await running.value
        #expect(receiver.state.withLock { $0.effects } == expected)
        await database.close()
    }

    @Test func aMessageForAServiceThatNoLongerExistsIsSetAsideAndHoldsUpNobody() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        let expected = try await fill(database, tenants: 1, each: 2)
        _ = try await database.superuser.batch(
            tenant: nil,
            [
                Statement(
                    """
                    INSERT INTO outbox (tenant_id, id, destination, method, payload)
                    SELECT tenant_id, gen_random_uuid(), 'gone', method, payload FROM outbox LIMIT 1
                    """)
            ])
        let receiver = Receiver()
        _ = try await relay(database, receiver).deliverDue()
        let backlog = try await OutboxStore(pool: database.system, instance: "x").backlog()
        #expect(backlog.parked == 1)
        #expect(backlog.pending == 0)
        #expect(receiver.state.withLock { $0.effects } == expected)
        await database.close()
    }

    @Test func aPageIsBoundedInBytesAndHoldsAtLeastOneMessage() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        let tenant = TenantID.make()
        try await database.app.withTenant(tenant) { tx in
            for size in [10, 10, 5_000, 10, 10] {
                try await Outbox(doorbell: Doorbell()).enqueue(
                    call: LedgerV1.Methods.append, request: LedgerV1.AppendRequest(envelope: Array(repeating: 1, count: size)), id: UUIDv7.make(),
                    tenant: tenant, in: tx)
            }
        }
        func page(_ bytes: Int) async throws -> Int {
            let store = OutboxStore(pool: database.system, instance: "x")
            try await store.reclaim()
            return try await store.claimLanes(lease: .seconds(30), page: .init(lanes: 1, messagesPerLane: 64, bytesPerLane: bytes)).first?.messages
                .count
                ?? 0
        }
        #expect(try await page(1) == 1)
        #expect(try await page(2_000) == 3)
        #expect(try await page(1 << 20) == 5)
        await database.close()
    }

    @Test func theSearchGoesFromLaneToLaneAndSkipsWhatIsLeased() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        _ = try await fill(database, tenants: 7, each: 3)
        let store = OutboxStore(pool: database.system, instance: "x")
        let page = OutboxStore.Page(lanes: 3, messagesPerLane: 2, bytesPerLane: 1 << 20)
        let first = try await store.claimLanes(lease: .seconds(30), page: page)
        let second = try await store.claimLanes(after: first.last?.key, lease: .seconds(30), page: page)
        let third = try await store.claimLanes(after: second.last?.key, lease: .seconds(30), page: page)
        #expect([first, second, third].map(\.count) == [3, 3, 1])
        #expect(Set((first + second + third).map(\.key)).count == 7)
        #expect((first + second + third).allSatisfy { $0.messages.count == 2 })
        #expect(try await store.claimLanes(lease: .seconds(30), page: page).isEmpty)
        await database.close()
    }
}
