/// Calendars, time zones and what goes with schedules.
extension FieldReader {
    /// A name of the IANA database that this machine knows; `UTC` where the field is left out or wrong.
    mutating func timeZone(_ field: String) -> String {
        guard let name = optionalString(field) else { return "UTC" }
        guard ZonedClock(name) == nil else { return name }
        report("'\(name)' is no time zone that is known here", at: field, fix: "write a name of the IANA database, for example \"Europe/Berlin\"")
        return "UTC"
    }

    mutating func cron(_ field: String) -> CronExpression? {
        guard let text = string(field, fix: "write five fields: \"0 8 * * 1-5\"") else { return nil }
        do throws(CronExpression.Malformed) {
            let expression = try CronExpression(text)
            if expression.everMatches { return expression }
            report("'\(text)' never comes: no month of these has such a day", at: field, fix: "choose a day that the month has")
        } catch {
            report("'\(text)' is no calendar: \(error.reason)", at: field, fix: "write minute, hour, day, month and weekday: \"0 8 * * 1-5\"")
        }
        return nil
    }

    mutating func scheduleTiming() -> FlowSchedule.Timing {
        var timing = FlowSchedule.Timing.standard
        timing.jitter = duration("jitter", example: "5m")
        if let jitter = timing.jitter, jitter.milliseconds > 86_400_000 {
            report("a jitter of \(jitter) is longer than a day", at: "jitter", fix: "spread the starts over at most \"24h\"")
        }
        if let count = integer("catch_up", in: 0...FlowSchedule.Timing.catchUpMax) { timing.catchUp = count }
        return timing
    }
}
