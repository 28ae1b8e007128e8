/// When a call that failed is tried again, as gRPC has it (gRFC A6).
///
/// What certainly never ran is sent elsewhere once, whatever the method: see `Resending`. Beyond that only calls that may run
/// twice without harm are tried again: those of methods marked idempotent, and those with an idempotency key.
public struct RetryPolicy: Hashable, Sendable {
    /// The first try included.
    public var attemptsMax = 3
    /// Before try n, a random part of `backoffBase` times 2 to the n, at most `backoffMax`; what the server asks for goes first.
    public var backoffBase = Duration.milliseconds(25)
    public var backoffMax = Duration.seconds(1)
    public var throttle = Throttle()

    /// Keeps a client from multiplying the load on a service that fails: a failure costs a token, a success gives a part of one
    /// back, and nothing is tried again while half of them or fewer are left.
    public struct Throttle: Hashable, Sendable {
        public var tokensMax = 10
        /// Thousandths of a token that a success gives back.
        public var returnedPerSuccess = 100

        public init() {}
    }

    public init() {}

    /// UNAVAILABLE says that the call may be sent again as it is. RESOURCE_EXHAUSTED says so only where it says when: without
    /// that, asking again makes it worse. ABORTED means that something larger than the call must begin again, DEADLINE_EXCEEDED
    /// that there is no time left, INTERNAL and UNKNOWN that a second try meets the same bug.
    static func isRetryable(_ error: RPCError) -> Bool {
        switch error.code {
        case .unavailable: error.reason != RPCError.clientClosed.reason
        case .resourceExhausted: error.retryAfter != nil
        default: false
        }
    }
}

extension RPCError {
    static let clientClosed = RPCError.unavailable("CLIENT_CLOSED", "the channel is closed")
}
