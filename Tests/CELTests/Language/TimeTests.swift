import CEL
import Testing

@Suite struct TimeTests {
    @Test(arguments: [
        ("timestamp('2024-02-29T23:59:59.5+01:00')", #"timestamp("2024-02-29T22:59:59.5Z")"#),
        ("timestamp(0)", #"timestamp("1970-01-01T00:00:00Z")"#),
        ("timestamp('2023-02-29T00:00:00Z')", "error: conversion"), ("timestamp('2024-01-01')", "error: conversion"),
        ("timestamp('2024-01-01T24:00:00Z')", "error: conversion"), ("timestamp('0000-01-01T00:00:00Z')", "error: conversion"),
        ("timestamp(253402300800)", "error: conversion"), ("timestamp('9999-12-31T23:59:59Z') + duration('1s')", "error: overflow"),
        ("timestamp('0001-01-01T00:00:00Z') - duration('1ns')", "error: overflow"),
        ("timestamp('2024-03-01T00:00:00Z') - timestamp('2024-02-28T00:00:00Z')", #"duration("172800s")"#),
        ("duration('1h') + timestamp(0)", #"timestamp("1970-01-01T01:00:00Z")"#), ("duration('1.5s') - duration('2s')", #"duration("-0.5s")"#),
        ("duration('-1h30m') < duration('0')", "true"), ("duration('1ns') + duration('1us') + duration('1ms')", #"duration("0.001001001s")"#),
        ("duration('5')", "error: conversion"), ("duration('')", "error: conversion"), ("duration('315576000000s')", #"duration("315576000000s")"#),
        ("duration('315576000001s')", "error: conversion"), ("duration('200000000000s') + duration('200000000000s')", "error: overflow"),
        ("duration('100s') * 2", "error: no such overload"),
    ])
    func arithmetic(source: String, expected: String) { #expect(outcome(source) == expected) }

    @Test(arguments: [
        ("t.getFullYear()", "2009"), ("t.getMonth()", "1"), ("t.getDate()", "13"), ("t.getDayOfMonth()", "12"), ("t.getDayOfWeek()", "5"),
        ("t.getDayOfYear()", "43"), ("t.getHours()", "23"), ("t.getMinutes()", "31"), ("t.getSeconds()", "30"), ("t.getMilliseconds()", "123"),
        ("t.getDate('+11:00')", "14"), ("t.getHours('-02:30')", "21"), ("t.getMinutes('02:30')", "1"), ("t.getHours('UTC')", "23"),
        ("t.getHours('Australia/Sydney')", "10"), ("t.getMinutes('Asia/Kathmandu')", "16"), ("t.getHours('Nowhere/Land')", "error: invalid argument"),
        ("t.getHours('../../etc/passwd')", "error: invalid argument"), ("duration('3730.5s').getMinutes()", "62"),
        ("duration('3730s').getHours()", "1"),
        ("duration('3730.5s').getSeconds()", "3730"), ("duration('-1.25s').getMilliseconds()", "-250"),
        ("duration('1s').getDate()", "error: no such overload"),
        ("timestamp('2030-07-01T12:00:00Z').getHours('Europe/Paris')", "14"), ("timestamp('2030-12-01T12:00:00Z').getHours('Europe/Paris')", "13"),
        ("timestamp('1900-01-01T00:00:00Z').getMinutes('Europe/Paris')", "9"),
        ("timestamp('2050-01-01T12:00:00Z').getHours('America/Santiago')", "9"),
    ])
    func selectors(source: String, expected: String) {
        #expect(outcome(source, ["t": CELTimestamp(parsing: "2009-02-13T23:31:30.123Z").map(CELValue.timestamp) ?? .null]) == expected)
    }

    /// Every day of 800 years comes out as it went in, and the day after it is one later.
    @Test func calendarDaysFollowEachOther() throws {
        var seconds: Int64 = -31_536_000 * 400
        var previous = 0
        for _ in 0..<(365 * 800) {
            let moment = CELTimestamp(totalNanoseconds: Int128(seconds) * 1_000_000_000)
            let text = try #require(moment).description
            #expect(CELTimestamp(parsing: text) == moment)
            let day = Int(text.dropFirst(8).prefix(2)) ?? 0
            #expect(day == previous + 1 || day == 1 || previous == 0)
            previous = day
            seconds += 86_400
        }
    }
}
