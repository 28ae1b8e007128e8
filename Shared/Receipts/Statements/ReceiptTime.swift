public import FoundationEssentials
internal import Identity

/// A moment in microseconds since 1970 UTC, and its one text form, for example `2026-11-23T05:40:00.123456Z` (RFC 3339).
public struct ReceiptTime: Hashable, Comparable, Sendable {
    public let micros: Int64

    public init(micros: Int64) { self.micros = micros }
    public init(_ date: Date) { micros = date.micros }

    public var date: Date { Date(micros: micros) }

    public static func < (a: Self, b: Self) -> Bool { a.micros < b.micros }

    public var text: String {
        let seconds = micros.flooring(1_000_000)
        let days = seconds.quotient.flooring(86_400)
        let (year, month, day) = Self.civil(fromDays: days.quotient)
        let second = days.remainder
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
            + "T\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2)).\(padded(seconds.remainder, 6))Z"
    }

    /// Nil unless `text` is exactly in the form of ``text``.
    public init?(text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 27, let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]), let day = Self.number(bytes[8..<10]),
            let hour = Self.number(bytes[11..<13]), let minute = Self.number(bytes[14..<16]), let second = Self.number(bytes[17..<19]),
            let micros = Self.number(bytes[20..<26])
        else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        self.init(micros: (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000 + micros)
        // Writing it again catches separators, the thirtieth of February and the twenty-fifth hour at once.
        guard self.text == text else { return nil }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    /// Days since 1970 in the proleptic Gregorian calendar, counted in eras of 400 years that begin in March (Hinnant, "chrono-
    /// compatible low-level date algorithms").
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = year.flooring(400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).flooring(146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}

extension Int64 {
    /// Division that rounds down, so that times before 1970 have a non-negative remainder.
    fileprivate func flooring(_ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
