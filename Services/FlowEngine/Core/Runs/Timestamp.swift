public import FoundationEssentials

/// RFC 3339 in UTC with milliseconds, as people, expressions and receipts read it.
public enum Timestamp {
    public static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
