internal import CEL
public import FoundationEssentials
public import Identity

/// When people work: hours of each weekday by the wall clock of a zone, without holidays.
public struct BusinessCalendar: Sendable {
    /// Minutes of a day, `end` at most 1,440.
    public struct Hours: Hashable, Sendable {
        public var start: Int
        public var end: Int

        public init(start: Int, end: Int) {
            self.start = start
            self.end = end
        }

        /// `09:00-17:30`; `24:00` is the end of a day.
        public init?(_ text: String) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let start = Self.minutes(parts[0]), let end = Self.minutes(parts[1]), start < end else { return nil }
            self.init(start: start, end: end)
        }

        private static func minutes(_ text: Substring) -> Int? {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = UInt8(parts[0]), let minute = UInt8(parts[1]), minute < 60
            else { return nil }
            let minutes = Int(hour) * 60 + Int(minute)
            return minutes <= 1_440 ? minutes : nil
        }
    }

    /// Days that are looked at for one question: working time beyond is no plan.
    private static let daysMax: Int64 = 20 * 366

    public let clock: ZonedClock
    /// From Sunday; of each day disjoint and ascending.
    public let week: [[Hours]]
    public let holidays: Set<CivilDate>

    /// Nil unless there are seven days, some of them with hours, and the hours of each do not overlap.
    public init?(clock: ZonedClock, week: [[Hours]], holidays: Set<CivilDate>) {
        let week = week.map { $0.sorted { $0.start < $1.start } }
        guard week.count == 7, week.contains(where: { !$0.isEmpty }),
            week.allSatisfy({ day in zip(day, day.dropFirst()).allSatisfy { $0.end <= $1.start } })
        else { return nil }
        self.clock = clock
        self.week = week
        self.holidays = holidays
    }

    /// All time is working time.
    public static func always(_ clock: ZonedClock) -> BusinessCalendar? {
        BusinessCalendar(clock: clock, week: Array(repeating: [Hours(start: 0, end: 1_440)], count: 7), holidays: [])
    }

    /// The moment at which so much working time has passed since `moment`; nil where that is further than anybody plans.
    public func moment(after time: FlowDuration, from moment: Date) -> Date? {
        var left = time.milliseconds * 1000
        let start = moment.micros
        let first = day(of: start)
        for day in first..<(first + Self.daysMax) {
            for (open, close) in spans(on: day) where close > start {
                let begin = max(open, start)
                if left <= close - begin { return Date(micros: begin + left) }
                left -= close - begin
            }
        }
        return nil
    }

    /// Negative where `end` is before `start`.
    public func workingTime(from start: Date, to end: Date) -> FlowDuration {
        guard start <= end else { return FlowDuration(milliseconds: -workingTime(from: end, to: start).milliseconds) }
        let (from, to) = (start.micros, end.micros)
        var total: Int64 = 0
        let first = day(of: from)
        for day in first...min(self.day(of: to) + 1, first + Self.daysMax) {
            for (open, close) in spans(on: day) { total += max(0, min(close, to) - max(open, from)) }
        }
        return FlowDuration(milliseconds: total / 1000)
    }

    private func day(of micros: Int64) -> Int64 {
        clock.local(at: micros.flooring(1_000_000).quotient).flooring(86_400).quotient
    }

    /// In microseconds since 1970. Hours that the clocks skip are nobody's work; those that they show twice are worked twice.
    private func spans(on day: Int64) -> [(open: Int64, close: Int64)] {
        guard !holidays.contains(CivilDate(daysSinceEpoch: day)) else { return [] }
        return week[Int((day + 4).flooring(7).remainder)].map { hours in
            let open = clock.reading(day * 86_400 + Int64(hours.start) * 60).first
            let close =
                switch clock.reading(day * 86_400 + Int64(hours.end) * 60) {
                case .once(let moment), .skipped(let moment), .twice(_, let moment): moment
                }
            return (open * 1_000_000, max(open, close) * 1_000_000)
        }
    }
}
