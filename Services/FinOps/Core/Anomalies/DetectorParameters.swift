/// How the anomaly detector reads one cost series. The defaults suit hourly buckets with a daily season.
public struct DetectorParameters: Hashable, Sendable {
    /// Buckets of one season.
    public var season = 24
    /// Seconds of one bucket.
    public var bucketSeconds = 3_600
    /// Points that must have been seen before anything may be called an anomaly.
    public var coldStart = 48
    /// Weight of a new point in the baseline of its slot, and in the residual's scale.
    public var learning = 0.25
    /// Points of the short window whose mean is held against the long one.
    public var shortWindow = 2
    /// The short window's mean residual, in scales, from which an anomaly opens.
    public var openAt = 5.0
    /// The residual, in scales, below which a point counts as calm.
    public var calmBelow = 2.5
    /// Calm points in a row that close an anomaly.
    public var calmToClose = 3
    /// Excess below this many micro-units in one bucket is never worth a person's time.
    public var moneyFloor: Int64 = 1_000_000
    /// The scale is at least this part of what is expected, so that a flat series does not alarm at the first ripple.
    public var relativeFloor = 0.05
    /// After this many anomalous points the new level is accepted and learned.
    public var acceptAfter = 72

    public init() {}
}
