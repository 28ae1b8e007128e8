/// A pool at one moment, for metrics and readiness.
public struct PoolStatistics: Sendable, Hashable {
    /// Connections that are open or being opened.
    public let open: Int
    public let idle: Int
    /// Callers that wait for a connection.
    public let waiting: Int
    public let limit: Int
}
