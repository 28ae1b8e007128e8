/// When a listener's connection is opened, subscribed and opened again. Pure: time and jitter are parameters.
struct ListenerStateMachine {
    typealias Instant = ContinuousClock.Instant

    enum Action: Equatable {
        case open
        case subscribe
        case tell(ListenerEvent)
    }

    private enum State: Equatable {
        /// May become `subscribing` or `waiting`.
        case opening
        /// May become `live` or `waiting`.
        case subscribing
        /// May become `waiting`.
        case live
        /// May become `opening`.
        case waiting(until: Instant)
        /// Stays.
        case stopped
    }

    private let limits: PoolLimits
    private var state = State.opening
    private var failures = 0
    private var hasListened = false

    init(limits: PoolLimits) { self.limits = limits }

    var nextDeadline: Instant? { if case .waiting(let instant) = state { instant } else { nil } }

    mutating func start() -> [Action] { [.open] }

    mutating func established() -> [Action] {
        guard state == .opening else { return [] }
        state = .subscribing
        return [.subscribe]
    }

    mutating func subscribed() -> [Action] {
        guard state == .subscribing else { return [] }
        state = .live
        failures = 0
        defer { hasListened = true }
        return (hasListened ? [.tell(.mayHaveMissed)] : []) + [.tell(.listening)]
    }

    /// `jitter` is in 0..<1.
    mutating func lost(jitter: Double, now: Instant) {
        guard state != .stopped else { return }
        failures += 1
        state = .waiting(until: now + limits.backoff(afterFailures: failures, jitter: jitter))
    }

    mutating func timerFired(now: Instant) -> [Action] {
        guard case .waiting(let instant) = state, instant <= now else { return [] }
        state = .opening
        return [.open]
    }

    mutating func stop() { state = .stopped }
}
