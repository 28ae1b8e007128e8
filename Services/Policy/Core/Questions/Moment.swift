internal import FoundationEssentials

/// Times as people read them in sentences: RFC 3339 in UTC, to the second.
enum Moment {
    static func text(_ time: Date) -> String { time.formatted(.iso8601) }
}
