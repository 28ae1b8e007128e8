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

@testable import LedgerService

@Suite struct AuditTests {
    /// A log of 523 entries, two full tiles among them.
    private func withLog(_ body: @escaping @Sendable (RunningLedger, TenantID) async throws -> Void) async throws {
        try await RunningLedger.with { ledger in
            let tenant = TenantID.make()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<520 { group.addTask { try await ledger.append(try ledger.receipt(tenant, personal: ["text": "call Ada"])) } }
                try await group.waitForAll()
            }
            try await body(ledger, tenant)
        }
    }

    private func audit(_ ledger: RunningLedger) -> LogAudit {
        LogAudit(system: ledger.database.system, serviceKeys: ledger.endpoint.serviceKeys, kek: RunningLedger.kek)
    }

    /// As somebody who has the database and nobody's leave.
    private func tamper(_ ledger: RunningLedger, _ statement: String) async throws {
        try await ledger.database.superuser.withTransaction { transaction in
            try await transaction.execute("SET LOCAL session_replication_role = replica")
            #expect(try await transaction.execute(statement) > 0, "\(statement)")
        }
    }

    @Test func aLogThatWasWrittenByTheLedgerIsClean() async throws {
        try await withLog { ledger, tenant in
            let report = try await audit(ledger).check(tenant)
            #expect(report.isClean, "\(report.problems)")
            #expect(report.entries == 523 && report.tiles == 2 && report.envelopes == 523 && report.disclosures == 520)
            #expect(try await audit(ledger).tenants() == [tenant])
        }
    }

    @Test(arguments: [
        ("UPDATE entry SET leaf_hash = sha256('x') WHERE index = 5", "index 5: the leaf hash is not the leaf's"),
        ("UPDATE entry SET leaf = leaf || ' ' WHERE index = 5", "index 5: the leaf is no commitment"),
        ("UPDATE entry SET outcome = 'failed' WHERE index = 5", "index 5: a column is not what the envelope says"),
        ("DELETE FROM entry WHERE index = 300", "index 300: is missing"),
        ("DELETE FROM entry WHERE index = 522", "the head says 523 entries and 522 are stored"),
        ("UPDATE tile SET hashes = set_byte(hashes, 9, 1 + get_byte(hashes, 9) % 255) WHERE index = 1", "tile 0/1: is not what the entries hash to"),
        ("DELETE FROM tile WHERE index = 1", "tile 0/1: is missing"),
        (
            "UPDATE envelope SET envelope = convert_to(replace(convert_from(envelope, 'UTF8'), '\"sig\":\"MEU', '\"sig\":\"MEV'), 'UTF8')",
            "the envelope is"
        ),
        ("UPDATE disclosure SET sealed = set_byte(sealed, 20, 1 + get_byte(sealed, 20) % 255)", "the disclosures cannot be opened"),
        ("UPDATE log_head SET checkpoint = replace(checkpoint, E'\\n523\\n', E'\\n522\\n')", "the checkpoint says root"),
    ])
    func everyChangedByteIsFound(statement: String, problem: String) async throws {
        try await withLog { ledger, tenant in
            try await tamper(ledger, statement)
            let report = try await audit(ledger).check(tenant)
            #expect(report.problems.contains { $0.contains(problem) }, "\(report.problems.prefix(5))")
        }
    }
}

@Suite struct SequencerTests {
    @Test func beyondItsBoundCallersArePushedBackAndNobodyIsLeftWaiting() async throws {
        let ledger = try await RunningLedger()
        let receipt = try ledger.receipt(.make())
        let submission = try ledger.endpoint.check.submission(
            envelope: receipt.envelope, disclosures: [], receipt: receipt.id, tenant: receipt.tenant, caller: .flowEngine)
        let sequencer = ledger.endpoint.sequencer
        try await withThrowingTaskGroup(of: String.self) { group in
            // Nothing is written yet: all of these wait, and one is too many.
            for _ in 0...Sequencer.outstandingMax {
                group.addTask {
                    do {
                        _ = try await sequencer.append(submission)
                        return "appended"
                    } catch let error as RPCError {
                        return error.retryAfter == nil ? error.reason : "\(error.reason), again later"
                    }
                }
            }
            #expect(try await group.next() == "LEDGER_BUSY, again later")
            // Told to stop before it begins, so that nothing of it is written.
            let running = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                await sequencer.run()
            }
            await running.value
            var reasons: [String: Int] = [:]
            for try await reason in group { reasons[reason, default: 0] += 1 }
            #expect(reasons == ["LEDGER_STOPPING": Sequencer.outstandingMax])
        }
        await ledger.database.close()
    }
}
