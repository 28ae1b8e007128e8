/// A day of the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms"): eras of 400 years that begin in March.
public struct CivilDate: Hashable, Sendable {
    public let year: Int64
    public let month: Int64
    public let day: Int64

    /// Nil for a day that the calendar does not have.
    public init?(year: Int64, month: Int64, day: Int64) {
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
        guard CivilDate(daysSinceEpoch: daysSinceEpoch) == self else { return nil }
    }

    public init(daysSinceEpoch days: Int64) {
        let (era, dayOfEra) = (days + 719_468).flooring(146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        month = shifted < 10 ? shifted + 3 : shifted - 9
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// 1970-01-01 is day 0.
    public var daysSinceEpoch: Int64 {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).flooring(400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

/// A moment of the calendar in UTC, from microseconds since 1970; what is before that day counts forward too.
public struct CivilTime: Hashable, Sendable {
    public let date: CivilDate
    public let hour: Int64
    public let minute: Int64
    public let second: Int64
    public let micros: Int64

    public init(micros total: Int64) {
        let (seconds, micros) = total.flooring(1_000_000)
        let (days, second) = seconds.flooring(86_400)
        date = CivilDate(daysSinceEpoch: days)
        (hour, minute, self.second, self.micros) = (second / 3_600, second / 60 % 60, second % 60, micros)
    }

    /// RFC 3339 with so many digits of a second's fraction, 1 to 6; those beyond are cut, never rounded into another second.
    public func text(fractionDigits: Int) -> String {
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
            + "T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2)).\(padded(micros, 6).prefix(fractionDigits))Z"
    }
}

extension Int64 {
    /// Division that rounds down, so that times before 1970 have a remainder that is not negative.
    fileprivate func flooring(_ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
