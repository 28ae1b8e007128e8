import FoundationEssentials
import Identity
import JSON
import RPC
import Receipts
import TestKit
import Testing
import Trust
import Wire

@testable import LedgerService

@Suite struct ReadingTests {
    /// What the flow engine and the connectors leave of one run.
    private func appendRun(_ ledger: RunningLedger, _ tenant: TenantID, noise: Int) async throws -> RunID {
        let run = RunID.make()
        let start = try ledger.receipt(tenant, run: run, sequence: 1)
        try await ledger.append(start)
        let intent = try ledger.receipt(tenant, .connectorCall, by: .connectors, run: run, phase: .intent, sequence: 1)
        try await ledger.append(intent, by: .connectors)
        for _ in 0..<noise { try await ledger.append(try ledger.receipt(tenant, instance: "2")) }
        let result = try ledger.receipt(
            tenant, .connectorCall, by: .connectors, run: run, phase: .result, causes: [intent.paeDigest], personal: ["text": "call Ada"],
            sequence: 2, previous: intent.paeDigest)
        try await ledger.append(result, by: .connectors)
        let listed = try await ledger.endpoint.listReceipts(.init(runID: run.bytes), context: ledger.context(tenant))
        let set = RunSet(listed.receipts.compactMap { SHA256Digest(bytes: $0.digest) })
        try await ledger.append(
            try ledger.receipt(tenant, .runClose, run: run, subject: set.subject, facts: set.facts, sequence: 2, previous: start.paeDigest))
        return run
    }

    @Test func anExportedRunIsCoveredUnderThePinnedKeys() async throws {
        try await RunningLedger.with { ledger in
            let tenant = TenantID.make()
            let run = try await appendRun(ledger, tenant, noise: 300)
            let answer = try await ledger.endpoint.exportBundle(.init(runID: run.bytes), context: ledger.context(tenant))
            let trust = try await ledger.endpoint.getTrust(.init(), context: ledger.context(tenant))
            let pinned = try TrustAnchors(json: JSONValue(parsing: trust.trustJSON))
            let verdict = BundleVerifier(pinned: pinned).verify(answer.bundle)
            #expect(verdict.outcome == .level(.covered), "\(verdict.reason)")
            #expect(verdict.receipts.count == 4)
            #expect(try RunBundle(parsing: answer.bundle).registrations.count == 3)
            #expect(answer.pending == 0)
        }
    }

    @Test func nothingOfAnotherTenantIsFound() async throws {
        try await RunningLedger.with { ledger in
            let (acme, other) = (TenantID.make(), TenantID.make())
            let run = try await appendRun(ledger, acme, noise: 0)
            try await ledger.append(try ledger.receipt(other))
            let error = await #expect(throws: RPCError.self) {
                try await ledger.endpoint.exportBundle(.init(runID: run.bytes), context: ledger.context(other))
            }
            #expect(error?.code == .notFound)
            let listed = try await ledger.endpoint.listReceipts(.init(runID: run.bytes), context: ledger.context(other))
            #expect(listed.receipts.isEmpty)
            let mine = try await ledger.endpoint.listReceipts(.init(), context: ledger.context(other))
            #expect(mine.receipts.count == 4)
        }
    }

    @Test func pagesGoFromNewToOldWithoutGaps() async throws {
        try await RunningLedger.with { ledger in
            let tenant = TenantID.make()
            for _ in 0..<20 { try await ledger.append(try ledger.receipt(tenant)) }
            var indices: [UInt64] = []
            var cursor: [UInt8] = []
            repeat {
                let page = try await ledger.endpoint.listReceipts(
                    .init(page: .init(cursor: cursor, limit: 6)), context: ledger.context(tenant))
                indices += page.receipts.map(\.index)
                cursor = page.nextCursor
            } while !cursor.isEmpty
            #expect(indices == (0..<23).reversed().map { UInt64($0) })
            let error = await #expect(throws: RPCError.self) {
                try await ledger.endpoint.listReceipts(.init(page: .init(cursor: [1], limit: 6)), context: ledger.context(tenant))
            }
            #expect(error?.code == .invalidArgument)
        }
    }

    @Test func everyOldEntryHasAProofUnderTheNewestCheckpoint() async throws {
        try await RunningLedger.with { ledger in
            let tenant = TenantID.make()
            var receipts: [SignedReceipt] = []
            for _ in 0..<520 {
                let receipt = try ledger.receipt(tenant)
                receipts.append(receipt)
                try await ledger.append(receipt)
            }
            let head = try await ledger.endpoint.getCheckpoint(.init(), context: ledger.context(tenant))
            for receipt in [receipts[0], receipts[252], receipts[253], receipts[519]] {
                let answer = try await ledger.endpoint.getReceipt(.init(receiptID: receipt.id.bytes), context: ledger.context(tenant))
                let record = try #require(answer.receipt)
                let proof = try #require(LogProof(text: String(decoding: answer.proof, as: UTF8.self)))
                #expect(proof.includes(entry: record.leaf) && proof.checkpoint.checkpoint.size == head.treeSize)
            }
        }
    }

    @Test func securityEventsAreKeptOnceForTheTenantThatWasAskedFor() async throws {
        try await RunningLedger.with { ledger in
            let tenant = TenantID.make()
            let event = LedgerV1.RecordSecurityEventRequest(
                kind: "http.cross-tenant", tenantID: tenant.bytes, principal: "nora@northwind.example",
                detailJSON: Array(#"{"path":"/v1/runs"}"#.utf8), eventID: UUIDv7.make().bytes)
            for _ in 0..<2 { _ = try await ledger.endpoint.recordSecurityEvent(event, context: CallContext(caller: .gateway)) }
            let listed = try await ledger.endpoint.listSecurityEvents(.init(), context: ledger.context(tenant))
            #expect(listed.events.count == 1 && listed.events[0].kind == "http.cross-tenant" && listed.events[0].reporter == "gateway")
            let others = try await ledger.endpoint.listSecurityEvents(.init(), context: ledger.context(.make()))
            #expect(others.events.isEmpty)
        }
    }
}
