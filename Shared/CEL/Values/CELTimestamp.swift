/// A moment in the range of protocol buffers' Timestamp: the years 1 to 9999.
public struct CELTimestamp: Hashable, Sendable {
    /// Since the beginning of 1970, rounded down.
    public let seconds: Int64
    /// 0 to 999,999,999.
    public let nanoseconds: Int32

    static let secondsMin: Int64 = -62_135_596_800
    static let secondsMax: Int64 = 253_402_300_799

    init(seconds: Int64, nanoseconds: Int32) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// Nil outside of the range.
    public init?(totalNanoseconds total: Int128) {
        let (quotient, remainder) = total.quotientAndRemainder(dividingBy: 1_000_000_000)
        let seconds = remainder < 0 ? quotient - 1 : quotient
        guard seconds >= Int128(Self.secondsMin), seconds <= Int128(Self.secondsMax) else { return nil }
        self.init(seconds: Int64(seconds), nanoseconds: Int32(remainder < 0 ? remainder + 1_000_000_000 : remainder))
    }

    public var totalNanoseconds: Int128 { Int128(seconds) * 1_000_000_000 + Int128(nanoseconds) }

    /// RFC 3339; nil for anything else, and outside of the range.
    public init?(parsing text: String) {
        var reader = RFC3339Reader(text)
        guard let moment = reader.moment() else { return nil }
        self.init(totalNanoseconds: moment)
    }
}

extension CELTimestamp: Comparable, CustomStringConvertible {
    public static func < (a: CELTimestamp, b: CELTimestamp) -> Bool { (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds) }

    /// RFC 3339 in UTC.
    public var description: String {
        let date = CivilDate(secondsSince1970: seconds)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let year = String(repeating: "0", count: max(0, 4 - String(date.year).count)) + String(date.year)
        return "\(year)-\(two(date.month))-\(two(date.day))T\(two(date.hour)):\(two(date.minute)):\(two(date.second))"
            + nanoseconds.magnitude.asFractionOfSecond + "Z"
    }
}

/// A moment in the proleptic Gregorian calendar.
struct CivilDate {
    var year: Int
    /// From 1.
    var month: Int
    var day: Int
    var hour: Int
    var minute: Int
    var second: Int
    /// From 0, which is the first of January.
    var dayOfYear: Int
    /// From 0, which is Sunday.
    var dayOfWeek: Int

    /// The algorithm of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": eras of 400 years that begin in March.
    init(secondsSince1970 seconds: Int64) {
        let days = Int((seconds >= 0 ? seconds : seconds - 86_399) / 86_400)
        let inDay = Int(seconds) - days * 86_400
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayFromMarch = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayFromMarch + 2) / 153
        day = dayFromMarch - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        (hour, minute, second) = (inDay / 3_600, inDay / 60 % 60, inDay % 60)
        dayOfYear = days - Self.daysSince1970(year: year, month: 1, day: 1)
        dayOfWeek = ((days + 4) % 7 + 7) % 7
    }

    static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayFromMarch = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayFromMarch - 719_468
    }

    static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// `2024-02-29T12:00:00.5+01:00`.
private struct RFC3339Reader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// Nanoseconds since the beginning of 1970.
    mutating func moment() -> Int128? {
        guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2), take("T") else { return nil }
        guard let hour = number(2), take(":"), let minute = number(2), take(":"), let second = number(2) else { return nil }
        guard (1...12).contains(month), day >= 1, day <= CivilDate.days(inMonth: month, of: year), hour < 24, minute < 60, second < 60 else {
            return nil
        }
        var nanoseconds = 0
        if take(".") {
            guard let fraction = fraction() else { return nil }
            nanoseconds = fraction
        }
        guard let offset = offset(), index == bytes.count else { return nil }
        let days = CivilDate.daysSince1970(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
        return Int128(seconds) * 1_000_000_000 + Int128(nanoseconds)
    }

    private mutating func take(_ character: Character) -> Bool {
        guard index < bytes.count, bytes[index] == character.asciiValue else { return false }
        index += 1
        return true
    }

    private mutating func number(_ digits: Int) -> Int? {
        guard index + digits <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[index..<(index + digits)] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        index += digits
        return value
    }

    private mutating func fraction() -> Int? {
        var scale = 1_000_000_000
        var value = 0
        let start = index
        while let digit = number(1) {
            scale /= 10
            value += digit * scale
        }
        return index > start ? value : nil
    }

    private mutating func offset() -> Int? {
        if take("Z") { return 0 }
        let isNegative = take("-")
        guard isNegative || take("+"), let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60 else { return nil }
        return (isNegative ? -1 : 1) * (hours * 3_600 + minutes * 60)
    }
}
