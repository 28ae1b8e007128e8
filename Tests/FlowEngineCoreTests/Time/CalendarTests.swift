import FlowEngineCore
import Foundation
import Identity
import JSON
import Testing

/// Around the days on which clocks change, with times checked by hand.
@Suite struct CalendarTests {
    static func utc(_ text: String) -> Date { Timestamp.date(text + ":00Z")! }

    private static func times(_ cron: String, _ zone: String, after start: String, _ count: Int) throws -> [String] {
        let rule = CalendarRule(try CronExpression(cron), in: try #require(ZonedClock(zone)))
        var at = Int64(utc(start).timeIntervalSince1970)
        var found: [String] = []
        for _ in 0..<count {
            at = try #require(rule.next(after: at))
            found.append(String(Timestamp.text(Date(timeIntervalSince1970: Double(at))).prefix(16)))
        }
        let all = rule.moments(after: Int64(utc(start).timeIntervalSince1970), upTo: at, limit: 10_000)
        #expect(all.count == count, "one by one and in bulk are the same")
        return found
    }

    @Test(arguments: [
        // Berlin leaves out 02:00 to 03:00 on 2026-03-29: fired at 03:00 CEST, once.
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00", ["2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"]),
        ("0,15,30 2 29 3 *", "Europe/Berlin", "2026-03-28T00:00", ["2026-03-29T01:00", "2027-03-29T00:00"]),
        // And shows it twice on 2026-10-25: the first counts.
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00", ["2026-10-25T00:30", "2026-10-26T01:30"]),
        // Every hour is every hour that passes.
        ("0 * * * *", "Europe/Berlin", "2026-10-24T23:00", ["2026-10-25T00:00", "2026-10-25T01:00", "2026-10-25T02:00"]),
        ("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:29", ["2026-03-29T00:30", "2026-03-29T01:00", "2026-03-29T01:30"]),
        ("30 2 * * *", "America/New_York", "2026-03-07T12:00", ["2026-03-08T07:00", "2026-03-09T06:30"]),
        ("30 1 * * *", "America/New_York", "2026-10-31T12:00", ["2026-11-01T05:30", "2026-11-02T06:30"]),
        // Half an hour: 2026-10-04 02:00 becomes 02:30, 2026-04-05 02:00 becomes 01:30.
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-02T20:00", ["2026-10-03T15:30", "2026-10-04T15:15"]),
        ("45 1 * * *", "Australia/Lord_Howe", "2026-04-03T20:00", ["2026-04-04T14:45", "2026-04-05T15:15"]),
        // No change, and 45 minutes beside the hour.
        ("0 9 * * mon-fri", "Asia/Kathmandu", "2026-11-20T12:00", ["2026-11-23T03:15", "2026-11-24T03:15"]),
        // Samoa had no 2011-12-30.
        ("0 12 * * *", "Pacific/Apia", "2011-12-29T00:00", ["2011-12-29T22:00", "2011-12-30T10:00", "2011-12-30T22:00"]),
        ("0 0 29 2 *", "UTC", "2096-03-01T00:00", ["2104-02-29T00:00"]),
        // Either of two restricted days is enough.
        (
            "0 0 13 * 5", "UTC", "2026-11-01T00:00",
            ["2026-11-06T00:00", "2026-11-13T00:00", "2026-11-20T00:00", "2026-11-27T00:00", "2026-12-04T00:00"]
        ),
    ])
    func firesWhereTheWallSaysSo(cron: String, zone: String, start: String, expected: [String]) throws {
        #expect(try Self.times(cron, zone, after: start, expected.count) == expected)
    }

    @Test func whatNeverComesIsSaid() throws {
        #expect(!(try CronExpression("0 0 30 2 *")).everMatches)
        #expect(CalendarRule(try CronExpression("0 0 30 2 *"), in: try #require(ZonedClock("UTC"))).next(after: 0) == nil)
        #expect(ZonedClock("Europe/Atlantis") == nil && ZonedClock("../../etc/passwd") == nil)
    }

    /// Whatever the zone and the year: ascending, none twice, and the wall shows what the expression says unless it was skipped.
    @Test(arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "Africa/Casablanca"])
    func theWallShowsWhatTheExpressionSays(zone: String) throws {
        let clock = try #require(ZonedClock(zone))
        let rule = CalendarRule(try CronExpression("17 2 * * *"), in: clock)
        let start = Int64(Self.utc("2024-01-01T00:00").timeIntervalSince1970)
        let all = rule.moments(after: start, upTo: start + 3 * 366 * 86_400, limit: 5_000)
        #expect(zip(all, all.dropFirst()).allSatisfy(<))
        #expect(abs(all.count - 3 * 366) <= 1)
        for moment in all {
            let second = clock.local(at: moment) % 86_400
            #expect(second == 2 * 3_600 + 17 * 60 || clock.local(at: moment) - clock.local(at: moment - 1) > 1)
        }
    }

