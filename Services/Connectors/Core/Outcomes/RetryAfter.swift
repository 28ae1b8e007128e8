/// When a vendor wants to be asked again (RFC 9110 §10.2.3).
enum RetryAfter {
    static let longest = Duration.seconds(3_600)

    /// Seconds only: no vendor of ours sends a date.
    static func read(_ headers: [String: String]) -> Duration? {
        guard let text = headers["retry-after"], let seconds = Int64(text), seconds >= 0 else { return nil }
        return min(.seconds(seconds), longest)
    }
}
