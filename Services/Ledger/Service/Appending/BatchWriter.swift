internal import FoundationEssentials
internal import Identity
internal import LedgerCore
internal import Logging
internal import Postgres
internal import RPC
internal import Receipts
internal import ServiceKit
internal import Trust

/// Gives a batch its places: locks the heads, appends, signs a checkpoint per tenant, writes all of it, commits.
///
/// A checkpoint is signed before the commit and released only after it, so that no signed tree can be lost; and since the head's
/// row is locked from the read to the commit, two sequencers cannot sign two trees of one size. Logs are kept in memory between
/// batches and believed only where the locked head has their size; after any failure they are read again.
actor BatchWriter {
    typealias Answer = Result<Acknowledgement, RPCError>

    private let system: PostgresPool
    private let keyring: LogKeyring
    private let registrar: KeyRegistrar
    private let clock: any WallClock
    private let logger: Logger
    private let store = AppendStore()
    private var logs: [TenantID: LogState] = [:]
    /// Tenants whose log is known to have registered every key.
    private var registered: Set<TenantID> = []

    /// Logs kept in memory at most; each has some tens of kilobytes.
    private static let logsMax = 1_024

    init(system: PostgresPool, keyring: LogKeyring, registrar: KeyRegistrar, clock: any WallClock, logger: Logger) {
        self.system = system
        self.keyring = keyring
        self.registrar = registrar
        self.clock = clock
        self.logger = logger
    }

    /// One answer per submission, in their order.
    func write(_ submissions: [Submission]) async -> [Answer] {
        do {
            // The keys are made in transactions of their own, before the heads are locked.
            var signers: [TenantID: NoteSigner] = [:]
            for tenant in Set(submissions.map(\.tenant)) { signers[tenant] = try await keyring.signer(for: tenant) }
            let known = signers
            let placed = try await system.withTransaction { transaction in
                try await self.place(submissions, signers: known, in: transaction)
            }
            keep(placed)
            return answers(placed, to: submissions)
        } catch {
            for tenant in Set(submissions.map(\.tenant)) {
                logs[tenant] = nil
                registered.remove(tenant)
            }
            logger.error("batch not committed", metadata: ["error": "\(error)", "batch": "\(submissions.count)"])
            return submissions.map { _ in .failure(Self.refusal(error)) }
        }
    }

    /// One log of a batch, with what its submissions are answered.
    private struct Placed: Sendable {
        let tenant: TenantID
        let state: LogState
        let answers: [Answer]
    }

    private func place(
        _ submissions: [Submission], signers: [TenantID: NoteSigner], in transaction: PostgresTransaction
    ) async throws -> [Placed] {
        let opening = try await store.open(submissions, in: transaction)
        var placed: [Placed] = []
        var advances: [AppendStore.Advance] = []
        for (tenant, signer) in signers {
            let mine = submissions.filter { $0.tenant == tenant }
            let log = try await log(tenant, size: opening.sizes[tenant] ?? 0, in: transaction)
            let keys = registered.contains(tenant) ? KeyRegistrar.Pending() : try await registrar.pending(tenant, at: clock.now, in: transaction)
            let batch = LogBatch(
                tenant: tenant, state: log, standing: opening.standing[tenant] ?? [:], submissions: keys.submissions + mine)
            if !keys.rows.isEmpty { try await registrar.remember(keys, as: batch, in: transaction) }
            let checkpoint = try signed(batch.state, by: signer)
            if !batch.entries.isEmpty { advances.append(AppendStore.Advance(batch: batch, checkpoint: checkpoint)) }
            let answers = try await answers(
                for: zip(mine, batch.placements.dropFirst(keys.submissions.count)), in: batch, checkpoint: checkpoint, transaction)
            placed.append(Placed(tenant: tenant, state: batch.state, answers: answers))
        }
        if !advances.isEmpty { try await store.write(advances, sealing: keyring, at: clock.now, in: transaction) }
        return placed
    }

    private func log(_ tenant: TenantID, size: UInt64, in transaction: PostgresTransaction) async throws -> LogState {
        if let known = logs[tenant], known.size == size { return known }
        return try await TileStore(tenant: tenant).log(size: size, in: transaction)
    }

    private func answers(
        for placements: some Sequence<(Submission, LogBatch.Placement)>, in batch: LogBatch, checkpoint: SignedCheckpoint,
        _ transaction: PostgresTransaction
    ) async throws -> [Answer] {
        let placements = Array(placements)
        let indices = placements.compactMap { if case .replayed(let index) = $0.1 { index } else { nil } }
        // Only a replay can stand so far back that its tiles are not at hand.
        let tiles = try await TileStore(tenant: batch.tenant).tiles(for: indices, of: batch.state, in: transaction)
        return try placements.map { submission, placement in
            switch placement {
            case .conflict: return .failure(Self.conflict(submission.receipt))
            case .appended(let index), .replayed(let index):
                guard let path = batch.state.inclusionPath(of: index) ?? tiles.inclusionPath(of: index) else { throw Self.inconsistent }
                return .success(
                    Acknowledgement(
                        index: index, treeSize: batch.state.size, proof: LogProof(index: index, path: path, checkpoint: checkpoint).text,
                        leafHash: submission.leafHash.bytes, isReplay: placement == .replayed(index: index)))
            }
        }
    }

    private func answers(_ placed: [Placed], to submissions: [Submission]) -> [Answer] {
        var queues = Dictionary(uniqueKeysWithValues: placed.map { ($0.tenant, $0.answers[...]) })
        return submissions.map { queues[$0.tenant]?.popFirst() ?? .failure(Self.inconsistent) }
    }

    private func keep(_ placed: [Placed]) {
        if logs.count + placed.count > Self.logsMax { logs = [:] }
        for one in placed {
            var state = one.state
            state.forgetCompleted()
            logs[one.tenant] = state
            registered.insert(one.tenant)
        }
    }

    private func signed(_ log: LogState, by signer: NoteSigner) throws -> SignedCheckpoint {
        guard let signed = SignedCheckpoint(try log.checkpoint.signed(by: signer)) else { throw Self.inconsistent }
        return signed
    }

    private static let inconsistent = RPCError(
        .internal, reason: "LOG_INCONSISTENT", message: "the stored log does not add up; see the ledger's log")

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
