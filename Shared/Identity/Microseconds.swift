public import FoundationEssentials

/// Whole microseconds since 1970, as the wire, the receipts and the databases count time. There is one rounding for all of them: where a
/// moment is stored in two ways, neither is before the other.
extension Date {
    private static let referenceMicros: Int64 = 978_307_200_000_000
    /// Farther from now than any moment that fits into 64 bits of microseconds.
    private static let limit: TimeInterval = 9.2e12

    public init(micros: Int64) { self.init(timeIntervalSince1970: Double(micros) / 1_000_000) }

    /// To the nearest; beyond the range of `Int64`, its end.
    public var micros: Int64 {
        let seconds = timeIntervalSinceReferenceDate
        guard seconds.magnitude < Self.limit else { return seconds < 0 ? .min : .max }
        // Whole seconds apart: a Double of their product would round a second time.
        let whole = seconds.rounded(.down)
        return Int64(whole) * 1_000_000 + Int64(((seconds - whole) * 1_000_000).rounded()) + Self.referenceMicros
    }
}
