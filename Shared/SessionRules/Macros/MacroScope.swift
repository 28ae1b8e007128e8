internal import Cedar

/// Holds the body of a macro against its parameters: each `?p` is one of them, and no macro is called.
struct MacroScope {
    let source: RuleText
    let parameters: Set<String>

    func check(_ body: MacroDefinition.Body) throws(RuleDiagnostic) {
        switch body {
        case .condition(let formula): try check(formula)
        case .aggregate(let term): try check(term)
        }
    }

    private func known(_ name: String, _ span: SourceSpan) throws(RuleDiagnostic) {
        guard parameters.contains(name) else { throw source.fault("?\(name) is no parameter of this macro", span) }
    }

    private func check(_ window: Window, _ span: SourceSpan) throws(RuleDiagnostic) {
        if case .parameter(let name) = window { try known(name, span) }
    }

    private func check(_ name: Binder.Name, _ span: SourceSpan) throws(RuleDiagnostic) {
        if case .parameter(let parameter) = name { try known(parameter, span) }
    }

    private func check(_ formula: Formula) throws(RuleDiagnostic) {
        switch formula.kind {
        case .all(let parts): for part in parts { try check(part) }
        case .not(let body): try check(body)
        case .formerly(let window, let body), .previous(let window, let body):
            try check(window, formula.span)
            try check(body)
        case .since(let left, let window, let right):
            try check(window, formula.span)
            try check(left)
            try check(right)
        case .event(let pattern): for field in pattern.fields { try check(field.term) }
        case .comparison(_, let left, let right):
            try check(left)
            try check(right)
        case .exists(let binder, let body):
            try check(binder.name, formula.span)
            try check(body)
        case .timepoint(let name): try check(name, formula.span)
        case .parameter(let name): try known(name, formula.span)
        case .refined(let base, let fields):
            try check(base)
            for field in fields { try check(field.term) }
        case .call: throw nestedCall(formula.span)
        }
    }

    private func check(_ term: Term) throws(RuleDiagnostic) {
        switch term.kind {
        case .parameter(let name): try known(name, term.span)
        case .aggregate(let aggregate):
            if case .call = aggregate.kind { throw nestedCall(term.span) }
            if case .sum(let name) = aggregate.kind { try check(name, term.span) }
            for binder in aggregate.binders { try check(binder.name, term.span) }
            try check(aggregate.body)
        case .value, .context, .scope, .variable, .wildcard, .fresh: break
        }
    }

    private func nestedCall(_ span: SourceSpan) -> RuleDiagnostic {
        source.fault("a macro cannot call a macro", span, suggestion: "hand one call to the other as an argument")
    }
}
