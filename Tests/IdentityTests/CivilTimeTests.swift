import Identity
import Testing

@Suite struct CivilTimeTests {
    @Test(
        "Times before 1970 and cut fractions stay in their own second",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"), (-1_000_000, "1969-12-31T23:59:59.000000Z"),
            (1_800_000_000_123_456, "2027-01-15T08:00:00.123456Z"), (-62_135_596_800_000_001, "0000-12-31T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
        ])
    func text(micros: Int64, expected: String) {
        #expect(CivilTime(micros: micros).text(fractionDigits: 6) == expected)
        #expect(CivilTime(micros: micros).text(fractionDigits: 3) == expected.dropLast(4) + "Z")
    }

    @Test func everyDayIsFollowedByTheNext() throws {
        var last = CivilDate(daysSinceEpoch: -200_000)
        for days in Int64(-199_999)...200_000 {
            let date = CivilDate(daysSinceEpoch: days)
            try #require(date.daysSinceEpoch == days && CivilDate(year: date.year, month: date.month, day: date.day) == date)
            let isNextInMonth = (date.year, date.month, date.day) == (last.year, last.month, last.day + 1)
            let isFirst = date.day == 1 && (date.month == last.month + 1 || (date.month == 1 && date.year == last.year + 1))
            try #require(isNextInMonth || isFirst)
            last = date
        }
    }

    @Test func daysThatTheCalendarDoesNotHave() {
        for (year, month, day) in [(2023, 2, 29), (2100, 2, 29), (2024, 13, 1), (2024, 0, 1), (2024, 4, 31), (2024, 1, 0)] as [(Int64, Int64, Int64)]
        {
            #expect(CivilDate(year: year, month: month, day: day) == nil)
        }
        #expect(CivilDate(year: 2000, month: 2, day: 29) != nil)
    }
}

@Suite struct MoneyTests {
    @Test(arguments: [
        (Int64(0), "0.00 USD"), (-50_000, "-0.05 USD"), (-1, "-0.000001 USD"), (12_300_000, "12.30 USD"), (1_234_567, "1.234567 USD"),
        (-1_500_000, "-1.50 USD"), (.min, "-9223372036854.775808 USD"), (.max, "9223372036854.775807 USD"),
    ])
    func text(micros: Int64, expected: String) { #expect(Money(micros: micros).description == expected) }
}
