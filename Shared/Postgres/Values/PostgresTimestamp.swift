internal import FoundationEssentials

/// The server counts microseconds from 2000-01-01T00:00:00Z.
enum PostgresTimestamp {
    static let epoch: Double = 946_684_800
    private static let microsecondsPerSecond: Int64 = 1_000_000

    static func microseconds(of date: Date) throws(PostgresError) -> Int64 {
        let seconds = date.timeIntervalSince1970 - epoch
        guard seconds.isFinite, abs(seconds) < 9e11 else { throw .invalidParameter("a date out of range") }
        // Whole seconds apart, because a Double of the product would lose the microseconds.
        let whole = seconds.rounded(.down)
        return Int64(whole) * microsecondsPerSecond + Int64(((seconds - whole) * 1e6).rounded())
    }

    /// Nil for the server's infinities.
    static func date(microseconds: Int64) -> Date? {
        guard microseconds != .max, microseconds != .min else { return nil }
        return Date(timeIntervalSince1970: epoch + Double(microseconds) / 1e6)
    }

    static func date(days: Int32) -> Date? {
        guard days != .max, days != .min else { return nil }
        return Date(timeIntervalSince1970: epoch + Double(days) * 86_400)
    }
}
