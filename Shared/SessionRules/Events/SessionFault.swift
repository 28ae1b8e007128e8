/// Why a monitor gives no answer. Whoever asked for a decision must then take the strictest one.
public enum SessionFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The session holds more events within the windows of its rules than are kept.
    case tooManyEvents(limit: Int)
    /// A rule looked at more than may be looked at for one decision.
    case tooManySteps(limit: Int)
    case stateTooLarge(limit: Int)
    case unreadableState(String)
    /// It is not in flight: never reserved, settled, or given back.
    case noReservation

    public var description: String {
        switch self {
        case .tooManyEvents(let limit): "the session holds more than \(limit) events within the windows of its rules"
        case .tooManySteps(let limit): "the session rules took more than \(limit) steps"
        case .stateTooLarge(let limit): "the state of the session has more than \(limit) bytes"
        case .unreadableState(let reason): "the state of the session cannot be read: \(reason)"
        case .noReservation: "the request is not in flight"
        }
    }
}

/// What one session may cost at the most.
public struct SessionLimits: Sendable {
    /// Events that are kept, each as often as it is kept under different kinds.
    public var events: Int
    /// Steps of evaluation for one decision.
    public var steps: Int
    /// Bytes of the stored state.
    public var stateSize: Int

    public init(events: Int = 20_000, steps: Int = 2_000_000, stateSize: Int = 4 << 20) {
        self.events = events
        self.steps = steps
        self.stateSize = stateSize
    }

    public static let `default` = SessionLimits()
}
