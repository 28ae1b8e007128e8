import FoundationEssentials
import Identity
import JSON
import Receipts
import Testing
import Trust

@testable import LedgerCore

@Suite struct LogBatchTests {
    let emitters: Emitters

    init() throws { emitters = try Emitters() }

    private func batch(_ submissions: [Submission], standing: [ReceiptID: StandingEntry] = [:], state: LogState? = nil) -> LogBatch {
        LogBatch(tenant: emitters.tenant, state: state ?? LogState(origin: "log"), standing: standing, submissions: submissions)
    }

    @Test func newReceiptsGetTheNextPlaces() throws {
        let submissions = try (0..<3).map { _ in try emitters.submission(emitters.receipt()) }
        let batch = batch(submissions)
        #expect(batch.placements == [.appended(index: 0), .appended(index: 1), .appended(index: 2)])
        #expect(batch.entries.map(\.index) == [0, 1, 2] && batch.state.size == 3)
        #expect(batch.state.root == CompactRange.root(of: submissions.map(\.leafHash)))
    }

    @Test func theSameBytesAgainHaveTheFirstPlace() throws {
        let submission = try emitters.submission(emitters.receipt())
        let other = try emitters.submission(emitters.receipt())
        #expect(batch([submission, other, submission]).placements == [.appended(index: 0), .appended(index: 1), .replayed(index: 0)])
        let standing = [submission.receipt: StandingEntry(index: 7, leafHash: submission.leafHash)]
        let replay = batch([submission], standing: standing)
        #expect(replay.placements == [.replayed(index: 7)] && replay.entries.isEmpty && replay.state == LogState(origin: "log"))
    }

    /// ECDSA is randomised: a second signature over one payload is other bytes, and the log must not forget which it took.
    @Test func otherBytesUnderOneIDAreAConflict() throws {
        let id = ReceiptID.make()
        let first = try emitters.submission(emitters.receipt(id: id))
        let second = try emitters.submission(emitters.receipt(id: id))
        let batch = batch([first, second])
        #expect(batch.placements == [.appended(index: 0), .conflict] && batch.state.size == 1)
    }

    @Test func keysAreRegisteredOnceAndInSequence() throws {
        let ledger = try ES256PrivateKey.generate()
        let registration = KeyRegistration(signer: ReceiptSigner(service: .ledger, instance: "ledger-1", key: ledger))
        let registered = try registration.receipts(for: emitters.keys, tenant: emitters.tenant, after: .start, at: Date(timeIntervalSince1970: 0))
        let statements = try registered.map { try ReceiptStatement(payload: Envelope(parsing: $0.receipt.envelope).payload) }
        #expect(statements.map(\.emitter.position.sequence) == [1, 2])
        #expect(statements.map(\.emitter.position.previous) == [nil, registered[0].receipt.paeDigest])
        #expect(statements.allSatisfy { $0.kind == .key && $0.run == nil && $0.emitter.service == .ledger })
        #expect(statements.map { $0.subject[0].digest.hex } == emitters.keys.map(\.key.keyID))
        let spki = try #require(statements[0].facts["spki"]?.stringValue.flatMap { Base64.decode($0) })
        #expect(spki == emitters.key.publicKey.subjectPublicKeyInfo)
    }
}
