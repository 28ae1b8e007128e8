/// What happens in a wake queue, for whoever counts.
public enum WakeEvent: Sendable, Hashable {
    case published
    /// Redis could not take it; the sweeper finds the work.
    case notPublished
    case handled
    /// Given to a consumer again, because the one before did not acknowledge it.
    case redelivered
    case deadLettered
    case reconnected
}

/// How a wake queue stands.
public struct WakeDepth: Sendable, Hashable {
    /// Not delivered yet; nil where the server cannot tell.
    public let waiting: Int64?
    /// Delivered and not acknowledged.
    public let pending: Int64
    public let dead: Int64
    /// Of the oldest that is not acknowledged, by the server's clock.
    public let oldestSeconds: Double
}
