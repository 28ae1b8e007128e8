/// How a transaction went, from its first line to its last; what a client does between its statements is part of it.
public struct TransactionRecord: Sendable {
    /// Sent in one flush, with nothing in between.
    public var isBatch: Bool
    /// The caller's, without those that open and close.
    public var statements: Int
    public var started: ContinuousClock.Instant
    public var duration: Duration
    public var error: (any Error)?
}

/// Hears of each transaction of a pool once, on the task that ran it. It must not block.
public protocol TransactionObserver: Sendable {
    func transactionEnded(_ record: TransactionRecord)
}
