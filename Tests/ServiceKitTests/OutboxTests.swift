import FoundationEssentials
import Identity
import JSON
import Logging
import NIOCore
import Postgres
import RPC
import Receipts
import Synchronization
import TestKit
import Testing
import Trust
import Wire
import WireRuntime

@testable import ServiceKit

/// Stands for all services: keeps what it was sent and fails when told to.
private final class RecordingChannel: RPCChannel {
    struct Call: Equatable {
        var method: String
        var tenant: TenantID?
        var key: String?
        var payload: [UInt8]
    }

    let calls = Mutex<[Call]>([])
    let answer: @Sendable (Call) throws(RPCError) -> [UInt8]

    init(answer: @escaping @Sendable (Call) throws(RPCError) -> [UInt8] = { _ in [] }) { self.answer = answer }

    func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer {
        let call = Call(method: method.name, tenant: options.tenant, key: options.idempotencyKey, payload: Array(payload.readableBytesView))
        let answer = try answer(call)
        calls.withLock { $0.append(call) }
        return ByteBuffer(bytes: answer)
    }
}

@Suite struct OutboxTests {
    let tenant = TenantID.make()

    private func relay(_ database: ServiceDatabase, _ channel: RecordingChannel, _ doorbell: Doorbell = Doorbell()) -> OutboxRelay {
        OutboxRelay(
            store: OutboxStore(pool: database.system, instance: "finops-1"), doorbell: doorbell, channel: { _ in channel },
            method: { WireCatalog.method(named: $0) },
            metrics: MetricsRegistry(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func enqueue(_ count: Int, _ database: ServiceDatabase, _ outbox: Outbox, tenant: TenantID? = nil) async throws -> [UUID] {
        var ids: [UUID] = []
        for number in 0..<count {
            let id = UUIDv7.make()
            try await database.app.withTenant(tenant ?? self.tenant) { tx in
                try await outbox.enqueue(
                    call: LedgerV1.Methods.append, request: LedgerV1.AppendRequest(receiptID: [UInt8(number)]), id: id, tenant: tenant ?? self.tenant,
                    in: tx)
            }
            ids.append(id)
        }
        return ids
    }

    @Test func messagesGoOutOnceInOrderWithTheirIDAsKey() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        let channel = RecordingChannel()
        let ids = try await enqueue(5, database, Outbox(doorbell: Doorbell()))
        #expect(try await relay(database, channel).deliverDue() == 5)
        #expect(try await relay(database, channel).deliverDue() == 0)
        #expect(channel.calls.withLock { $0.map(\.key) } == ids.map { $0.uuidString.lowercased() })
        #expect(channel.calls.withLock { $0.allSatisfy { $0.tenant == tenant } })
        #expect(
            try channel.calls.withLock { try $0.map { try LedgerV1.AppendRequest(decodingBytes: $0.payload).receiptID } } == [
                [0], [1], [2], [3], [4],
            ])
        await database.close()
    }

    @Test func whatIsRolledBackIsNotSent() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        struct Stop: Error {}
        let doorbell = Doorbell()
        await #expect(throws: Stop.self) {
            try await database.app.withTenant(tenant) { tx in
                try await Outbox(doorbell: doorbell).enqueue(
                    call: LedgerV1.Methods.append, request: LedgerV1.AppendRequest(), id: UUIDv7.make(), tenant: tenant, in: tx)
                throw Stop()
            }
        }
        #expect(try await relay(database, RecordingChannel()).deliverDue() == 0)
        await database.close()
    }

    @Test func aFailureHoldsUpItsOwnLineOnly() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        let other = TenantID.make()
        let isDown = Mutex(true)
        let blocked = tenant
        let channel = RecordingChannel { call throws(RPCError) in
            if call.tenant == blocked, isDown.withLock({ $0 }) { throw RPCError(.unavailable, reason: "DOWN", message: "down") }
            return []
        }
        let outbox = Outbox(doorbell: Doorbell())
        let late = try await enqueue(2, database, outbox)
        let free = try await enqueue(2, database, outbox, tenant: other)
        #expect(try await relay(database, channel).deliverDue() == 2)
        #expect(channel.calls.withLock { $0.map(\.key) } == free.map { $0.uuidString.lowercased() })
        isDown.withLock { $0 = false }
        // The pause after a first failure is at most 100 ms.
        while try await relay(database, channel).deliverDue() == 0 { await Task.yield() }
        #expect(channel.calls.withLock { $0.suffix(2).map(\.key) } == late.map { $0.uuidString.lowercased() })
        await database.close()
    }

    @Test func whatCanNeverBeDeliveredIsParkedAndTheNextGoesOn() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        let ids = try await enqueue(2, database, Outbox(doorbell: Doorbell()))
        let bad = ids[0].uuidString.lowercased()
        let channel = RecordingChannel { call throws(RPCError) in
            if call.key == bad { throw RPCError(.invalidArgument, reason: "BAD", message: "bad") }
            return []
        }
        let relay = relay(database, channel)
        #expect(try await relay.deliverDue() == 2)
        #expect(channel.calls.withLock { $0.map(\.key) } == [ids[1].uuidString.lowercased()])
        let backlog = try await relay.store.backlog()
        #expect(backlog == .init(pending: 0, parked: 1, oldestSeconds: 0))
        await database.close()
    }

    @Test func twoRelaysShareTheWorkWithoutSendingTwice() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        let channel = RecordingChannel()
        let outbox = Outbox(doorbell: Doorbell())
        for _ in 0..<10 { _ = try await enqueue(3, database, outbox, tenant: .make()) }
        async let left = relay(database, channel).deliverDue()
        async let right = relay(database, channel).deliverDue()
        #expect(try await left + right == 30)
        #expect(channel.calls.withLock { Set($0.map(\.key)).count } == 30)
        await database.close()
    }

    @Test func theRelayIsWokenByTheCommit() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        let channel = RecordingChannel()
        let doorbell = Doorbell()
        let relay = relay(database, channel, doorbell)
        let running = Task { await relay.run() }
        _ = try await enqueue(1, database, Outbox(doorbell: doorbell))
        while channel.calls.withLock({ $0.isEmpty }) { await Task.yield() }
        running.cancel()
        await running.value
        await database.close()
    }

    @Test func theAppRoleSeesAndWritesOnlyItsTenant() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        _ = try await enqueue(1, database, Outbox(doorbell: Doorbell()))
        let seen = try await database.app.withTenant(.make()) { try await $0.query("SELECT id FROM outbox").count }
        let unset = try await database.app.withTransaction { try await $0.query("SELECT id FROM outbox").count }
        #expect(seen == 0)
        #expect(unset == 0)
        await #expect(throws: PostgresError.self) {
            try await database.app.withTenant(.make()) { tx in
                try await Outbox(doorbell: Doorbell()).enqueue(
                    call: LedgerV1.Methods.append, request: LedgerV1.AppendRequest(), id: UUIDv7.make(), tenant: tenant, in: tx)
            }
        }
        await database.close()
    }

    @Test func receiptsAreNumberedWithoutGapsAlsoUnderConcurrency() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        let channel = RecordingChannel()
        let signer = ReceiptSigner(service: .finops, instance: "finops-1", key: try .generate())
        let recorder = ReceiptRecorder(
            signer: signer, outbox: Outbox(doorbell: Doorbell()), pool: database.app, ledger: { channel }, acknowledged: { _ in })
        let tenant = tenant
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<12 {
                group.addTask {
                    try await database.app.withTenant(tenant) { tx in
                        _ = try await recorder.record(Self.draft(tenant, number), in: tx)
                        if number % 4 == 0 { throw CancellationError() }
                    }
                }
            }
            while let result = await group.nextResult() { if case .failure(let error) = result { #expect(error is CancellationError) } }
        }
        while try await relay(database, channel).deliverDue() > 0 {}
        let positions = try channel.calls.withLock { calls in
            try calls.map {
                try ReceiptStatement(payload: Self.payload(of: try LedgerV1.AppendRequest(decodingBytes: $0.payload).envelope)).emitter.position
            }
        }
        #expect(positions.map(\.sequence) == Array(1...9))
        #expect(positions[0].previous == nil)
        #expect(positions.dropFirst().allSatisfy { $0.previous != nil })
        await database.close()
    }

    @Test func anIntentIsAcknowledgedBeforeItReturnsAndIsStillInTheOutboxWhereTheLedgerIsAway() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        let store = OutboxStore(pool: database.system, instance: "finops-1")
        let signer = ReceiptSigner(service: .finops, instance: "finops-1", key: try .generate())
        func recorder(_ channel: RecordingChannel) -> ReceiptRecorder {
            ReceiptRecorder(
                signer: signer, outbox: Outbox(doorbell: Doorbell()), pool: database.app, ledger: { channel },
                acknowledged: { try? await store.delivered(tenant: $0.tenant, ids: [$0.id.rawValue]) })
        }
        let up = RecordingChannel { _ throws(RPCError) in LedgerV1.AppendResponse(index: 7, treeSize: 8, proof: [1]).encodedBytes() }
        let logged = try await recorder(up).recordAcknowledged(Self.draft(tenant, 0))
        #expect(logged.index == 7)
        #expect(try await store.backlog().pending == 0)
        let down = RecordingChannel { _ throws(RPCError) in throw RPCError(.unavailable, reason: "DOWN", message: "down") }
        await #expect(throws: RPCError.self) { try await recorder(down).recordAcknowledged(Self.draft(tenant, 1)) }
        #expect(try await store.backlog().pending == 1)
        await database.close()
    }

    @Test func aRestartedInstanceTakesBackWhatItHadClaimedAndNobodyElseDoes() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        _ = try await enqueue(1, database, Outbox(doorbell: Doorbell()))
        func claim(_ instance: String, reclaiming: Bool) async throws -> Int {
            let store = OutboxStore(pool: database.system, instance: instance)
            if reclaiming { try await store.reclaim() }
            return try await store.claimLanes(lease: .seconds(30), page: .init(lanes: 4, messagesPerLane: 4, bytesPerLane: 1 << 20)).count
        }
        #expect(try await claim("finops-1", reclaiming: false) == 1)
        #expect(try await claim("finops-1", reclaiming: false) == 0)
        #expect(try await claim("finops-2", reclaiming: true) == 0)
        #expect(try await claim("finops-1", reclaiming: true) == 1)
        await database.close()
    }

    private static func draft(_ tenant: TenantID, _ number: Int) -> ReceiptDraft {
        ReceiptDraft(
            kind: .meter, tenant: tenant, subject: [ReceiptSubject("n", SHA256Digest(hashing: [UInt8(number)]))], outcome: "ok")
    }

    private static func payload(of envelope: [UInt8]) throws -> [UInt8] {
        try Envelope(parsing: envelope).payload
    }
}
