internal import FoundationEssentials
internal import Identity
internal import Logging
internal import NIOCore
internal import RPC

/// Delivers what stands in the outbox: at least once, in order per tenant and destination, with the message's id as idempotency key.
struct OutboxRelay: Sendable {
    static let linesAtOnce = 16
    static let messagesPerLine = 64
    /// Longer than delivering a line's messages may take before the lease is given up.
    static let lease = Duration.seconds(30)
    static let callTimeout = Duration.seconds(5)
    static let sweepInterval = Duration.seconds(1)

    let store: OutboxStore
    let doorbell: Doorbell
    let channel: @Sendable (ServiceName) -> any RPCChannel
    let method: @Sendable (String) -> MethodDescriptor?
    let metrics: MetricsRegistry
    let logger: Logger

    /// Until the task is cancelled. The database being away is not an end.
    func run() async {
        var nextReport = ContinuousClock.now
        var hasReclaimed = false
        while !Task.isCancelled {
            do {
                if !hasReclaimed {
                    try await store.reclaim()
                    hasReclaimed = true
                }
                if try await deliverDue() > 0 { continue }
                if nextReport <= .now {
                    try await report()
                    nextReport = .now + .seconds(10)
                }
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning("outbox not reachable", metadata: ["error": "\(error)"])
            }
            await doorbell.wait(atMost: Self.sweepInterval)
        }
    }

    /// One round. Returns how many messages were delivered or set aside.
    func deliverDue() async throws -> Int {
        let lines = try await store.claimLines(lease: Self.lease, lines: Self.linesAtOnce, messagesPerLine: Self.messagesPerLine)
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for line in lines { group.addTask { try await deliver(line) } }
            return try await group.reduce(0, +)
        }
    }

    private func deliver(_ line: OutboxLine) async throws -> Int {
        let started = ContinuousClock.now
        var delivered: [OutboxMessage] = []
        var progress = 0
        for message in line.messages {
            // What the lease does not cover is left for the next round.
            guard started.duration(to: .now) < Self.lease / 2 else { break }
            if let error = await send(message) {
                let verdict = RelayVerdict(error, attempts: message.attempts, jitter: .random(in: 0..<1))
                try await store.delivered(delivered)
                try await store.failed(message, verdict, error: "\(error)")
                note(message, error, verdict)
                if verdict == .park { progress += 1 }
                return progress + delivered.count
            }
            delivered.append(message)
        }
        try await store.delivered(delivered)
        return progress + delivered.count
    }

    private func send(_ message: OutboxMessage) async -> RPCError? {
        guard let method = method(message.method) else {
            return RPCError(.invalidArgument, reason: "UNKNOWN_METHOD", message: "this build knows no method \(message.method)")
        }
        let options = CallOptions(
            tenant: message.tenant, principal: message.principal, timeout: Self.callTimeout, idempotencyKey: message.id.uuidString.lowercased(),
            trace: message.trace)
        do {
            _ = try await channel(message.destination).call(method, payload: ByteBuffer(bytes: message.payload), options: options)
            return nil
        } catch { return error }
    }

    private func note(_ message: OutboxMessage, _ error: RPCError, _ verdict: RelayVerdict) {
        metrics.count(
            "outbox_failures_total", help: "Deliveries that failed.",
            labels: [("destination", message.destination.rawValue), ("reason", error.reason)])
        let metadata: Logger.Metadata = [
            "tenant": "\(message.tenant)", "id": "\(message.id)", "method": "\(message.method)", "reason": "\(error.reason)",
            "attempts": "\(message.attempts + 1)",
        ]
        switch verdict {
        case .retry: logger.info("outbox delivery failed", metadata: metadata)
        case .park: logger.error("outbox message parked", metadata: metadata)
        }
    }

    private func report() async throws {
        let backlog = try await store.backlog()
        metrics.set("outbox_pending", help: "Messages that wait for delivery.", to: Double(backlog.pending))
        metrics.set("outbox_parked", help: "Messages set aside because they cannot be delivered.", to: Double(backlog.parked))
        metrics.set("outbox_oldest_seconds", help: "Age of the oldest message that waits.", to: backlog.oldestSeconds)
    }
}
