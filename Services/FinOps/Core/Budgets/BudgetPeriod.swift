public import FoundationEssentials

/// How often a budget begins anew, in UTC.
public enum BudgetPeriod: String, Sendable, CaseIterable {
    case day
    case month

    /// The first moment of the period that holds `time`.
    public func start(of time: Date) -> Date {
        let days = Int((time.timeIntervalSince1970 / 86_400).rounded(.down))
        switch self {
        case .day: return Date(timeIntervalSince1970: Double(days) * 86_400)
        case .month:
            let civil = CivilDate(daysSinceEpoch: days)
            return Date(timeIntervalSince1970: Double(CivilDate(year: civil.year, month: civil.month, day: 1).daysSinceEpoch) * 86_400)
        }
    }
}

/// A date of the proleptic Gregorian calendar, counted without a time zone database.
struct CivilDate: Hashable {
    var year: Int
    var month: Int
    var day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Eras of 400 years that begin on the first of March, so that the leap day is the last day of a year.
    init(daysSinceEpoch: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSinceEpoch: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
