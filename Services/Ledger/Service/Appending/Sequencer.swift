internal import LedgerCore
internal import Logging
internal import RPC
internal import ServiceKit
internal import Synchronization

/// Collects submissions of all tenants for a moment and commits them together: one transaction, one fsync, then every caller is
/// answered with a complete proof. Nothing is acknowledged before it is durable.
final class Sequencer: Sendable {
    /// Submissions that may wait; beyond them callers are pushed back.
    static let outstandingMax = 4_096
    /// Submissions of one commit.
    static let batchMax = 256
    /// How long the first submission of a batch waits for company.
    static let gathering = Duration.milliseconds(2)

    private struct State {
        var waiting: [AppendTicket] = []
        var outstanding = 0
    }

    private let state = Mutex(State())
    private let doorbell = Doorbell()
    private let writer: BatchWriter
    private let logger: Logger

    init(writer: BatchWriter, logger: Logger) {
        self.writer = writer
        self.logger = logger
    }

    /// Returns when the submission is durable in the log.
    func append(_ submission: Submission) async throws -> Acknowledgement {
        try await withCheckedThrowingContinuation { continuation in
            let isAccepted = state.withLock { state in
                guard state.outstanding < Self.outstandingMax else { return false }
                state.outstanding += 1
                state.waiting.append(AppendTicket(submission: submission, continuation: continuation))
                return true
            }
            guard isAccepted else {
                continuation.resume(
                    throwing: RPCError(
                        .resourceExhausted, reason: "LEDGER_BUSY", message: "\(Self.outstandingMax) appends are outstanding",
                        retryAfter: .milliseconds(200)))
                return
            }
            doorbell.ring()
        }
    }

    /// Until the task is cancelled; whoever still waits is then told to try again.
    func run() async {
        while !Task.isCancelled {
            await doorbell.wait(atMost: .seconds(1))
            guard state.withLock({ !$0.waiting.isEmpty }) else { continue }
            // Company for the first of the batch; cancellation only ends the wait early.
            try? await Task.sleep(for: Self.gathering)
            while let batch = take() { await commit(batch) }
        }
        for ticket in state.withLock({ state in
            defer { state.waiting = [] }
            return state.waiting
        }) {
            ticket.continuation.resume(throwing: RPCError(.unavailable, reason: "LEDGER_STOPPING", message: "the ledger is shutting down"))
        }
    }

    private func take() -> [AppendTicket]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else { return nil }
            let batch = Array(state.waiting.prefix(Self.batchMax))
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }

    private func commit(_ batch: [AppendTicket]) async {
        let results = await writer.write(batch.map(\.submission))
        for (ticket, result) in zip(batch, results) { ticket.continuation.resume(with: result.mapError { $0 as any Error }) }
        state.withLock { $0.outstanding -= batch.count }
        if case .failure(let error)? = results.first(where: { if case .failure = $0 { true } else { false } }) {
            logger.warning("append refused", metadata: ["error": "\(error)", "batch": "\(batch.count)"])
        }
    }
}
