internal import Synchronization

/// Counters, gauges and histograms of one process, in Prometheus's text format 0.0.4. Series are bounded: labels that would make more
/// are counted under `other`.
public final class MetricsRegistry: Sendable {
    public typealias Labels = [(String, String)]

    public static let seriesPerMetricMax = 200
    /// Seconds.
    public static let latencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private enum Kind: String {
        case counter, gauge, histogram
    }

    private struct Distribution {
        var bounds = latencyBuckets
        var counts: [UInt64]
        var sum = 0.0
        var count: UInt64 = 0
    }

    private struct Metric {
        let kind: Kind
        let help: String
        var values: [String: Double] = [:]
        var distributions: [String: Distribution] = [:]

        var seriesCount: Int { max(values.count, distributions.count) }
        func has(_ series: String) -> Bool { values[series] != nil || distributions[series] != nil }
    }

    private let metrics = Mutex<[String: Metric]>([:])

    public init() {}

    public func count(_ name: String, help: String, by amount: Double = 1, labels: Labels = []) {
        change(name, .counter, help, labels) { $0.values[$1, default: 0] += amount }
    }

    public func set(_ name: String, help: String, to value: Double, labels: Labels = []) {
        change(name, .gauge, help, labels) { $0.values[$1] = value }
    }

    /// Of a counter that something else keeps.
    public func setTotal(_ name: String, help: String, to value: Double, labels: Labels = []) {
        change(name, .counter, help, labels) { $0.values[$1] = value }
    }

    /// Of a histogram that something else keeps; `counts` are those of each bucket alone.
    public func setDistribution(
        _ name: String, help: String, bounds: [Double], counts: [UInt64], sum: Double, count: UInt64, labels: Labels = []
    ) {
        change(name, .histogram, help, labels) {
            $0.distributions[$1] = Distribution(bounds: bounds, counts: counts, sum: sum, count: count)
        }
    }

    /// Into ``latencyBuckets``; names end with `_seconds`.
    public func observe(_ name: String, help: String, _ duration: Duration, labels: Labels = []) {
        let seconds = duration / .seconds(1)
        change(name, .histogram, help, labels) { metric, series in
            var distribution = metric.distributions[series] ?? Distribution(counts: Array(repeating: 0, count: Self.latencyBuckets.count))
            if let bucket = Self.latencyBuckets.firstIndex(where: { seconds <= $0 }) { distribution.counts[bucket] += 1 }
            distribution.sum += seconds
            distribution.count += 1
            metric.distributions[series] = distribution
        }
    }

    /// What `/metrics` answers.
    public func text() -> String {
        metrics.withLock { metrics in
            metrics.sorted { $0.key < $1.key }.map { name, metric in
                (["# HELP \(name) \(metric.help)", "# TYPE \(name) \(metric.kind.rawValue)"] + Self.lines(name, metric)).joined(separator: "\n")
                    + "\n"
            }.joined()
        }
    }

    private func change(_ name: String, _ kind: Kind, _ help: String, _ labels: Labels, _ body: (inout Metric, String) -> Void) {
        metrics.withLock { metrics in
            var metric = metrics[name] ?? Metric(kind: kind, help: help)
            precondition(metric.kind == kind, "\(name) is a \(metric.kind.rawValue)")
            var series = Self.series(labels)
            if !metric.has(series), metric.seriesCount >= Self.seriesPerMetricMax { series = Self.series(labels.map { ($0.0, "other") }) }
            body(&metric, series)
            metrics[name] = metric
        }
    }

    private static func series(_ labels: Labels) -> String {
        labels.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",")
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    private static func lines(_ name: String, _ metric: Metric) -> [String] {
        func braced(_ series: String) -> String { series.isEmpty ? "" : "{\(series)}" }
        let plain = metric.values.sorted { $0.key < $1.key }.map { "\(name)\(braced($0.key)) \($0.value)" }
        let distributions = metric.distributions.sorted { $0.key < $1.key }.flatMap { series, distribution -> [String] in
            let prefix = series.isEmpty ? "" : series + ","
            var total: UInt64 = 0
            let buckets = zip(distribution.bounds, distribution.counts).map { bound, count -> String in
                total += count
                return "\(name)_bucket{\(prefix)le=\"\(bound)\"} \(total)"
            }
            return buckets + [
                "\(name)_bucket{\(prefix)le=\"+Inf\"} \(distribution.count)", "\(name)_sum\(braced(series)) \(distribution.sum)",
                "\(name)_count\(braced(series)) \(distribution.count)",
            ]
        }
        return plain + distributions
    }
}
