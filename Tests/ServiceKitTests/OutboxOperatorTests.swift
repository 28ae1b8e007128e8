import FoundationEssentials
import Identity
import JSON
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

/// Takes security events and refuses, while told to, everything else.
private final class Ledger: RPCChannel {
    let refuses = Mutex(true)
    let taken = Mutex<[String]>([])
    let events = Mutex<[LedgerV1.RecordSecurityEventRequest]>([])

    func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer {
        if method.name == LedgerV1.Methods.recordSecurityEvent.name {
            guard let event = try? LedgerV1.RecordSecurityEventRequest(decodingBytes: Array(payload.readableBytesView)) else {
                throw RPCError(.internal, reason: "UNREADABLE", message: "unreadable")
            }
            events.withLock { $0.append(event) }
            return ByteBuffer()
        }
        if refuses.withLock({ $0 }) { throw RPCError(.invalidArgument, reason: "BAD", message: "bad") }
        taken.withLock { $0.append(options.idempotencyKey ?? "") }
        return ByteBuffer()
    }
}

@Suite struct OutboxOperatorTests {
    private let tenant = TenantID.make()

    private func relay(_ database: ServiceDatabase, _ ledger: Ledger) -> OutboxRelay {
        OutboxRelay(
            store: OutboxStore(pool: database.system, instance: "finops-1"), doorbell: Doorbell(), channel: { _ in ledger },
            method: { WireCatalog.method(named: $0) }, metrics: MetricsRegistry(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// So many messages that were refused for good.
    private func park(_ count: Int, _ database: ServiceDatabase, _ ledger: Ledger) async throws -> [UUID] {
        let ids = (0..<count).map { _ in UUIDv7.make() }
        let tenant = tenant
        try await database.app.withTenant(tenant) { tx in
            for id in ids {
                try await Outbox(doorbell: Doorbell()).enqueue(
                    call: LedgerV1.Methods.append, request: LedgerV1.AppendRequest(envelope: Array("secret".utf8)), id: id, tenant: tenant, in: tx)
            }
        }
        _ = try await relay(database, ledger).deliverDue()
        return ids
    }

    @Test func aParkedMessageIsShownWithoutItsPayload() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        let id = try await park(1, database, Ledger())[0]
        let outbox = OutboxOperator(service: .finops, pool: database.system)
        let message = try #require(try await outbox.parked(id: id))
        #expect(message.tenant == tenant)
        #expect(message.destination == "ledger")
        #expect(message.attempts == 1)
        #expect(message.lastError?.contains("BAD") == true)
        #expect(message.payloadBytes == LedgerV1.AppendRequest(envelope: Array("secret".utf8)).encodedBytes().count)
        #expect(message.payloadDigest.count == 64)
        #expect(!"\(message)".contains("secret"))
        #expect(try await outbox.parked(limit: 10) == [message])
        #expect(try await outbox.depths().map(\.parked) == [1])
        await database.close()
    }

    @Test func replayedMessagesAreSentOnceAndReportedWithWhoDidIt() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        let ledger = Ledger()
        let ids = try await park(3, database, ledger)
        let outbox = OutboxOperator(service: .finops, pool: database.system)
        ledger.refuses.withLock { $0 = false }
        #expect(Set(try await outbox.replay(ids: ids, by: "operator:omar")) == Set(ids))
        #expect(try await outbox.replay(ids: ids, by: "operator:omar").isEmpty)
        #expect(try await outbox.isPending(id: ids[0]))
        while try await relay(database, ledger).deliverDue() > 0 {}
        #expect(Set(ledger.taken.withLock { $0 }) == Set(ids.map { $0.uuidString.lowercased() }))
        #expect(ledger.taken.withLock { $0.count } == 3)
        let events = ledger.events.withLock { $0 }
        #expect(events.map(\.kind) == ["queue.replayed", "queue.replayed", "queue.replayed"])
        #expect(events.allSatisfy { $0.principal == "operator:omar" && $0.tenantID == tenant.bytes })
        #expect(try await outbox.replay(ids: ids, by: "operator:omar").isEmpty)
        await database.close()
    }

    @Test func aDroppedMessageIsGoneAndItsReasonIsKept() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        let ledger = Ledger()
        let id = try await park(1, database, ledger)[0]
        let outbox = OutboxOperator(service: .finops, pool: database.system)
        #expect(try await outbox.drop(id: id, reason: "the vendor is gone", by: "operator:dana"))
        #expect(try await !outbox.drop(id: id, reason: "again", by: "operator:dana"))
        #expect(try await outbox.parked(id: id) == nil)
        _ = try await relay(database, ledger).deliverDue()
        let event = try #require(ledger.events.withLock { $0.first })
        let detail = try JSONValue(parsing: event.detailJSON)
        #expect(event.kind == "queue.dropped")
        #expect(detail["reason"] == "the vendor is gone")
        #expect(detail["message"]?.stringValue == id.uuidString.lowercased())
        #expect(ledger.events.withLock { $0.count } == 1)
        await database.close()
    }

    @Test func whatIsNotParkedIsNeitherReplayedNorDropped() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        let tenant = tenant
        let id = UUIDv7.make()
        try await database.app.withTenant(tenant) { tx in
            try await Outbox(doorbell: Doorbell()).enqueue(
                call: LedgerV1.Methods.append, request: LedgerV1.AppendRequest(), id: id, tenant: tenant, in: tx)
        }
        let outbox = OutboxOperator(service: .finops, pool: database.system)
        #expect(try await outbox.replay(ids: [id], by: "operator:omar").isEmpty)
        #expect(try await !outbox.drop(id: id, reason: "no", by: "operator:omar"))
        #expect(try await OutboxStore(pool: database.system, instance: "x").backlog().pending == 1)
        await database.close()
    }

    @Test func aDeedElsewhereIsReportedOnlyWhereItHappened() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [])
        let outbox = OutboxOperator(service: .finops, pool: database.system)
        let report = OperatorReport(.replayed, tenant: tenant, principal: "operator:omar", detail: [:])
        await #expect(throws: OutboxOperator.NothingDone.self) { try await outbox.report(report) { false } }
        #expect(try await OutboxStore(pool: database.system, instance: "x").backlog().pending == 0)
        #expect(try await outbox.report(report) { true })
        #expect(try await OutboxStore(pool: database.system, instance: "x").backlog().pending == 1)
        await database.close()
    }
}
