/// How long callers waited for a connection, counted in buckets. Cumulative since the pool began.
public struct WaitHistogram: Sendable, Hashable {
    /// Upper bounds in seconds; longer waits count in ``count`` only.
    public static let bounds: [Double] = [0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

    /// For each of ``bounds``, the waits that fell between it and the bound before it.
    public private(set) var counts: [UInt64] = Array(repeating: 0, count: bounds.count)
    public private(set) var count: UInt64 = 0
    public private(set) var sumSeconds = 0.0

    mutating func record(_ wait: Duration) {
        count += 1
        guard wait > .zero else {
            counts[0] += 1
            return
        }
        let seconds = wait / .seconds(1)
        sumSeconds += seconds
        if let bucket = Self.bounds.firstIndex(where: { seconds <= $0 }) { counts[bucket] += 1 }
    }
}
