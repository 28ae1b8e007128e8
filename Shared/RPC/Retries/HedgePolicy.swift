/// A second try beside a first one that is slow; the first answer counts. Only for calls that read: both tries may run to
/// their end. Asked for call by call, and heeded only where the method is idempotent.
public struct HedgePolicy: Hashable, Sendable {
    /// How long the first try is waited for; the 95th percentile of the method is a good choice.
    public var after: Duration
    /// The first one included.
    public var attemptsMax: Int

    public init(after: Duration, attemptsMax: Int = 2) {
        self.after = after
        self.attemptsMax = attemptsMax
    }
}
