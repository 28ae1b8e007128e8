internal import CEL
internal import Identity
internal import JSON

/// Reads `calendars` and `sla`.
struct AgreementParser {
    private static let calendarsMax = 16
    private static let holidaysMax = 1_000
    private static let reactionsMax = 8
    private static let days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    private(set) var problems: [FlowProblem] = []

    static func parse(_ reader: inout FieldReader, nodes: [FlowNode]) -> Agreements {
        let calendars = reader.optionalObject(
            "calendars", fix: "write \"calendars\": {\"office\": {\"timezone\": \"Europe/Berlin\", \"hours\": {…}}}")
        let sla = reader.optionalObject("sla", fix: "write \"sla\": {\"run\": {\"target\": \"8h\", \"calendar\": \"office\"}}")
        var parser = AgreementParser()
        var agreements = Agreements.none
        agreements.calendars = parser.calendars(calendars ?? [:])
        if let sla { parser.agreements(sla, nodes, &agreements) }
        for problem in parser.problems { reader.add(problem) }
        return agreements
    }

    // MARK: Calendars

    private mutating func calendars(_ members: JSONObject) -> [String: BusinessCalendar] {
        var calendars: [String: BusinessCalendar] = [:]
        if let clock = ZonedClock("UTC") { calendars[Agreements.always] = BusinessCalendar.always(clock) }
        if members.count > Self.calendarsMax {
            report("/calendars", "there are more than \(Self.calendarsMax) calendars", "remove those that nothing uses")
        }
        for (name, value) in members {
            let pointer = "/calendars/\(name.pointerToken)"
            guard name.isFlowName, name != Agreements.always else {
                report(pointer, "'\(name)' is no name for a calendar", "use lower-case letters, digits and hyphens; 'always' is there already")
                continue
            }
            guard let fields = value.objectValue else {
                report(pointer, "a calendar is an object", "write {\"timezone\": \"Europe/Berlin\", \"hours\": {\"mon-fri\": \"09:00-17:00\"}}")
                continue
            }
            calendars[name] = calendar(fields, at: pointer)
        }
        return calendars
    }

    private mutating func calendar(_ members: JSONObject, at pointer: String) -> BusinessCalendar? {
        var fields = FieldReader(members, at: pointer)
        let zone = fields.timeZone("timezone")
        let example = "write \"hours\": {\"mon-thu\": \"09:00-17:00\", \"fri\": [\"09:00-12:00\", \"13:00-15:00\"]}"
        let hours = fields.object("hours", fix: example) ?? [:]
        let holidays = holidays(&fields)
        var week: [[BusinessCalendar.Hours]] = Array(repeating: [], count: 7)
        var isWhole = true
        for (name, value) in hours {
            let texts = value.stringValue.map { [$0] } ?? value.arrayValue?.compactMap(\.stringValue) ?? []
            let spans = texts.compactMap(BusinessCalendar.Hours.init)
            guard let days = Self.weekdays(name) else {
                fields.report("'\(name)' are no weekdays", at: "hours", fix: "write mon, tue, wed, thu, fri, sat or sun, or two of them: mon-fri")
                isWhole = false
                continue
            }
            guard !spans.isEmpty, spans.count == texts.count, spans.count <= 12 else {
                fields.report(
                    "the hours of '\(name)' are no hours", at: "hours", fix: "write \"09:00-17:00\", or a list of such; 24:00 is the end of a day")
                isWhole = false
                continue
            }
            for day in days { week[day] += spans }
        }
        let calendar = ZonedClock(zone).flatMap { BusinessCalendar(clock: $0, week: week, holidays: holidays) }
        if calendar == nil, isWhole, !hours.isEmpty {
            fields.report("the hours of a day overlap", at: "hours", fix: "name each weekday once, with hours that follow each other")
        }
        fields.refuseUnknownFields()
        problems += fields.problems
        return calendar
    }

