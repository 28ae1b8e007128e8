/// How long the calls of each method run: what a tenant is charged for a call before it has run.
struct ServiceTimes {
    private static let gain = 1.0 / 16
    static let initial = 1_000_000.0
    /// A call costs something, however short it is.
    static let min = 10_000.0

    private struct Mean {
        var recent: Double
        /// Over hundreds of calls: what is usual, whatever goes on right now.
        var usual: Double
    }

    private static let usualGain = 1.0 / 512
    private var means: [UInt32: Mean] = [:]

    /// In nanoseconds. Bounded by the number of methods: ids are checked before they come here.
    func expected(_ method: UInt32) -> Double { means[method]?.recent ?? Self.initial }

    func usual(_ method: UInt32) -> Double { means[method]?.usual ?? Self.initial }

    mutating func took(_ method: UInt32, _ time: Double) {
        let time = Swift.max(Self.min, time)
        guard var mean = means[method] else {
            means[method] = Mean(recent: time, usual: time)
            return
        }
        mean.recent += (time - mean.recent) * Self.gain
        mean.usual += (time - mean.usual) * Self.usualGain
        means[method] = mean
    }
}

extension Duration {
    var inNanoseconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) * 1e9 + Double(attoseconds) / 1e9
    }
}
