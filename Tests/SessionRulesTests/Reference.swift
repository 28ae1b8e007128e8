import Cedar

@testable import SessionRules

/// Answers rules from the whole history, by their meaning and in the simplest way: what the monitor is held against.
struct Reference {
    struct Moment {
        var micros: Int64
        /// Under each kind that the moment stands under.
        var events: [SessionEvent]
    }

    typealias Environment = [String: Value]

    var moments: [Moment] = []
    /// Numbers of the moments, which keep theirs when one is taken out of `reserved`.
    let schema: EventSchema
    var request: SessionRequest?

    init(schema: EventSchema) { self.schema = schema }

    func holds(_ formula: Formula, at index: Int, _ request: SessionRequest) -> Bool {
        var copy = self
        copy.request = request
        return !copy.solutions(formula.pinned(by: schema), index, [:], now: index).isEmpty
    }

    private func value(_ parameter: MonitorPlan.Parameter) -> Value? { request?.value(of: parameter) }

    /// Whether a moment is seen at all.
    private func isVisible(_ index: Int, now: Int) -> Bool {
        if index == now { return true }
        return schema.partition.allSatisfy { pin in
            guard let expected = value(pin.reference.parameter), let event = moments[index].events.first else { return false }
            return event.value(at: pin.path) == expected
        }
    }

    private func solutions(_ formula: Formula, _ index: Int, _ known: Environment, now: Int) -> [Environment] {
        switch formula.kind {
        case .all(let parts):
            return parts.reduce([known]) { found, part in found.flatMap { solutions(part, index, $0, now: now) } }
        case .not(let body): return solutions(body, index, known, now: now).isEmpty ? [known] : []
        case .formerly(let window, let body):
            return (0...index).filter { isVisible($0, now: now) && moments[index].micros - moments[$0].micros <= window.micros }
                .flatMap { solutions(body, $0, known, now: now) }
        case .previous(let window, let body):
            guard let before = (0..<index).last(where: { isVisible($0, now: now) }), moments[index].micros - moments[before].micros <= window.micros
            else { return [] }
            return solutions(body, before, known, now: now)
        case .since(let left, let window, let right):
            return (0...index).filter { isVisible($0, now: now) && moments[index].micros - moments[$0].micros <= window.micros }.flatMap { anchor in
                solutions(right, anchor, known, now: now).filter { found in
                    (anchor..<index).map { $0 + 1 }.filter { isVisible($0, now: now) }
                        .allSatisfy { !solutions(left, $0, found, now: now).isEmpty }
                }
            }
        case .event(let pattern):
            return moments[index].events.filter { $0.action == pattern.action && $0.kind == Text(pattern.kind) }.compactMap {
                match(pattern, $0, known)
            }
        case .comparison(let relation, let left, let right):
            return compare(relation, left, right, index, known, now: now).map { [$0] } ?? []
        case .exists(let binder, let body):
            var inner = known
            inner[binder.name.text] = nil
            return solutions(body, index, inner, now: now).map { found in
                var outer = found
                outer[binder.name.text] = known[binder.name.text]
                return outer
            }
        case .timepoint(let name): return unify(name.text, .long(Int64(index)), known).map { [$0] } ?? []
        case .call, .parameter, .refined: preconditionFailure("expanded")
        }
    }

    private func unify(_ name: String, _ value: Value, _ known: Environment) -> Environment? {
        if let other = known[name] { return other == value ? known : nil }
        var bound = known
        bound[name] = value
        return bound
    }

    private func match(_ pattern: EventPattern, _ event: SessionEvent, _ known: Environment) -> Environment? {
        var found = known
        for field in pattern.fields {
            guard let actual = event.value(at: field.path) else { return nil }
            switch field.term.kind {
            case .wildcard: continue
            case .variable(let name):
                guard let bound = unify(name, actual, found) else { return nil }
                found = bound
            default: guard value(field.term, found) == actual else { return nil }
            }
        }
        return found
    }

    private func value(_ term: Term, _ known: Environment) -> Value? {
        switch term.kind {
        case .value(let value): value
        case .context(let path): value(.context(path))
        case .scope(let variable, let path): value(.scope(variable, path))
        case .variable(let name): known[name]
        default: nil
        }
    }

    private func value(_ term: Term, _ index: Int, _ known: Environment, now: Int) -> Value? {
        guard case .aggregate(let aggregate) = term.kind else { return value(term, known) }
        let names = aggregate.binders.map(\.name.text)
        var outer = known
        for name in names { outer[name] = nil }
        let rows = Set(solutions(aggregate.body, index, outer, now: now).map { found in names.map { found[$0] } })
        guard case .sum(let summed) = aggregate.kind, let column = names.firstIndex(of: summed.text) else { return .long(Int64(rows.count)) }
        return .long(rows.reduce(0) { sum, row in if case .long(let number)? = row[column] { sum + number } else { sum } })
    }

    private func compare(_ relation: Relation, _ left: Term, _ right: Term, _ index: Int, _ known: Environment, now: Int) -> Environment? {
        let a = value(left, index, known, now: now)
        let b = value(right, index, known, now: now)
        if relation == .equal {
            if case .variable(let name) = left.kind, a == nil, let b { return unify(name, b, known) }
            if case .variable(let name) = right.kind, b == nil, let a { return unify(name, a, known) }
        }
        guard let a, let b else { return nil }
        if relation == .equal { return a == b ? known : nil }
        if relation == .notEqual { return a != b ? known : nil }
        guard case .long(let x) = a, case .long(let y) = b else { return nil }
        let holds =
            switch relation {
            case .less: x < y
            case .lessEqual: x <= y
            case .greater: x > y
            default: x >= y
            }
        return holds ? known : nil
    }
}