    private static func weekdays(_ text: String) -> [Int]? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { days.firstIndex(of: String($0)) }
        switch parts.count {
        case 1: return parts[0].map { [$0] }
        case 2:
            guard let first = parts[0], let last = parts[1] else { return nil }
            // sat-sun goes over the end of the week.
            return (0...(last - first + 7) % 7).map { (first + $0) % 7 }
        default: return nil
        }
    }

    private func holidays(_ fields: inout FieldReader) -> Set<CivilDate> {
        guard let value = fields.value("holidays") else { return [] }
        let texts = value.arrayValue?.map { $0.stringValue ?? "" } ?? []
        let dates = texts.compactMap(CivilDate.init(flowText:))
        if value.arrayValue == nil || dates.count != texts.count || dates.count > Self.holidaysMax {
            let wrong = texts.first { CivilDate(flowText: $0) == nil }.map { "'\($0)' is no day" } ?? "'holidays' is no list of days"
            fields.report(wrong, at: "holidays", fix: "write at most \(Self.holidaysMax) days: [\"2026-12-25\"]")
        }
        return Set(dates)
    }

    // MARK: Agreements

    private mutating func agreements(_ members: JSONObject, _ nodes: [FlowNode], _ agreements: inout Agreements) {
        var fields = FieldReader(members, at: "/sla")
        if let run = fields.optionalObject("run", fix: "write \"run\": {\"target\": \"8h\"}") {
            agreements.run = agreement(run, at: "/sla/run", agreements.calendars)
        }
        let known = Set(nodes.map(\.id))
        for (node, value) in fields.optionalObject("steps", fix: "write \"steps\": {\"ask\": {\"target\": \"2h\"}}") ?? [:] {
            let pointer = "/sla/steps/\(node.pointerToken)"
            guard known.contains(node) else {
                let meant = Spelling.nearest(to: node, in: known).map { "did you mean '\($0)'?" } ?? "name a node of this flow"
                report(pointer, "there is no node '\(node)'", meant)
                continue
            }
            guard let step = value.objectValue else {
                report(pointer, "an agreement is an object", "write {\"target\": \"2h\"}")
                continue
            }
            agreements.steps[node] = agreement(step, at: pointer, agreements.calendars)
        }
        fields.refuseUnknownFields()
        problems += fields.problems
    }

    private mutating func agreement(_ members: JSONObject, at pointer: String, _ calendars: [String: BusinessCalendar]) -> Agreement? {
        var fields = FieldReader(members, at: pointer)
        let target = fields.requiredDuration("target", example: "8h")
        let calendar = fields.optionalString("calendar") ?? Agreements.always
        if calendars[calendar] == nil, !problems.contains(where: { $0.pointer.hasPrefix("/calendars/\(calendar.pointerToken)") }) {
            let meant = Spelling.nearest(to: calendar, in: Set(calendars.keys)).map { "did you mean '\($0)'?" } ?? "describe it under 'calendars'"
            fields.report("there is no calendar '\(calendar)'", at: "calendar", fix: meant)
        }
        var warn = Agreement.standardWarn
        if let value = fields.value("warn") {
            if let share = value.doubleValue, share > 0, share <= 1 {
                warn = share
            } else {
                fields.report("'warn' must be a share of the target, above 0 and at most 1", at: "warn", fix: "write \"warn\": 0.8")
            }
        }
        var reactions: [Agreement.Moment: [Agreement.Reaction]] = [:]
        for moment in Agreement.Moment.allCases { reactions[moment] = self.reactions(&fields, moment) }
        fields.refuseUnknownFields()
        problems += fields.problems
        return target.map { Agreement(target: $0, calendar: calendar, warn: warn, reactions: reactions) }
    }

    private func reactions(_ fields: inout FieldReader, _ moment: Agreement.Moment) -> [Agreement.Reaction] {
        let field = "on_\(moment.rawValue)"
        guard let value = fields.value(field) else { return [] }
        let fix = "write a list of {\"notify\": \"operator\"}, {\"start\": \"escalation\"} and {\"raise_priority\": true}"
        guard let values = value.arrayValue, values.count <= Self.reactionsMax else {
            fields.report("'\(field)' must be a list of at most \(Self.reactionsMax)", at: field, fix: fix)
            return []
        }
        return values.compactMap { value in
            let member = value.objectValue?.count == 1 ? value.objectValue?.first { _ in true } : nil
            switch (member?.key, member?.value) {
            case ("notify", .string(let role)) where !role.isEmpty && role.utf8.count <= 63: return .notify(role: role)
            case ("start", .string(let flow)) where flow.isFlowName: return .start(flow: flow)
            case ("raise_priority", .bool(true)): return .raisePriority
            default:
                fields.report("\(value.encodedString()) is nothing that can be done here", at: field, fix: fix)
                return nil
            }
        }
    }

    private mutating func report(_ pointer: String, _ message: String, _ fix: String) {
        problems.append(FlowProblem(pointer: pointer, message, fix: fix))
    }
}

extension CivilDate {
    /// `2026-12-25`.
    fileprivate init?(flowText text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2], parts.allSatisfy({ $0.allSatisfy(\.isASCII) }) else { return nil }
        guard let year = UInt32(parts[0]), let month = UInt32(parts[1]), let day = UInt32(parts[2]) else { return nil }
        self.init(year: Int64(year), month: Int64(month), day: Int64(day))
    }
}
