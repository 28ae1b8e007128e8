internal import Glibc

/// What one run of a load gave, as the control script reads it.
struct Measurement: Codable {
    var calls = 0
    var failed = 0
    var seconds = 0.0
    var p50Micros = 0.0
    var p95Micros = 0.0
    var p99Micros = 0.0
    /// By status, for loads that expect refusals.
    var statuses: [String: Int] = [:]
    /// Calls that a generator at a fixed rate could not send in time.
    var late = 0

    /// - Parameter nanoseconds: One per call that succeeded, in any order.
    init(nanoseconds: [UInt64], seconds: Double) {
        let sorted = nanoseconds.sorted()
        calls = sorted.count
        self.seconds = seconds
        p50Micros = Self.percentile(50, of: sorted)
        p95Micros = Self.percentile(95, of: sorted)
        p99Micros = Self.percentile(99, of: sorted)
    }

    private static func percentile(_ percent: Int, of sorted: [UInt64]) -> Double {
        guard !sorted.isEmpty else { return 0 }
        return Double(sorted[min(sorted.count - 1, sorted.count * percent / 100)]) / 1_000
    }
}

/// What this process has used so far.
struct Usage: Codable {
    let cpuMicros: Int
    let residentKiBMax: Int

    static func now() -> Usage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let micros = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000 + Int(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
        return Usage(cpuMicros: Int(micros), residentKiBMax: Int(usage.ru_maxrss))
    }
}

/// One clock for all processes of the machine.
func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
