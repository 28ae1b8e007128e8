internal import RPC

/// What becomes of a message whose delivery failed. Pure.
enum RelayVerdict: Equatable {
    case retry(after: Duration)
    /// It cannot succeed and would hold up all that follow it: set aside for a person.
    case park

    static let firstPause = Duration.milliseconds(100)
    static let longestPause = Duration.seconds(30)
    /// How often a failure that may be the message's fault is tried.
    static let attemptsMax = 20

    /// - Parameters:
    ///   - attempts: How often delivery has failed before.
    ///   - jitter: In 0..<1.
    init(_ error: RPCError, attempts: Int, jitter: Double) {
        switch error.code {
        case .invalidArgument, .outOfRange:
            self = .park
        case .unavailable, .deadlineExceeded, .resourceExhausted, .cancelled, .aborted, .permissionDenied, .unauthenticated, .unimplemented:
            // The receiver or the configuration is at fault, and both recover.
            self = .retry(after: Self.pause(error, attempts, jitter))
        default:
            self = attempts + 1 < Self.attemptsMax ? .retry(after: Self.pause(error, attempts, jitter)) : .park
        }
    }

    /// Exponential with full jitter, but never sooner than the receiver asked.
    private static func pause(_ error: RPCError, _ attempts: Int, _ jitter: Double) -> Duration {
        let ceiling = min(longestPause, firstPause * (1 << min(attempts, 10)))
        return max(firstPause / 2, ceiling * jitter, error.retryAfter ?? .zero)
    }
}
