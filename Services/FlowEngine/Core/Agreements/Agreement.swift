public import FoundationEssentials

/// What a flow promises about time: how long a run, or one step of it, may take in working time, and what happens when that is in danger.
public struct Agreement: Sendable {
    public enum Moment: String, Sendable, CaseIterable {
        /// The warn share of the target has passed.
        case warn
        /// History says that the target will be missed.
        case risk
        case breach
    }

    public enum Reaction: Hashable, Sendable {
        /// An item in the inbox of everybody with the role.
        case notify(role: String)
        /// A run of another flow; its trigger tells of this one.
        case start(flow: String)
        /// The run goes before others of its tenant.
        case raisePriority

        public var text: String {
            switch self {
            case .notify(let role): "notified \(role)"
            case .start(let flow): "started \(flow)"
            case .raisePriority: "raised the priority"
            }
        }
    }

    public static let standardWarn = 0.8

    public var target: FlowDuration
    /// The working time it is counted in.
    public var calendar: String
    public var warn: Double
    public var reactions: [Moment: [Reaction]]
}

/// Everything that a flow promises.
public struct Agreements: Sendable {
    public var calendars: [String: BusinessCalendar]
    /// Of the whole run.
    public var run: Agreement?
    /// Of steps, by their node.
    public var steps: [String: Agreement]

    public static let none = Agreements(calendars: [:], run: nil, steps: [:])

    /// The name of the calendar in which all time counts.
    public static let always = "always"

    public var isEmpty: Bool { run == nil && steps.isEmpty }

    public func clock(of agreement: Agreement, from start: Date) -> AgreementClock? {
        guard let calendar = calendars[agreement.calendar] else { return nil }
        let share = FlowDuration(milliseconds: max(1, Int64(Double(agreement.target.milliseconds) * agreement.warn)))
        guard let warn = calendar.moment(after: share, from: start), let due = calendar.moment(after: agreement.target, from: start) else {
            return nil
        }
        return AgreementClock(start: start, warn: warn, due: due)
    }
}

/// An agreement on the wall: from when, and until when.
public struct AgreementClock: Hashable, Sendable {
    public var start: Date
    public var warn: Date
    public var due: Date

    public init(start: Date, warn: Date, due: Date) {
        self.start = start
        self.warn = warn
        self.due = due
    }

    /// How likely it is that the target is missed before it is called a risk.
    public static let riskFrom = 0.5

    public enum State: String, Sendable, CaseIterable {
        case onTrack = "on-track", warned, atRisk = "at-risk", breached, met

        /// The moments that have come with it.
        public var moments: [Agreement.Moment] {
            switch self {
            case .onTrack, .met: []
            case .warned: [.warn]
            case .atRisk: [.risk]
            case .breached: [.breach]
            }
        }
    }

    /// - Parameters:
    ///   - end: When it was over; nil while it goes on.
    ///   - breach: The probability that the target will be missed; nil where history does not say.
    public func state(at now: Date, end: Date? = nil, breach: Double?) -> State {
        if let end { return end <= due ? .met : .breached }
        if now > due { return .breached }
        if let breach, breach >= Self.riskFrom { return .atRisk }
        return now >= warn ? .warned : .onTrack
    }
}
