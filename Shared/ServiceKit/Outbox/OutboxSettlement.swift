internal import RPC

/// What became of messages that were sent: which go away, and which stay for another time or for a person.
struct OutboxSettlement: Sendable, Equatable {
    struct Failure: Sendable, Equatable {
        let message: OutboxMessage
        let verdict: RelayVerdict
        let error: RPCError
    }

    private(set) var delivered: [OutboxMessage] = []
    private(set) var failures: [Failure] = []

    var isEmpty: Bool { delivered.isEmpty && failures.isEmpty }
    /// Messages that no longer hold up those behind them.
    var progress: Int { delivered.count + failures.count { $0.verdict == .park } }

    mutating func deliver(_ message: OutboxMessage) { delivered.append(message) }
    mutating func fail(_ message: OutboxMessage, _ verdict: RelayVerdict, _ error: RPCError) {
        failures.append(Failure(message: message, verdict: verdict, error: error))
    }

    mutating func merge(_ other: OutboxSettlement) {
        delivered += other.delivered
        failures += other.failures
    }
}
