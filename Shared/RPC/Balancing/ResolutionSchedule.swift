/// When names are looked up: at first, then now and then, and soon after a connection failed. Pure. It is asked at each call
/// rather than by a timer: addresses that nobody calls need not be fresh.
struct ResolutionSchedule {
    private let interval: Duration
    /// Between two look-ups, however much fails.
    private let pauseMin: Duration
    private(set) var isUnderWay = false
    private var last: ContinuousClock.Instant?
    private var hasDoubt = false

    init(interval: Duration, pauseMin: Duration) {
        self.interval = interval
        self.pauseMin = pauseMin
    }

    /// Whether to look up now; then it is under way.
    mutating func begins(now: ContinuousClock.Instant) -> Bool {
        guard !isUnderWay else { return false }
        if let last, now < last + (hasDoubt ? pauseMin : interval) { return false }
        isUnderWay = true
        return true
    }

    mutating func ended(now: ContinuousClock.Instant, succeeded: Bool) {
        isUnderWay = false
        last = now
        hasDoubt = !succeeded
    }

    /// A server that should be there is not.
    mutating func connectionFailed() { hasDoubt = true }
}
