internal import FoundationEssentials
internal import Identity

/// The server counts microseconds from 2000-01-01T00:00:00Z.
enum PostgresTimestamp {
    static let epoch: Double = 946_684_800
    private static let epochMicros: Int64 = 946_684_800_000_000

    static func microseconds(of date: Date) throws(PostgresError) -> Int64 {
        let seconds = date.timeIntervalSince1970 - epoch
        guard seconds.isFinite, abs(seconds) < 9e11 else { throw .invalidParameter("a date out of range") }
        return date.micros - epochMicros
    }

    /// Nil for the server's infinities, and for its last years, which 64 bits do not reach from 1970.
    static func date(microseconds: Int64) -> Date? {
        guard microseconds != .max, microseconds != .min else { return nil }
        let (micros, isBeyond) = microseconds.addingReportingOverflow(epochMicros)
        return isBeyond ? nil : Date(micros: micros)
    }

    static func date(days: Int32) -> Date? {
        guard days != .max, days != .min else { return nil }
        return Date(timeIntervalSince1970: epoch + Double(days) * 86_400)
    }
}
