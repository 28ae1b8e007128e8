public import FoundationEssentials
public import Identity
internal import Trust

/// When a flow starts by itself.
///
/// A time of the schedule is nominal: it names the run and stands in its trigger. The run starts `delay` later, the same for every time of a flow,
/// so that flows of one time of day do not all start in the same second.
public struct FlowSchedule: Sendable {
    public enum Rule: Sendable {
        case every(FlowDuration)
        case calendar(CalendarRule)
    }

    public struct Timing: Hashable, Sendable {
        /// Starts are spread over this long.
        public var jitter: FlowDuration?
        /// How many of the times that passed while nothing ran are made up for, newest first. 0 skips them.
        public var catchUp: Int

        public static let catchUpMax: Int64 = 1_000

        public init(jitter: FlowDuration?, catchUp: Int) {
            self.jitter = jitter
            self.catchUp = catchUp
        }

        public static let standard = Timing(jitter: nil, catchUp: 1)
    }

    /// What to do at a moment.
    public struct Plan: Hashable, Sendable {
        /// Nominal times, oldest first.
        public var fires: [Date]
        /// Nil where the schedule is over.
        public var next: Date?
        public var skipped: Int

        public init(fires: [Date], next: Date?, skipped: Int) {
            self.fires = fires
            self.next = next
            self.skipped = skipped
        }
    }

    /// A time that is later than this was missed.
    public static let grace: TimeInterval = 60
    /// Missed times that are looked at. Of more than these, some that came later are skipped too.
    private static let missedMax = 100_000

    public let rule: Rule
    public let timing: Timing

    public init(rule: Rule, timing: Timing = .standard) {
        self.rule = rule
        self.timing = timing
    }

    /// Nil where the flow does not start by time.
    public init?(_ trigger: TriggerNode) throws(UnknownTimeZone) {
        switch trigger.source {
        case .schedule(let every): rule = .every(every)
        case .calendar(let cron, let zone):
            guard let clock = ZonedClock(zone) else { throw UnknownTimeZone(name: zone) }
            rule = .calendar(CalendarRule(cron, in: clock))
        default: return nil
        }
        timing = trigger.timing
    }

    /// The first nominal time after `moment`. An interval counts from `anchor`, one of its nominal times.
    public func next(after moment: Date, anchor: Date) -> Date? {
        switch rule {
        case .every(let every):
            let passed = moment.micros - anchor.micros
            let (steps, overflow) = (passed.flooring(every.milliseconds * 1000).quotient + 1).multipliedReportingOverflow(
                by: every.milliseconds * 1000)
            return overflow ? nil : Date(micros: anchor.micros + steps)
        case .calendar(let rule):
            let second = moment.micros.flooring(1_000_000).quotient
            return rule.next(after: second).map { Date(timeIntervalSince1970: Double($0)) }
        }
    }

    /// Nominal times in `(start, end]`, oldest first.
    public func times(after start: Date, upTo end: Date, anchor: Date, limit: Int) -> [Date] {
        if case .calendar(let rule) = rule {
            let (from, to) = (start.micros.flooring(1_000_000).quotient, end.micros.flooring(1_000_000).quotient)
            return rule.moments(after: from, upTo: to, limit: limit).map { Date(timeIntervalSince1970: Double($0)) }
        }
        var found: [Date] = []
        var at = start
        while found.count < limit, let next = next(after: at, anchor: anchor), next <= end {
            found.append(next)
            at = next
        }
        return found
    }

    /// What is to be done now about a schedule whose next nominal time is `due`.
    public func plan(due: Date, now: Date, delay: FlowDuration = FlowDuration(milliseconds: 0)) -> Plan {
        let horizon = delay.before(now)
        guard due <= horizon else { return Plan(fires: [], next: due, skipped: 0) }
        let times = [due] + times(after: due, upTo: horizon, anchor: due, limit: Self.missedMax)
        let next = next(after: horizon, anchor: due)
        let isPunctual = times.last.map { horizon.timeIntervalSince($0) <= Self.grace } ?? false
        let wanted = min(times.count, max(timing.catchUp, isPunctual ? 1 : 0))
        return Plan(fires: Array(times.suffix(wanted)), next: next, skipped: times.count - wanted)
    }

    /// By how much the starts of a flow come after its nominal times: from 0 to the jitter, the same for ever.
    public func delay(flow: String, tenant: TenantID) -> FlowDuration {
        guard let jitter = timing.jitter else { return FlowDuration(milliseconds: 0) }
        let digest = DerivedIdentity.digest(["jitter", tenant.description, flow])
        let number = digest.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return FlowDuration(milliseconds: Int64(number % UInt64(jitter.milliseconds + 1)))
    }
}

extension FlowDuration {
    /// Exact to the microsecond, which a sum of seconds is not.
    public func after(_ moment: Date) -> Date { Date(micros: moment.micros + milliseconds * 1000) }
    public func before(_ moment: Date) -> Date { Date(micros: moment.micros - milliseconds * 1000) }
}

public struct UnknownTimeZone: Error, Hashable, Sendable {
    public var name: String
}
