public import FoundationEssentials
internal import Identity

/// A moment in microseconds since 1970 UTC, and its one text form, for example `2026-11-23T05:40:00.123456Z` (RFC 3339).
public struct ReceiptTime: Hashable, Comparable, Sendable {
    public let micros: Int64

    public init(micros: Int64) { self.micros = micros }
    public init(_ date: Date) { micros = date.micros }

    public var date: Date { Date(micros: micros) }

    public static func < (a: Self, b: Self) -> Bool { a.micros < b.micros }

    public var text: String { CivilTime(micros: micros).text(fractionDigits: 6) }

    /// Nil unless `text` is exactly in the form of ``text``.
    public init?(text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 27, let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]), let day = Self.number(bytes[8..<10]),
            let hour = Self.number(bytes[11..<13]), let minute = Self.number(bytes[14..<16]), let second = Self.number(bytes[17..<19]),
            let micros = Self.number(bytes[20..<26])
        else { return nil }
        guard let date = CivilDate(year: year, month: month, day: day) else { return nil }
        self.init(micros: (((date.daysSinceEpoch * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000 + micros)
        // Writing it again catches separators and the twenty-fifth hour at once.
        guard self.text == text else { return nil }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
}
