internal import Identity
internal import LedgerCore
internal import Postgres
internal import RPC
internal import Receipts
internal import ServiceKit
internal import Trust

/// Gives a batch its places: reads the heads under lock, appends, signs a checkpoint per tenant, writes all of it, commits.
///
/// A checkpoint is signed before the commit and released only after it, so that no signed tree can be lost; and since the head's
/// row is locked from the read to the commit, two sequencers cannot sign two trees of one size.
actor BatchWriter {
    typealias Answer = Result<Acknowledgement, RPCError>

    private let system: PostgresPool
    private let keyring: LogKeyring
    private let clock: any WallClock
    private let store = AppendStore()

    init(system: PostgresPool, keyring: LogKeyring, clock: any WallClock) {
        self.system = system
        self.keyring = keyring
        self.clock = clock
    }

    /// One answer per submission, in their order.
    func write(_ submissions: [Submission]) async -> [Answer] {
        do {
            // The keys are made in transactions of their own, before the heads are locked.
            var signers: [TenantID: NoteSigner] = [:]
            for tenant in Set(submissions.map(\.tenant)) { signers[tenant] = try await keyring.signer(for: tenant) }
            let known = signers
            return try await system.withTransaction { transaction in
                try await self.place(submissions, signers: known, in: transaction)
            }
        } catch {
            return submissions.map { _ in .failure(Self.refusal(error)) }
        }
    }

    private func place(
        _ submissions: [Submission], signers: [TenantID: NoteSigner], in transaction: PostgresTransaction
    ) async throws -> [Answer] {
        var answers: [Int: Answer] = [:]
        // In one order for every sequencer, so that two of them cannot wait for each other.
        for tenant in signers.keys.sorted() {
            guard let signer = signers[tenant] else { continue }
            let mine = submissions.enumerated().filter { $0.element.tenant == tenant }.map { (position: $0.offset, submission: $0.element) }
            var log = try await store.lockedLog(tenant, in: transaction)
            let standing = try await store.standing(mine.map(\.submission.receipt), tenant: tenant, in: transaction)
            var fresh: [PlacedEntry] = []
            var places: [Int: (entry: PlacedEntry, isReplay: Bool)] = [:]
            var placed = standing
            for (position, submission) in mine {
                if let earlier = placed[submission.receipt] {
                    guard earlier.digest == submission.digest else {
                        answers[position] = .failure(Self.conflict(submission.receipt))
                        continue
                    }
                    places[position] = (earlier, true)
                    continue
                }
                let entry = PlacedEntry(index: log.append(submission.leafHash), digest: submission.digest, leafHash: submission.leafHash, submission: submission)
                placed[submission.receipt] = entry
                fresh.append(entry)
                places[position] = (entry, false)
            }
            let checkpoint = try signed(log, by: signer)
            let proofs = ProofReader(tenant: tenant, edge: log)
            for (position, place) in places {
                let path = try await proofs.path(of: place.entry.index, in: transaction)
                let proof = LogProof(index: place.entry.index, path: path, checkpoint: checkpoint)
                answers[position] = .success(
                    Acknowledgement(
                        index: place.entry.index, treeSize: log.size, proof: proof.text, leafHash: place.entry.leafHash.bytes,
                        isReplay: place.isReplay))
            }
            if !fresh.isEmpty {
                try await store.write(fresh, sealing: keyring, tenant: tenant, in: transaction)
                try await store.write(log.takeCompleted(), tenant: tenant, in: transaction)
                try await store.write(size: log.size, checkpoint: checkpoint.note, at: clock.now, tenant: tenant, in: transaction)
            }
        }
        return submissions.indices.map { answers[$0] ?? .failure(Self.lost) }
    }

    private func signed(_ log: LogFrontier, by signer: NoteSigner) throws -> SignedCheckpoint {
        guard let root = log.root else { throw Self.lost }
        let checkpoint = Checkpoint(origin: signer.verifierKey.name, size: log.size, root: root)
        guard let signed = SignedCheckpoint(try checkpoint.signed(by: signer)) else { throw Self.lost }
        return signed
    }

    private static let lost = RPCError(.internal, reason: "LOG_INCONSISTENT", message: "the stored log does not add up; see the ledger's log")

    private static func conflict(_ receipt: ReceiptID) -> RPCError {
        RPCError(
            .alreadyExists, reason: "RECEIPT_CONFLICT", message: "receipt \(receipt) is in the log with other content",
            details: ["receipt_id": receipt.description])
    }

    private static func refusal(_ error: any Error) -> RPCError {
        if let error = error as? RPCError { return error }
        return RPCError(.unavailable, reason: "LEDGER_STORE", message: "the log could not be written; try again", retryAfter: .milliseconds(200))
    }
}

/// An entry with its place.
struct PlacedEntry: Sendable {
    var index: UInt64
    var digest: SHA256Digest
    var leafHash: SHA256Digest
    /// Nil for one that stood before.
    var submission: Submission?
}
