/// How long to wait before connecting again: exponential with full jitter. Pure: randomness is handed in.
struct Backoff {
    private let base: Duration
    private let max: Duration
    private var failures = 0

    init(base: Duration = .milliseconds(50), max: Duration = .seconds(2)) {
        self.base = base
        self.max = max
    }

    mutating func failed(random: Double) -> Duration {
        let ceiling = min(max, base * (1 << min(failures, 16)))
        failures += 1
        return ceiling * random
    }

    mutating func succeeded() { failures = 0 }
}
