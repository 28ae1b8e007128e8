/// Tells a burst from a standing queue, as CoDel does (RFC 8289) and in the simpler form that suits servers (Maurer, "Fail at
/// Scale", ACM Queue 2015): a burst drains within a moment and is let be; in a queue that has not been empty for long, whatever
/// waited longer than a moment is shed, so that the rest is answered soon instead of all of it late.
struct StandingQueue {
    private let standingAfter: Duration
    private let sojournMax: Duration
    private var filledAt: ContinuousClock.Instant?

    init(standingAfter: Duration, sojournMax: Duration) {
        self.standingAfter = standingAfter
        self.sojournMax = sojournMax
    }

    mutating func joined(now: ContinuousClock.Instant) { filledAt = filledAt ?? now }
    mutating func emptied() { filledAt = nil }

    /// - Parameter usually: Nanoseconds that such a call runs: waiting as long as that is no sign of anything.
    func sheds(arrived: ContinuousClock.Instant, usually: Double, now: ContinuousClock.Instant) -> Bool {
        guard let filledAt, now - filledAt >= standingAfter else { return false }
        return now - arrived > max(sojournMax, .nanoseconds(Int64(min(usually, 1e15))))
    }
}
