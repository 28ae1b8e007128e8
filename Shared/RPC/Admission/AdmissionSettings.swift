public import Identity

/// How much a server takes on at once, and how much may wait for it.
public struct AdmissionSettings: Sendable {
    public enum Limit: Sendable, Hashable {
        case fixed(Int)
        /// Follows how long calls take in comparison with how long they used to take.
        case adaptive(min: Int, initial: Int, max: Int)
    }

    /// Handlers at once.
    public var limit: Limit
    /// The part of the limit that one tenant may have: a tenant whose calls take long must leave room for calls that come later.
    public var tenantShareMax: Double
    /// Calls that wait for one method.
    public var queuedPerMethodMax: Int
    /// Calls that wait, over all methods.
    public var queuedMax: Int
    /// Bytes of the messages that wait.
    public var queuedBytesMax: Int
    /// How often its part of a queue's free places a tenant may take. With `a`, one noisy tenant fills at most a/(a+1) of it.
    public var tenantQueueFactor: Int
    /// A queue that was never empty for so long is standing.
    public var standingAfter: Duration
    /// While the queue stands, a call that waited longer than this is shed: it would only make the next one late as well.
    public var sojournMax: Duration
    /// Of tenants that are not named here it is 1.
    public var weights: [TenantID: Double]
    /// Streaming calls that are open at once. They wait to begin like all others, but then they hold no place.
    public var streamsMax: Int

    public init(
        limit: Limit = .fixed(256), tenantShareMax: Double = 0.75, queuedPerMethodMax: Int = 1024, queuedMax: Int = 4096,
        queuedBytesMax: Int = 64 << 20, tenantQueueFactor: Int = 2, standingAfter: Duration = .milliseconds(100),
        sojournMax: Duration = .milliseconds(50), weights: [TenantID: Double] = [:], streamsMax: Int = 4096
    ) {
        self.limit = limit
        self.tenantShareMax = tenantShareMax
        self.queuedPerMethodMax = queuedPerMethodMax
        self.queuedMax = queuedMax
        self.queuedBytesMax = queuedBytesMax
        self.tenantQueueFactor = tenantQueueFactor
        self.standingAfter = standingAfter
        self.sojournMax = sojournMax
        self.weights = weights
        self.streamsMax = streamsMax
    }

    /// Takes everything at once, for tests of other things.
    public static let unlimited = AdmissionSettings(limit: .fixed(.max), tenantShareMax: 1, streamsMax: .max)
}
