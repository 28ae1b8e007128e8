public import FoundationEssentials

/// A run that will not go on by itself, or not for the reason that it waits for, and what to do about it.
public struct StuckRun: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// Worker after worker takes it up and does not give it back.
        case lease
        /// Nobody sends the event.
        case event
        /// Nobody has the role.
        case nobody
        /// What it may spend is spent.
        case budget
    }

    public var kind: Kind
    public var node: String
    public var text: String
    /// What to do next, in one sentence.
    public var nextAction: String
    public var since: Date
}

/// Tells waiting from being stuck.
public struct StuckDetector: Sendable {
    /// Claims without a step in between. Each was a worker that died, or was too slow for its lease.
    public static let claimsMax = 3
    /// For so long an event may be late before somebody is told that nothing sends it.
    public static let eventPatience: TimeInterval = 3_600

    /// What only the database knows about a run's surroundings.
    public struct Surroundings: Sendable {
        /// Claims since the run last moved.
        public var claims = 0
        public var isLeaseOver = false
        /// Kinds of events that came in the last week.
        public var eventsSeen: Set<String> = []
        /// Roles that somebody of the tenant has been seen with; nil where nobody knows.
        public var rolesHeld: Set<String>?

        public init() {}
    }

    let now: Date

    public init(now: Date) { self.now = now }

    /// The worst first; nil for a run that only waits.
    public func verdict(_ causes: [WaitCause], _ around: Surroundings) -> StuckRun? {
        if around.claims >= Self.claimsMax, around.isLeaseOver, let cause = causes.first {
            return StuckRun(
                kind: .lease, node: cause.node, text: "\(around.claims) workers have taken it up since it last moved, and none gave it back",
                nextAction: "look for the run's id in the log of the flow engine, then skip the step '\(cause.node)' or cancel the run",
                since: cause.since)
        }
        return causes.lazy.compactMap { stuck($0, around) }.first
    }

    private func stuck(_ cause: WaitCause, _ around: Surroundings) -> StuckRun? {
        switch cause.kind {
        case .quota:
            return StuckRun(
                kind: .budget, node: cause.node, text: cause.text, nextAction: "raise the budget or wait for its next period; or cancel the run",
                since: cause.since)
        case .person:
            guard let held = around.rolesHeld, !held.contains(cause.role) else { return nil }
            return StuckRun(
                kind: .nobody, node: cause.node, text: "nobody has the role \(cause.role) that it waits for",
                nextAction: "give somebody the role \(cause.role), or reassign the task", since: cause.since)
        case .event:
            guard !around.eventsSeen.contains(cause.event), now.timeIntervalSince(cause.since) > Self.eventPatience else { return nil }
            return StuckRun(
                kind: .event, node: cause.node, text: "it waits for the event \(cause.event), and none has come from anywhere for a week",
                nextAction: "check that something sends \(cause.event), or skip the step '\(cause.node)' by its timeout", since: cause.since)
        default: return nil
        }
    }
}
