/// The tries of one hedged call. Pure.
struct HedgeState {
    enum Step: Equatable {
        case wait
        /// The number of the try, from 0.
        case start(Int)
        /// The call ends as this try did; the others are cancelled.
        case finish
    }

    private let attemptsMax: Int
    private var running = 1
    /// The server asked not to be asked again, or not soon.
    private var isHeld = false
    /// Begun so far.
    private(set) var attempts = 1

    init(policy: HedgePolicy) { attemptsMax = policy.attemptsMax }

    /// The last try begun has no answer yet, after the time it was given.
    mutating func waited(throttle: RetryThrottle) -> Step {
        mayStart(throttle) ? start() : .wait
    }

    /// A try ended, with nil where it succeeded.
    mutating func ended(_ error: RPCError?, throttle: inout RetryThrottle) -> Step {
        running -= 1
        guard let error else {
            throttle.succeeded()
            return .finish
        }
        // Any other code would be the answer of the other tries too.
        guard RetryPolicy.isRetryable(error) else { return .finish }
        throttle.failed()
        if error.retryAfter != nil { isHeld = true }
        if mayStart(throttle) { return start() }
        return running == 0 ? .finish : .wait
    }

    private func mayStart(_ throttle: RetryThrottle) -> Bool {
        attempts < attemptsMax && !isHeld && throttle.allowsRetry
    }

    private mutating func start() -> Step {
        attempts += 1
        running += 1
        return .start(attempts - 1)
    }
}
