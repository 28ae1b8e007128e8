internal import Identity

/// The moments of a cron expression in a time zone, in seconds since 1970.
///
/// Days follow POSIX: where both the day and the weekday are restricted, either is enough. Where clocks change:
/// - a time that the clocks skip fires once, at the moment at which they are set forward;
/// - a time that the clocks show twice fires once, the first time;
/// - an expression for every hour goes by what has passed and not by the wall: it fires through both passes, for it would have a hole otherwise.
public struct CalendarRule: Sendable {
    /// A 29th of February comes again after eight years at the latest.
    private static let daysMax: Int64 = 9 * 366

    public let expression: CronExpression
    public let clock: ZonedClock

    public init(_ expression: CronExpression, in clock: ZonedClock) {
        self.expression = expression
        self.clock = clock
    }

    /// The first moment after `moment`; nil where there will never be one.
    public func next(after moment: Int64) -> Int64? {
        let first = clock.local(at: moment).flooring(86_400).quotient - 1
        for day in first..<(first + Self.daysMax) where expression.matches(CivilDate(daysSinceEpoch: day), weekday: day) {
            if let next = moments(on: day).first(where: { $0 > moment }) { return next }
        }
        return nil
    }

    /// Those in `(start, end]`, oldest first, at most `limit`; each day is worked out once.
    public func moments(after start: Int64, upTo end: Int64, limit: Int) -> [Int64] {
        var found: [Int64] = []
        guard start < end else { return [] }
        let first = clock.local(at: start).flooring(86_400).quotient - 1
        let last = clock.local(at: end).flooring(86_400).quotient + 1
        for day in first...last where expression.matches(CivilDate(daysSinceEpoch: day), weekday: day) {
            for moment in moments(on: day) where moment > found.last ?? start && moment <= end {
                guard found.count < limit else { return found }
                found.append(moment)
            }
        }
        return found
    }

    /// Ascending, each once. A day has at most 1,440, and as many again in an hour that is read twice.
    private func moments(on day: Int64) -> [Int64] {
        var moments: Set<Int64> = []
        for hour in expression.hours {
            for minute in expression.minutes {
                switch clock.reading(day * 86_400 + Int64(hour) * 3_600 + Int64(minute) * 60) {
                case .once(let moment), .skipped(let moment): moments.insert(moment)
                case .twice(let first, let second):
                    moments.insert(first)
                    if expression.isHourly { moments.insert(second) }
                }
            }
        }
        return moments.sorted()
    }
}

extension CronExpression {
    public var minutes: [Int] { fields[0] }
    public var hours: [Int] { fields[1] }

    /// Whether every hour of a day is meant.
    var isHourly: Bool { hours.count == 24 }

    /// Whether some year has such a day.
    public var everMatches: Bool {
        // Every year has every weekday in every month, and a leap year has every day.
        isWeekdayRestricted
            || fields[3].contains { month in fields[2].contains { CivilDate(year: 2000, month: Int64(month), day: Int64($0)) != nil } }
    }

    private var isDayRestricted: Bool { fields[2].count < 31 }
    private var isWeekdayRestricted: Bool { fields[4].count < 7 }

    /// - Parameter weekday: Days since 1970-01-01, which was a Thursday.
    func matches(_ date: CivilDate, weekday day: Int64) -> Bool {
        guard fields[3].contains(Int(date.month)) else { return false }
        let isDay = fields[2].contains(Int(date.day))
        let isWeekday = fields[4].contains(Int((day + 4).flooring(7).remainder))
        switch (isDayRestricted, isWeekdayRestricted) {
        case (true, true): return isDay || isWeekday
        default: return isDay && isWeekday
        }
    }
}

extension Int64 {
    /// Division that rounds down.
    func flooring(_ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
