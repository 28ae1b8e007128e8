internal import Identity

/// A moment as the API writes it: RFC 3339 in UTC with milliseconds.
public struct Timestamp: Hashable, Sendable {
    /// Microseconds since 1970.
    public let micros: Int64

    public init(micros: Int64) { self.micros = micros }

    public var text: String { CivilTime(micros: micros).text(fractionDigits: 3) }

    /// Accepts a fraction of 1 to 6 digits or none; nil for any other zone than Z.
    public init?(text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"), bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":")
        else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            let digits = bytes[range]
            guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
            return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), let date = CivilDate(year: year, month: month, day: day), hour < 24,
            minute < 60, second < 60
        else { return nil }
        var fraction: Int64 = 0
        if bytes.count > 20 {
            let digits = bytes.count - 21
            guard bytes[19] == UInt8(ascii: "."), (1...6).contains(digits), let value = number(20..<bytes.count - 1) else { return nil }
            fraction = (0..<(6 - digits)).reduce(value) { value, _ in value * 10 }
        }
        micros = ((date.daysSinceEpoch * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000 + fraction
    }
}
