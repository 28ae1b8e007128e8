internal import Glibc

/// What one run of a load gave, as the control script reads it.
struct Measurement: Encodable {
    let calls: Int
    let seconds: Double
    let p50Micros: Double
    let p95Micros: Double

    /// - Parameter nanoseconds: One per call, in any order.
    init(nanoseconds: [UInt64], seconds: Double) {
        let sorted = nanoseconds.sorted()
        func percentile(_ percent: Int) -> Double {
            sorted.isEmpty ? 0 : Double(sorted[min(sorted.count - 1, sorted.count * percent / 100)]) / 1_000
        }
        calls = sorted.count
        self.seconds = seconds
        p50Micros = percentile(50)
        p95Micros = percentile(95)
    }
}

/// What this process has used so far.
struct Usage: Encodable {
    let cpuMicros: Int

    static func now() -> Usage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return Usage(cpuMicros: seconds * 1_000_000 + Int(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec))
    }
}

/// One clock for all processes of the machine.
func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
