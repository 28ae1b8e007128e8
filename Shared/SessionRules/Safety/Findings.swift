public import Cedar

extension SessionRuleSet {
    /// What is no fault of the language and yet cannot be meant: windows that match nothing or look back too far, events that are never
    /// recorded, fields that no event has, conditions that no event can change. Rules with findings must not be put into force.
    /// - Parameter shapes: Of a schema; with it actions and fields of events are looked up.
    public func findings(shapes: (any ValueShapes)? = nil) -> [RuleDiagnostic] {
        rules.flatMap { rule in
            var finder = RuleFindings(rule: rule, schema: schema, shapes: shapes)
            finder.check(rule.formula)
            finder.checkMonitors(rule.formula)
            return finder.found
        }
    }
}

/// Looks one rule through.
private struct RuleFindings {
    let rule: SessionRule
    let schema: EventSchema
    let shapes: (any ValueShapes)?
    var found: [RuleDiagnostic] = []

    mutating func report(_ message: String, suggestion: String? = nil) {
        found.append(RuleDiagnostic(message: message, suggestion: suggestion, line: rule.line, column: rule.column, span: rule.span))
    }

    // MARK: Windows and events

    mutating func check(_ formula: Formula) {
        switch formula.kind {
        case .all(let parts): for part in parts { check(part) }
        case .not(let body): check(body)
        case .formerly(let window, let body), .previous(let window, let body):
            check(window)
            check(body)
        case .since(let left, let window, let right):
            check(window)
            check(left)
            check(right)
        case .event(let pattern): check(pattern)
        case .comparison(_, let left, let right):
            for case .aggregate(let aggregate) in [left.kind, right.kind] { check(aggregate.body) }
        case .exists(_, let body): check(body)
        case .timepoint, .call, .parameter, .refined: break
        }
    }

    private mutating func check(_ window: Window) {
        if window.micros <= 0 { report("a window of zero matches only what happens at this very moment", suggestion: "write `within 1h`") }
        if window.micros > schema.windowMaxMicros {
            report(
                "the window of \(window.micros / 1_000_000) s is longer than the longest one, of \(schema.windowMaxMicros / 1_000_000) s",
                suggestion: "shorten it, or write `max_window = …` at the top of the event schema")
        }
    }

    private mutating func check(_ pattern: EventPattern) {
        guard let kind = schema.kinds.first(where: { $0.name == pattern.kind }) else {
            let known = schema.kinds.map { "`\($0.name)`" }.joined(separator: ", ")
            return report("there is no kind of event `\(pattern.kind)`", suggestion: "there are \(known)")
        }
        var shape: ValueShape?
        if let shapes {
            guard shapes.actions.contains(where: { $0.uid == pattern.action }) else { return report("the schema has no action \(pattern.action)") }
            shape = shapes.context(of: pattern.action)
        }
        for field in pattern.fields where !has(field.path, kind.fields, shape) {
            report("an event of the kind `\(kind.name)` of \(pattern.action) has no field `\(field.path.joined(separator: "."))`")
        }
    }

    private func has(_ path: [String], _ fields: [EventSchema.Field], _ context: ValueShape?) -> Bool {
        guard let field = fields.first(where: { $0.name == path.first }) else { return false }
        switch field.content {
        case .leaf: return path.count == 1
        case .group(let inner): return has(Array(path.dropFirst()), inner, context)
        case .spread: return path.count > 1 && Self.has(path, context)
        }
    }

    /// Whether a shape has a path, as far as it says.
    private static func has(_ path: [String], _ shape: ValueShape?) -> Bool {
        guard let first = path.first else { return true }
        guard case .record(let members)? = shape else { return shape == nil || shape == .any }
        return members[Text(first)].map { has(Array(path.dropFirst()), $0) } ?? false
    }

    // MARK: Conditions that no event can change

    /// Each conjunct of the block mentions an event, a timepoint, a count or a sum.
    mutating func checkMonitors(_ formula: Formula) {
        let parts = if case .all(let parts) = formula.kind { parts } else { [formula] }
        for part in parts where !part.mentionsEvents {
            report("a part of the block does not depend on any event", suggestion: "write it into an ordinary `when { … }`")
        }
    }
}

extension Formula {
    fileprivate var mentionsEvents: Bool {
        switch kind {
        case .all(let parts): parts.contains(where: \.mentionsEvents)
        case .not(let body), .formerly(_, let body), .previous(_, let body), .exists(_, let body): body.mentionsEvents
        case .since(let left, _, let right): left.mentionsEvents && right.mentionsEvents
        case .event, .timepoint: true
        case .comparison(_, let left, let right):
            [left, right].contains { if case .aggregate = $0.kind { true } else { false } }
        case .call, .parameter, .refined: false
        }
    }
}
