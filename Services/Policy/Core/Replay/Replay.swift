internal import Cedar
public import FoundationEssentials
internal import JSON
internal import SessionRules
internal import Trust

/// What a draft would have decided, decision by decision, from the oldest to the newest.
public struct Replay: Sendable {
    /// Why a decision cannot be replayed.
    public enum Gap: String, CaseIterable, Hashable, Sendable {
        /// What it was about was erased, and the satisfied sets do not settle it.
        case erasedContext = "erased-context"
        /// Other rules of evaluation answered: a difference would not be of the policies.
        case otherEngine = "other-engine"
        /// What is stored is not what was decided on.
        case missingSlice = "missing-slice"
        /// The draft asks a session rule that was not asked then: what it would have said is not in the log.
        case unknownSessionRule = "unknown-session-rule"
        /// It is no question that policies can be asked, for example since the draft's hierarchy has a cycle with it.
        case unaskable
    }

    public enum Treatment: Hashable, Sendable {
        case verdict(Verdict, how: How)
        /// With what the decision was about, by ``weigh(_:_:)``.
        case weigh
        case gap(Gap)
    }

    /// How a verdict was come by.
    public enum How: String, CaseIterable, Hashable, Sendable {
        /// No changed policy fits the request.
        case unchanged
        /// By set algebra over what was satisfied then.
        case settled
        case weighed
    }

    public let draft: CompiledBundle
    private let judge: Judge
    private let engine: String
    private let isFull: Bool
    private var plans: [SHA256Digest: ReplayPlan] = [:]
    private var tally: ReplayTally

    /// - Parameters:
    ///   - engine: Which rules of evaluation answer here.
    ///   - isFull: Weighs every decision, whatever the difference is.
    ///   - examplesMax: Kept of each pair of verdicts.
    public init(draft: CompiledBundle, engine: String, isFull: Bool = false, examplesMax: Int = 3) {
        self.draft = draft
        self.engine = engine
        self.isFull = isFull
        judge = Judge(bundle: draft)
        tally = ReplayTally(examplesMax: examplesMax)
    }

    /// A bundle that decided in the window. Decisions of bundles that are not known are weighed.
    public mutating func know(_ bundle: CompiledBundle) {
        if !isFull { plans[bundle.digest] = ReplayPlan(from: bundle, to: draft) }
    }

    /// What can be said without what the decision was about.
    public mutating func treat(_ decision: LoggedDecision) -> Treatment {
        guard decision.engine == engine else { return .gap(.otherEngine) }
        switch plans[decision.bundle]?.treat(decision) {
        case .unchanged: return .verdict(decision.verdict, how: .unchanged)
        case .settled(let verdict): return .verdict(verdict, how: .settled)
        case .weigh, nil: return .weigh
        }
    }

    /// Weighs without counting: for callers that weigh several at once.
    public var weigher: ReplayWeigher { ReplayWeigher(draft: draft, judge: judge) }

    public func weigh(_ decision: LoggedDecision, _ content: LoggedDecision.Content) -> Treatment { weigher.weigh(decision, content) }

    /// Counts a decision, after those before it: what comes after a session's first other verdict would not have come so.
    public mutating func note(_ decision: LoggedDecision, _ treatment: Treatment) { tally.note(decision, treatment) }

    /// All three steps, for a caller that has everything at hand.
    public mutating func add(_ decision: LoggedDecision, _ content: LoggedDecision.Content?) {
        var treatment = treat(decision)
        if treatment == .weigh { treatment = content.map { weigh(decision, $0) } ?? .gap(.erasedContext) }
        note(decision, treatment)
    }

    public func report(since: Date, until: Date) -> ReplayReport {
        ReplayReport(tally: tally, draft: draft.digest, bundles: plans.keys.sorted { $0.hex < $1.hex }, engine: engine, since: since, until: until)
    }
}
