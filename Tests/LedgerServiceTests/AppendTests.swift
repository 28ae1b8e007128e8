import FoundationEssentials
import Identity
import JSON
import LedgerCore
import Postgres
import RPC
import Receipts
import TestKit
import Testing
import Trust
import Wire

@testable import LedgerService

@Suite struct AppendTests {
    @Test func anAppendIsAnsweredWithAnOfflineProof() async throws {
        try await RunningLedger.with { ledger in
            let tenant = TenantID.make()
            let receipt = try ledger.receipt(tenant, personal: ["text": "call Ada"])
            let answer = try await ledger.append(receipt)
            // The keys of three services stand before the first receipt.
            #expect(answer.index == 3 && answer.treeSize == 4 && !answer.replayed)
            #expect(try await ledger.holds(answer, receipt))
            let read = try await ledger.endpoint.getReceipt(.init(receiptID: receipt.id.bytes), context: ledger.context(tenant))
            #expect(read.receipt?.envelope == receipt.envelope && read.receipt?.disclosures == receipt.disclosures)
        }
    }

    @Test func manyTenantsAtOnceEachHaveTheirOwnLog() async throws {
        try await RunningLedger.with { ledger in
            let tenants = (0..<8).map { _ in TenantID.make() }
            let receipts = try (0..<25).flatMap { _ in try tenants.map { try ledger.receipt($0) } }
            let answers = try await withThrowingTaskGroup(of: (Int, LedgerV1.AppendResponse).self) { group in
                for (position, receipt) in receipts.enumerated() { group.addTask { (position, try await ledger.append(receipt)) } }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            for (position, receipt) in receipts.enumerated() {
                let answer = try #require(answers[position])
                #expect(try await ledger.holds(answer, receipt))
            }
            for tenant in tenants {
                let indices = receipts.indices.filter { receipts[$0].tenant == tenant }.compactMap { answers[$0]?.index }.sorted()
                #expect(indices == Array(3..<28))
            }
        }
    }

    @Test func theSameBytesAgainHaveTheFirstAnswerAndOthersAreAConflict() async throws {
        try await RunningLedger.with { ledger in
            let tenant = TenantID.make()
            let receipt = try ledger.receipt(tenant)
            let first = try await ledger.append(receipt)
            for _ in 0..<300 { try await ledger.append(try ledger.receipt(tenant)) }
            let again = try await ledger.append(receipt)
            #expect(again.replayed && again.index == first.index && again.leafDigest == first.leafDigest)
            #expect(try await ledger.holds(again, receipt), "its tile is full and was read back")
            let other = try ledger.receipt(tenant, id: receipt.id)
            let error = await #expect(throws: RPCError.self) { try await ledger.append(other) }
            #expect(error?.code == .alreadyExists && error?.reason == "RECEIPT_CONFLICT")
            #expect(ledger.reports.all == ["receipt.conflict"])
            let head = try await ledger.endpoint.getCheckpoint(.init(), context: ledger.context(tenant))
            #expect(head.treeSize == 304)
        }
    }

    @Test func whatIsRefusedIsReportedAndStoresNothing() async throws {
        try await RunningLedger.with { ledger in
            let tenant = TenantID.make()
            let receipt = try ledger.receipt(tenant)
            let foreign = await #expect(throws: RPCError.self) { try await ledger.append(receipt, by: .connectors) }
            #expect(foreign?.code == .permissionDenied && foreign?.reason == "RECEIPT_MISMATCH")
            let moved = SignedReceipt(
                id: receipt.id, tenant: .make(), kind: receipt.kind, envelope: receipt.envelope, paeDigest: receipt.paeDigest, disclosures: [])
            await #expect(throws: RPCError.self) { try await ledger.append(moved) }
            let broken = SignedReceipt(
                id: receipt.id, tenant: tenant, kind: receipt.kind, envelope: Array("{}".utf8), paeDigest: receipt.paeDigest, disclosures: [])
            let malformed = await #expect(throws: RPCError.self) { try await ledger.append(broken) }
            #expect(malformed?.code == .invalidArgument, "only a message that can never succeed may be set aside by the sender")
            #expect(ledger.reports.all == ["receipt.refused", "receipt.refused"])
            let rows = try await ledger.database.superuser.withTransaction { try await $0.query("SELECT count(*) AS n FROM entry") }
            #expect(try rows[0].int("n") == 0)
        }
    }

    @Test func anotherProcessGoesOnWithTheSameLog() async throws {
        try await RunningLedger.with { ledger in
            let tenant = TenantID.make()
            for _ in 0..<260 { try await ledger.append(try ledger.receipt(tenant)) }
            let second = ledger.restarted()
            let receipt = try ledger.receipt(tenant)
            // Both write: whoever finds the head moved reads the log again.
            let answer = try await ledger.running(second) { try await ledger.append(receipt, to: second) }
            #expect(answer.index == 263)
            #expect(try await ledger.holds(answer, receipt))
            let last = try ledger.receipt(tenant)
            #expect(try await ledger.append(last).index == 264)
            let keys = try await ledger.endpoint.listReceipts(.init(kind: "key/v1"), context: ledger.context(tenant))
            #expect(keys.receipts.count == 3, "keys are registered once, not once per process")
        }
    }

    @Test func entriesAndTilesCannotBeChanged() async throws {
        try await RunningLedger.with { ledger in
            let tenant = TenantID.make()
            for _ in 0..<260 { try await ledger.append(try ledger.receipt(tenant)) }
            for table in ["entry", "tile", "log_emitter"] {
                for statement in ["UPDATE \(table) SET index = 9", "DELETE FROM \(table)"] {
                    for pool in [ledger.database.app, ledger.database.system] {
                        await #expect(throws: PostgresError.server(sqlState: "42501", message: "permission denied for table \(table)")) {
                            try await pool.withTenant(tenant) { try await $0.execute(statement) }
                        }
                    }
                    await #expect(throws: PostgresError.server(sqlState: "P0001", message: "\(table) is append-only")) {
                        try await ledger.database.superuser.withTransaction { try await $0.execute(statement) }
                    }
                }
            }
        }
    }

    @Test func noTableShowsAnotherTenantsRows() async throws {
        try await RunningLedger.with { ledger in
            let (acme, other) = (TenantID.make(), TenantID.make())
            for _ in 0..<260 { try await ledger.append(try ledger.receipt(acme, personal: ["text": "call Ada"])) }
            let tables = try await ledger.database.superuser.withTransaction {
                try await $0.query(
                    """
                    SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced FROM pg_class c
                    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' WHERE c.relkind = 'r'
                    """)
            }
            #expect(tables.count >= 9)
            for table in tables {
                let name = try table.text("name")
                #expect(try table.bool("forced"), "\(name)")
                let seen = try await ledger.database.app.withTenant(other) { try await $0.query("SELECT 1 FROM \(name) LIMIT 1") }
                #expect(seen.isEmpty, "\(name)")
                let unbound = try await ledger.database.app.withTransaction { try await $0.query("SELECT 1 FROM \(name) LIMIT 1") }
                #expect(unbound.isEmpty, "\(name) without a tenant")
            }
        }
    }

    @Test func secretsAtRestAreSealed() async throws {
        try await RunningLedger.with { ledger in
            let tenant = TenantID.make()
            try await ledger.append(try ledger.receipt(tenant, personal: ["text": "call Ada Lovelace"]))
            let dump = try await ledger.database.superuser.withTransaction {
                try await $0.query(
                    "SELECT convert_from(envelope, 'UTF8') AS e, encode(sealed, 'escape') AS d FROM envelope JOIN disclosure USING (tenant_id, receipt_id)"
                )
            }
            let text = try dump.map { try $0.text("e") + $0.text("d") }.joined()
            #expect(!text.isEmpty && !text.contains("Lovelace") && !text.contains(Base64.encode(Array("Lovelace".utf8))))
        }
    }
}
