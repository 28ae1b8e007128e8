/// The tries of one call. Pure: time, randomness and the channel's throttle are handed in.
struct RetryState {
    enum Verdict: Equatable {
        case stop
        case again(after: Duration)
    }

    private let policy: RetryPolicy
    private let mayRunTwice: Bool
    private var backoff: Backoff
    /// So far.
    private(set) var attempts = 1

    /// - Parameter mayRunTwice: The method is idempotent, or the call carries a key under which the server knows it again.
    init(policy: RetryPolicy, mayRunTwice: Bool) {
        self.policy = policy
        self.mayRunTwice = mayRunTwice
        backoff = Backoff(base: policy.backoffBase, max: policy.backoffMax)
    }

    /// - Parameter random: 0...1
    mutating func failed(
        _ error: RPCError, now: ContinuousClock.Instant, deadline: ContinuousClock.Instant, throttle: inout RetryThrottle, random: Double
    ) -> Verdict {
        guard RetryPolicy.isRetryable(error) else { return .stop }
        throttle.failed()
        guard mayRunTwice, attempts < policy.attemptsMax, throttle.allowsRetry else { return .stop }
        let pause: Duration
        if let asked = error.retryAfter {
            // Below zero the server says: not again.
            guard asked >= .zero else { return .stop }
            pause = asked
            backoff.succeeded()
        } else {
            pause = backoff.failed(random: random)
        }
        // A try that could only end at the deadline would burden the server for nothing.
        guard now + pause < deadline else { return .stop }
        attempts += 1
        return .again(after: pause)
    }
}
