/// A pool at one moment, for metrics and readiness. The counts are cumulative since the pool began.
public struct PoolStatistics: Sendable, Hashable {
    /// Connections that are open or being opened.
    public let open: Int
    public let idle: Int
    /// Callers that wait for a connection.
    public let waiting: Int
    public let limit: Int
    /// Connections that some caller uses, or that are being opened or probed.
    public var inUse: Int { open - idle }
    /// Statements sent, those of a transaction's frame not counted.
    public let statements: UInt64
    /// Statements that the server refused.
    public let failedStatements: UInt64
    /// Transactions whose outcome nobody knows.
    public let unknownOutcomes: UInt64
    /// Connections that broke or could not be opened.
    public let lostConnections: UInt64
    /// Connections that were opened after one had been lost.
    public let reconnects: UInt64
    /// How long callers waited for a connection.
    public let waits: WaitHistogram
}

/// What has a pool's statistics: for a metrics registry, and for stand-ins in its tests.
public protocol PoolStatisticsSource: Sendable {
    /// Which pool, in a metric's label: the database and the role.
    var poolName: String { get }
    func statistics() async -> PoolStatistics
}
