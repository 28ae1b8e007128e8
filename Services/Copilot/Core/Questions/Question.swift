public import Identity

/// What a person asked, as the product understood it.
public enum Question: Hashable, Sendable {
    /// Why does this run not move?
    case whyWaiting(RunReference)
    /// What did this run cost?
    case runCost(RunReference)
    /// What did policy stop today?
    case blockedToday
    /// The question is none of the kinds that can be answered from receipts.
    case unknown

    /// Stable name of the route, for clients and receipts.
    public var route: String {
        switch self {
        case .whyWaiting: "why-waiting"
        case .runCost: "run-cost"
        case .blockedToday: "blocked-today"
        case .unknown: "unknown"
        }
    }
}

/// How a question names a run.
public enum RunReference: Hashable, Sendable {
    case id(RunID)
    /// At least six hexadecimal digits with which the run's id begins or ends.
    case fragment(String)
    /// The run whose page the person asks from, or where there is none, the newest.
    case current
}
