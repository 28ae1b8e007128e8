internal import CEL
public import FoundationEssentials

/// RFC 3339 in UTC with milliseconds, as people, expressions and receipts read it.
public enum Timestamp {
    public static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// Also with an offset, and to any fraction of a second.
    public static func date(_ text: String) -> Date? {
        CELTimestamp(parsing: text).map { Date(timeIntervalSince1970: Double($0.seconds) + Double($0.nanoseconds) / 1e9) }
    }
}
