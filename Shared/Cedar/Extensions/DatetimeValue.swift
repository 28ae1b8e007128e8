/// A moment in milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
public struct DatetimeValue: Hashable, Comparable, Sendable {
    public let milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (a: DatetimeValue, b: DatetimeValue) -> Bool { a.milliseconds < b.milliseconds }

    private static let day: Int64 = 86_400_000

    /// Milliseconds since midnight, never negative.
    private var sinceMidnight: Int64 {
        let rest = milliseconds % Self.day
        return rest < 0 ? rest + Self.day : rest
    }

    func offset(by duration: DurationValue) -> DatetimeValue? {
        let (sum, overflowed) = milliseconds.addingReportingOverflow(duration.milliseconds)
        return overflowed ? nil : DatetimeValue(milliseconds: sum)
    }

    func durationSince(_ other: DatetimeValue) -> DurationValue? {
        let (difference, overflowed) = milliseconds.subtractingReportingOverflow(other.milliseconds)
        return overflowed ? nil : DurationValue(milliseconds: difference)
    }

    /// The midnight before it.
    var date: DatetimeValue? {
        let (midnight, overflowed) = milliseconds.subtractingReportingOverflow(sinceMidnight)
        return overflowed ? nil : DatetimeValue(milliseconds: midnight)
    }

    /// The time since midnight.
    var time: DurationValue { DurationValue(milliseconds: sinceMidnight) }
}

extension DatetimeValue {
    /// Reads `YYYY-MM-DD`, or that with `Thh:mm:ss`, milliseconds or none, and `Z` or an offset such as `+0130`.
    init(parsing text: String) throws(ExtensionFault) {
        var reader = Reader(bytes: Array(text.utf8))
        guard let year = reader.number(4), reader.consume("-"), let month = reader.number(2), reader.consume("-"),
            let day = reader.number(2)
        else { throw ExtensionFault("\"\(text)\" does not begin with a date such as 2024-12-31") }
        guard (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, year: year) else {
            throw ExtensionFault("\"\(text)\" is no day of the calendar")
        }
        let dayMilliseconds = Self.daysSinceEpoch(year: year, month: month, day: day) * Self.day
        guard !reader.isAtEnd else {
            self.init(milliseconds: dayMilliseconds)
            return
        }
        guard let time = reader.timeOfDay() else {
            throw ExtensionFault("\"\(text)\" does not end with a time such as T23:59:59Z, T23:59:59.999Z or T23:59:59+0130")
        }
        self.init(milliseconds: dayMilliseconds + time)
    }

    private static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func days(inMonth month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days in the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
    private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private struct Reader {
        let bytes: [UInt8]
        var offset = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { offset == bytes.count }

        mutating func number(_ count: Int) -> Int64? {
            guard offset + count <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[offset..<offset + count] {
                guard byte.isASCIIDigit else { return nil }
                value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            }
            offset += count
            return value
        }

        mutating func consume(_ mark: Unicode.Scalar) -> Bool {
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: mark) else { return false }
            offset += 1
            return true
        }

        /// Milliseconds of the rest, with the offset from UTC taken away; nil unless the rest is exactly a time.
        mutating func timeOfDay() -> Int64? {
            guard consume("T"), let hour = number(2), consume(":"), let minute = number(2), consume(":"), let second = number(2) else {
                return nil
            }
            var milliseconds: Int64 = 0
            if consume(".") {
                guard let fraction = number(3) else { return nil }
                milliseconds = fraction
            }
            guard hour < 24, minute < 60, second < 60, let zone = zone(), isAtEnd else { return nil }
            return ((hour * 60 + minute - zone) * 60 + second) * 1000 + milliseconds
        }

        /// Minutes east of UTC.
        private mutating func zone() -> Int64? {
            if consume("Z") { return 0 }
            let isEast = consume("+")
            guard isEast || consume("-") else { return nil }
            guard let hours = number(2), let minutes = number(2), hours < 24, minutes < 60 else { return nil }
            return (hours * 60 + minutes) * (isEast ? 1 : -1)
        }
    }
}