    // MARK: Schedules

    private func schedule(_ cron: String, _ zone: String, jitter: FlowDuration? = nil, catchUp: Int = 1) throws -> FlowSchedule {
        FlowSchedule(
            rule: .calendar(CalendarRule(try CronExpression(cron), in: try #require(ZonedClock(zone)))),
            timing: FlowSchedule.Timing(jitter: jitter, catchUp: catchUp))
    }

    @Test func missedTimesAreMadeUpForUpToTheLimit() throws {
        let due = Self.utc("2026-11-02T08:00")
        let now = Self.utc("2026-11-06T12:00")
        for (catchUp, expected) in [(0, []), (1, [6]), (3, [4, 5, 6]), (100, [2, 3, 4, 5, 6])] {
            let plan = try schedule("0 8 * * *", "UTC", catchUp: catchUp).plan(due: due, now: now)
            #expect(plan.fires == expected.map { Self.utc("2026-11-0\($0)T08:00") })
            #expect(plan.next == Self.utc("2026-11-07T08:00") && plan.skipped == 5 - expected.count)
        }
    }

    @Test func whatIsPunctualFiresUnderEveryPolicy() throws {
        let due = Self.utc("2026-11-02T08:00")
        let skipping = try schedule("0 8 * * *", "UTC", catchUp: 0)
        #expect(skipping.plan(due: due, now: due.addingTimeInterval(30)).fires == [due])
        #expect(skipping.plan(due: due, now: due.addingTimeInterval(61)).fires.isEmpty)
        #expect(skipping.plan(due: due, now: due.addingTimeInterval(-1)) == FlowSchedule.Plan(fires: [], next: due, skipped: 0))
    }

    @Test func jitterIsTheSameForEverAndSpreadsTenants() throws {
        let spread = try schedule("0 8 * * *", "UTC", jitter: FlowDuration(milliseconds: 300_000))
        let tenants = (0..<200).map { _ in TenantID.make() }
        let delays = tenants.map { spread.delay(flow: "f", tenant: $0).seconds }
        #expect(delays.allSatisfy { (0...300).contains($0) } && delays == tenants.map { spread.delay(flow: "f", tenant: $0).seconds })
        #expect((60..<240).contains(delays.reduce(0, +) / 200) && Set(delays).count > 150)
        let due = Self.utc("2026-11-02T08:00")
        #expect(spread.plan(due: due, now: due.addingTimeInterval(99), delay: FlowDuration(milliseconds: 100_000)).fires.isEmpty)
        #expect(spread.plan(due: due, now: due.addingTimeInterval(100), delay: FlowDuration(milliseconds: 100_000)).fires == [due])
    }

    @Test func anIntervalKeepsItsAnchorInBothDirections() {
        let schedule = FlowSchedule(rule: .every(FlowDuration(milliseconds: 90 * 60_000)))
        let anchor = Self.utc("2026-11-02T08:00")
        #expect(schedule.next(after: anchor, anchor: anchor) == Self.utc("2026-11-02T09:30"))
        #expect(schedule.next(after: Self.utc("2026-11-02T04:00"), anchor: anchor) == Self.utc("2026-11-02T05:00"))
        #expect(
            schedule.times(after: Self.utc("2026-11-02T04:00"), upTo: anchor, anchor: anchor, limit: 9)
                == [Self.utc("2026-11-02T05:00"), Self.utc("2026-11-02T06:30"), anchor])
    }

    // MARK: Business calendars

    private func office(holidays: [String] = []) throws -> BusinessCalendar {
        let day = [try #require(BusinessCalendar.Hours("09:00-12:00")), try #require(BusinessCalendar.Hours("13:00-17:00"))]
        let days = holidays.compactMap { text in
            let parts = text.split(separator: "-").compactMap { Int64($0) }
            return CivilDate(year: parts[0], month: parts[1], day: parts[2])
        }
        let clock = try #require(ZonedClock("Europe/Berlin"))
        return try #require(BusinessCalendar(clock: clock, week: [[], day, day, day, day, day, []], holidays: Set(days)))
    }

    @Test func workingTimeSkipsNightsLunchWeekendsAndHolidays() throws {
        let calendar = try office(holidays: ["2026-11-23"])
        let friday = Self.utc("2026-11-20T15:00")  // 16:00 in Berlin
        let hours = { (h: Int64) in FlowDuration(milliseconds: h * 3_600_000) }
        #expect(calendar.moment(after: hours(1), from: friday) == Self.utc("2026-11-20T16:00"))
        #expect(calendar.moment(after: hours(2), from: friday) == Self.utc("2026-11-24T09:00"))
        #expect(calendar.moment(after: hours(5), from: friday) == Self.utc("2026-11-24T13:00"))
        #expect(calendar.workingTime(from: friday, to: Self.utc("2026-11-24T13:00")) == hours(5))
        #expect(calendar.workingTime(from: Self.utc("2026-11-24T13:00"), to: friday) == FlowDuration(milliseconds: -5 * 3_600_000))
        #expect(calendar.workingTime(from: Self.utc("2026-11-21T00:00"), to: Self.utc("2026-11-22T23:00")) == hours(0))
    }

    @Test func aDayThatIsShorterHasLessWork() throws {
        let clock = try #require(ZonedClock("Europe/Berlin"))
        let whole = try #require(BusinessCalendar.always(clock))
        let day = whole.workingTime(from: Self.utc("2026-03-28T23:00"), to: Self.utc("2026-03-29T22:00"))
        #expect(day == FlowDuration(milliseconds: 23 * 3_600_000))
        #expect(whole.moment(after: FlowDuration(milliseconds: 26 * 3_600_000), from: Self.utc("2026-10-24T22:00")) == Self.utc("2026-10-26T00:00"))
    }

    @Test func addingAndMeasuringAreInverse() throws {
        let calendar = try office(holidays: ["2026-12-25", "2026-12-26"])
        var seed: UInt64 = 42
        func random(_ bound: Int64) -> Int64 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(seed >> 33) % bound
        }
        for _ in 0..<500 {
            let start = Self.utc("2026-01-01T00:00").addingTimeInterval(Double(random(366 * 86_400)))
            let time = FlowDuration(milliseconds: (random(100 * 3_600) + 1) * 1000)
            let end = try #require(calendar.moment(after: time, from: start))
            #expect(calendar.workingTime(from: start, to: end) == time, "from \(start)")
        }
    }

    @Test func hoursThatOverlapAreNoCalendar() throws {
        let clock = try #require(ZonedClock("UTC"))
        let bad = [BusinessCalendar.Hours(start: 60, end: 120), BusinessCalendar.Hours(start: 100, end: 200)]
        #expect(BusinessCalendar(clock: clock, week: Array(repeating: bad, count: 7), holidays: []) == nil)
        #expect(BusinessCalendar(clock: clock, week: Array(repeating: [], count: 7), holidays: []) == nil)
        for text in ["9:00-17:00", "17:00-09:00", "09:00", "09:60-10:00", "09:00-24:01"] { #expect(BusinessCalendar.Hours(text) == nil) }
    }
}
