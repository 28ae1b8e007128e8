public import FoundationEssentials
internal import Identity

/// How often a budget begins anew, in UTC.
public enum BudgetPeriod: String, Sendable, CaseIterable {
    case day
    case month

    /// The first moment of the period that holds `time`.
    public func start(of time: Date) -> Date {
        let days = Int64((time.timeIntervalSince1970 / 86_400).rounded(.down))
        switch self {
        case .day: return Date(timeIntervalSince1970: Double(days) * 86_400)
        case .month:
            let first = days - CivilDate(daysSinceEpoch: days).day + 1
            return Date(timeIntervalSince1970: Double(first) * 86_400)
        }
    }
}
