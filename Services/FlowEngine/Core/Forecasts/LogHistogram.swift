internal import Foundation

/// Counts of whole numbers in buckets that grow by 2 %: a value is known to 1 %, in at most 1,860 buckets whatever was counted. Two can be added.
public struct LogHistogram: Hashable, Sendable {
    private static let growth = 0.019_802_627_296_179_712  // ln 1.02
    private static let limit: Int64 = 1 << 53
    /// Of all counts together; from there on the past fades.
    private static let total: UInt64 = 1 << 20

    /// Ascending by bucket.
    private var buckets: [Int32: UInt64] = [:]
    public private(set) var count: UInt64 = 0

    public init() {}

    public mutating func record(_ value: Int64) { add(Self.bucket(value), 1) }

    public mutating func merge(_ other: LogHistogram) {
        for (bucket, count) in other.buckets { add(bucket, count) }
    }

    public func merged(with other: LogHistogram) -> LogHistogram {
        var sum = self
        sum.merge(other)
        return sum
    }

    private mutating func add(_ bucket: Int32, _ number: UInt64) {
        buckets[bucket, default: 0] += number
        count += number
        if count > Self.total { fade() }
    }

    private mutating func fade() {
        buckets = buckets.compactMapValues { $0 > 1 ? $0 / 2 : nil }
        count = buckets.values.reduce(0, +)
    }

    /// 0 is a bucket of its own.
    private static func bucket(_ value: Int64) -> Int32 {
        value < 1 ? 0 : Int32(log(Double(min(value, limit))) / growth) + 1
    }

    /// Of a bucket's lower end.
    private static func start(_ bucket: Int32) -> Double { bucket == 0 ? 0 : exp(Double(bucket - 1) * growth) }

    /// For many draws: buckets with what is below each.
    public func prepared() -> Quantiles {
        var below = 0.0
        var steps: [Quantiles.Step] = []
        for (bucket, count) in buckets.sorted(by: { $0.key < $1.key }) {
            steps.append(Quantiles.Step(below: below, count: Double(count), start: Self.start(bucket), end: bucket == 0 ? 0 : Self.start(bucket + 1)))
            below += Double(count)
        }
        return Quantiles(steps: steps, count: below)
    }

    // MARK: Bytes

    /// Pairs of variable-length numbers: the distance to the bucket before, and the count.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        func append(_ number: UInt64) {
            var rest = number
            while rest > 0x7F {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
        var last: Int32 = 0
        for (bucket, count) in buckets.sorted(by: { $0.key < $1.key }) {
            append(UInt64(bucket - last))
            append(count)
            last = bucket
        }
        return bytes
    }

    /// Nil for bytes that ``encoded`` does not make.
    public init?(encoded bytes: [UInt8]) {
        var index = 0
        func next() -> UInt64? {
            var (number, shift) = (UInt64(0), UInt64(0))
            while index < bytes.count, shift < 63 {
                defer { index += 1 }
                number |= UInt64(bytes[index] & 0x7F) << shift
                if bytes[index] < 0x80 { return number }
                shift += 7
            }
            return nil
        }
        var bucket: UInt64 = 0
        while index < bytes.count {
            guard let distance = next(), let count = next(), distance <= 2_000, count > 0, count <= Self.total else { return nil }
            bucket += distance
            guard bucket <= 2_000, buckets[Int32(bucket)] == nil else { return nil }
            add(Int32(bucket), count)
        }
    }
}

/// A distribution from counts, for drawing and for asking.
public struct Quantiles: Sendable {
    struct Step: Sendable {
        var below: Double
        var count: Double
        var start: Double
        var end: Double
    }

    let steps: [Step]
    public let count: Double

    /// The value below which the next observation is with probability `u`. Between n observations it finds itself with probability
    /// (n - 1) / (n + 1) only: what is left belongs to the tails, which go on as steeply as they came.
    public func value(at u: Double) -> Double {
        guard count > 0, let first = steps.first, let last = steps.last else { return 0 }
        let rank = u * (count + 1) - 0.5
        if rank <= 0 { return first.start * exp(-tail(from: 0.1, to: 0) * log(0.5 / max(rank + 0.5, 1e-6))) }
        if rank >= count {
            let left = max((1 - u) * (count + 1), 1e-6)
            return last.end * exp(min(tail(from: 0.9, to: 1) * log(0.5 / left), 2))
        }
        return inside(rank)
    }

    /// Values as they were seen, without tails.
    public func quantile(_ u: Double) -> Double { count > 0 ? inside(min(max(u, 0), 1) * count) : 0 }

    /// The share of observations up to `value`.
    public func share(upTo value: Double) -> Double {
        guard count > 0 else { return 0 }
        var (low, high) = (0, steps.count)
        while low < high {
            let middle = (low + high) / 2
            if steps[middle].start <= value { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return 0 }
        let step = steps[low - 1]
        let within = step.end > step.start ? min(1, (value - step.start) / (step.end - step.start)) : 1
        return (step.below + step.count * within) / count
    }

    public var mean: Double { count > 0 ? steps.reduce(0) { $0 + $1.count * ($1.start + $1.end) / 2 } / count : 0 }

    private func inside(_ rank: Double) -> Double {
        var (low, high) = (0, steps.count)
        while low < high {
            let middle = (low + high) / 2
            if steps[middle].below <= rank { low = middle + 1 } else { high = middle }
        }
        let step = steps[max(low - 1, 0)]
        return step.start + (step.end - step.start) * min(1, max(0, (rank - step.below) / step.count))
    }

    /// How much the logarithm grows from one quantile to an end, for each power of e fewer observations.
    private func tail(from: Double, to: Double) -> Double {
        guard count >= 5 else { return 0.5 }
        let (inner, outer) = (max(inside(from * count), 1), max(inside(to * count), 1))
        return min(abs(log(outer / inner)) / log(max(0.1 * count, 2.7)), 1)
    }
}
