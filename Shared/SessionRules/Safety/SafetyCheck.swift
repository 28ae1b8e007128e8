internal import Cedar

/// Accepts the conditions that a monitor can answer: closed, every variable pinned to finitely many values before anything filters by it,
/// and aggregates only where they are compared.
struct SafetyCheck {
    let source: RuleText

    /// A whole block, its macros expanded.
    func check(_ formula: Formula) throws(RuleDiagnostic) {
        if let free = formula.freeVariables.min() {
            throw source.fault(
                "the variable `\(free)` is bound by nothing", formula.span,
                suggestion: "write `exists (\(free): <type>). (…)`, or `*` for any value")
        }
        try check(formula, [])
    }

    /// - Parameter known: What the conjuncts before it have pinned.
    private func check(_ formula: Formula, _ known: Set<String>) throws(RuleDiagnostic) {
        switch formula.kind {
        case .all(let parts):
            var known = known
            for part in parts {
                try check(part, known)
                known.formUnion(part.restricted)
            }
        case .not(let body):
            try demand(formula.freeVariables, known, formula.span)
            try check(body, known)
        case .formerly(_, let body), .previous(_, let body): try check(body, known)
        case .since(let left, _, let right):
            let pinned = known.union(right.restricted)
            if let missing = left.freeVariables.subtracting(pinned).min() {
                throw source.fault(
                    "the variable `\(missing)` is used left of `since`, and nothing before it says which values it takes", left.span,
                    suggestion: "mention it right of `since`, or in a condition before")
            }
            try check(right, known)
            try check(left, pinned)
        case .event(let pattern): for field in pattern.fields { try check(operand: field.term, isCompared: false) }
        case .comparison(let relation, let left, let right): try check(relation, left, right, known, formula.span)
        case .exists(let binder, let body):
            let name = binder.name.text
            guard body.restricted.contains(name) else {
                throw source.fault(
                    "nothing says which values `\(name)` takes", formula.span,
                    suggestion: "mention it in a field of an event, in `tp`, or in an equality that is not negated")
            }
            try check(body, known.subtracting([name]))
        case .timepoint: break
        case .call, .parameter, .refined: preconditionFailure("macros are expanded before")
        }
    }

    private func demand(_ variables: Set<String>, _ known: Set<String>, _ span: SourceSpan) throws(RuleDiagnostic) {
        guard let missing = variables.subtracting(known).min() else { return }
        throw source.fault(
            "`\(missing)` is compared before anything says which values it takes", span,
            suggestion: "put the event that mentions `\(missing)` before")
    }

    private func check(
        _ relation: Relation, _ left: Term, _ right: Term, _ known: Set<String>, _ span: SourceSpan
    ) throws(RuleDiagnostic) {
        try check(operand: left, isCompared: true)
        try check(operand: right, isCompared: true)
        var demanded = left.freeVariables.union(right.freeVariables)
        if let bound = bound(relation, left, right) {
            let value = left.isVariable ? right : left
            demanded = value.freeVariables
            // A variable that is bound again by its own value would compare with what is not known yet.
            if !demanded.contains(bound) { demanded.remove(bound) }
        }
        try demand(demanded, known, span)
        for case .aggregate(let aggregate) in [left.kind, right.kind] { try check(aggregate, known, span) }
    }

    private func check(operand term: Term, isCompared: Bool) throws(RuleDiagnostic) {
        guard case .aggregate = term.kind, !isCompared else { return }
        throw source.fault("an aggregate can only be compared", term.span)
    }

    private func check(_ aggregate: Aggregate, _ known: Set<String>, _ span: SourceSpan) throws(RuleDiagnostic) {
        let names = aggregate.binders.map(\.name.text)
        guard Set(names).count == names.count else { throw source.fault("a variable of the aggregate is declared twice", span) }
        if case .sum(let name) = aggregate.kind, !names.contains(name.text) {
            throw source.fault("the sum is of `\(name.text)`, which is not declared behind `for`", span)
        }
        let free = aggregate.body.freeVariables
        for name in names {
            guard free.contains(name) else { throw source.fault("`\(name)` does not occur in what is counted", span) }
            guard aggregate.body.restricted.contains(name) else {
                throw source.fault(
                    "nothing in what is counted says which values `\(name)` takes", span,
                    suggestion: "mention it in a field of an event or in `tp`, not negated")
            }
        }
        try check(aggregate.body, known.subtracting(names))
    }
}
