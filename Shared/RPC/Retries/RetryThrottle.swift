/// The tokens of one channel, shared by all its calls. Pure.
struct RetryThrottle: Hashable, Sendable {
    private static let whole = 1000
    private let max: Int
    private let returned: Int
    /// Thousandths of tokens.
    private(set) var tokens: Int

    init(_ settings: RetryPolicy.Throttle = .init()) {
        max = settings.tokensMax * Self.whole
        returned = settings.returnedPerSuccess
        tokens = max
    }

    mutating func succeeded() { tokens = min(max, tokens + returned) }

    /// With a code that asks for another try, whether or not there is one.
    mutating func failed() { tokens = Swift.max(0, tokens - Self.whole) }

    var allowsRetry: Bool { tokens > max / 2 }
}
