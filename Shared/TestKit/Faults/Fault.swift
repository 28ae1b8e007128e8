/// What may happen to bytes between two ends of a connection.
public enum Fault: Hashable, Sendable, CaseIterable {
    /// They never arrive.
    case drop
    /// They arrive later, and so does everything behind them.
    case delay
    /// They arrive twice.
    case duplicate
    /// One bit of them arrives changed.
    case corrupt
    /// They arrive in pieces, as small as one byte.
    case split
    /// The connection is reset, perhaps in the middle of them.
    case reset
}
