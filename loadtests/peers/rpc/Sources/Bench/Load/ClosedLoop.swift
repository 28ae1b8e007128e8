/// So many callers, each of which sends its next call when the last one was answered.
struct ClosedLoop {
    let inFlight: Int
    let seconds: Double

    func run(_ call: @escaping @Sendable () async throws -> Void) async throws -> Measurement {
        let start = monotonicNanoseconds()
        let end = start + UInt64(seconds * 1e9)
        let all = try await withThrowingTaskGroup(of: [UInt64].self) { group in
            for _ in 0..<inFlight {
                group.addTask {
                    var latencies: [UInt64] = []
                    latencies.reserveCapacity(1 << 14)
                    var before = monotonicNanoseconds()
                    while before < end {
                        try await call()
                        let after = monotonicNanoseconds()
                        latencies.append(after - before)
                        before = after
                    }
                    return latencies
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return Measurement(nanoseconds: all, seconds: Double(monotonicNanoseconds() - start) / 1e9)
    }
}
