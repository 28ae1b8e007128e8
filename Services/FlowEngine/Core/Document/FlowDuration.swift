/// A span of time as a flow writes it: `30s`, `1h30m`, `500ms`, `7d`.
public struct FlowDuration: Hashable, Sendable, CustomStringConvertible {
    public var milliseconds: Int64

    /// A year: whatever waits longer is a mistake.
    public static let maximum = FlowDuration(milliseconds: 366 * 86_400_000)

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Nil unless `text` is numbers with units, largest first, above zero and at most ``maximum``.
    public init?(_ text: String) {
        var total: Int64 = 0
        var previous = Int64.max
        var rest = Substring(text)
        guard !rest.isEmpty, text.utf8.count <= 32 else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            let unit = rest.dropFirst(digits.count).prefix { ("a"..."z").contains($0) }
            guard let number = Int64(digits), let scale = Self.scales[String(unit)], scale < previous else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: scale)
            guard !overflow, product <= Self.maximum.milliseconds else { return nil }
            total += product
            previous = scale
            rest = rest.dropFirst(digits.count + unit.count)
        }
        guard total > 0, total <= Self.maximum.milliseconds else { return nil }
        milliseconds = total
    }

    public var seconds: Double { Double(milliseconds) / 1000 }

    public var description: String {
        var rest = milliseconds
        var text = ""
        for (unit, scale) in [("d", Int64(86_400_000)), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)] where rest >= scale {
            text += "\(rest / scale)\(unit)"
            rest %= scale
        }
        return text.isEmpty ? "0s" : text
    }

    private static let scales: [String: Int64] = ["d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1]
}
