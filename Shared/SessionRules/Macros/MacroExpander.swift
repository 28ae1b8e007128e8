internal import Cedar

/// Puts the bodies of macros in the place of their calls. What comes out has no call, parameter or fresh variable left.
struct MacroExpander {
    let source: RuleText
    let definitions: [String: MacroDefinition]
    let limits: RuleLimits
    private var nodes = 0

    init(source: RuleText, definitions: [String: MacroDefinition], limits: RuleLimits) {
        self.source = source
        self.definitions = definitions
        self.limits = limits
    }

    /// What the parameters and fresh variables of the body that is being copied stand for; nil outside of any.
    private struct Bindings {
        var name: String
        var arguments: [String: MacroCall.Argument]
        /// Tells the fresh variables of one call from those of another.
        var site: Int
        /// Faults are told where the macro was called.
        var span: SourceSpan
    }

    mutating func expand(_ formula: Formula) throws(RuleDiagnostic) -> Formula {
        nodes = 0
        return try copy(formula, nil, 0)
    }

    private mutating func copy(_ formula: Formula, _ bindings: Bindings?, _ depth: Int) throws(RuleDiagnostic) -> Formula {
        let span = bindings?.span ?? formula.span
        try count(span, depth)
        let kind: Formula.Kind
        switch formula.kind {
        case .all(let parts):
            var copied: [Formula] = []
            for part in parts { copied.append(try copy(part, bindings, depth + 1)) }
            return Formula.all(copied, span)
        case .not(let body): kind = .not(try copy(body, bindings, depth + 1))
        case .formerly(let window, let body): kind = .formerly(try copy(window, bindings, span), try copy(body, bindings, depth + 1))
        case .previous(let window, let body): kind = .previous(try copy(window, bindings, span), try copy(body, bindings, depth + 1))
        case .since(let left, let window, let right):
            kind = .since(
                try copy(left, bindings, depth + 1), try copy(window, bindings, span), try copy(right, bindings, depth + 1))
        case .event(let pattern):
            kind = .event(EventPattern(action: pattern.action, kind: pattern.kind, fields: try copy(pattern.fields, bindings, depth)))
        case .comparison(let relation, let left, let right):
            kind = .comparison(relation, try copy(left, bindings, depth + 1), try copy(right, bindings, depth + 1))
        case .exists(let binder, let body): kind = .exists(try copy(binder, bindings, span), try copy(body, bindings, depth + 1))
        case .timepoint(let name): kind = .timepoint(try copy(name, bindings, span))
        case .call(let call):
            guard case .condition(let body) = try definition(call, span).body else {
                throw source.fault("`\(call.name)` is a number, and no condition", span, suggestion: "compare it, as in `\(call.name)(…) > 3`")
            }
            return try copy(body, try bind(call, span, bindings, depth), depth + 1)
        case .parameter(let name):
            guard let bindings else { throw stray("?\(name)", span) }
            guard case .formula(let argument)? = bindings.arguments[name] else { throw wrong(name, bindings, "a condition") }
            try count(span, depth, parts: argument.size)
            return argument
        case .refined(let base, let fields):
            guard case .event(var pattern) = try copy(base, bindings, depth + 1).kind else {
                throw source.fault("only an event takes further fields", span)
            }
            pattern.fields += try copy(fields, bindings, depth)
            kind = .event(pattern)
        }
        return Formula(kind: kind, span: span)
    }

    private mutating func copy(_ fields: [FieldPattern], _ bindings: Bindings?, _ depth: Int) throws(RuleDiagnostic) -> [FieldPattern] {
        var copied: [FieldPattern] = []
        for field in fields {
            let term = try copy(field.term, bindings, depth + 1)
            if case .aggregate = term.kind { throw source.fault("an aggregate can only be compared", term.span) }
            copied.append(FieldPattern(path: field.path, term: term, span: bindings?.span ?? field.span))
        }
        return copied
    }

    private mutating func copy(_ term: Term, _ bindings: Bindings?, _ depth: Int) throws(RuleDiagnostic) -> Term {
        let span = bindings?.span ?? term.span
        try count(span, depth)
        switch term.kind {
        case .value, .context, .scope, .variable, .wildcard: return Term(kind: term.kind, span: span)
        case .fresh(let name):
            guard let bindings else { throw stray("$\(name)", span) }
            return Term(kind: .variable("\(name)$\(bindings.site)"), span: span)
        case .parameter(let name):
            guard let bindings else { throw stray("?\(name)", span) }
            return try argument(for: name, bindings, depth)
        case .aggregate(let aggregate): return Term(kind: .aggregate(try copy(aggregate, bindings, span, depth)), span: span)
        }
    }

    private mutating func copy(_ aggregate: Aggregate, _ bindings: Bindings?, _ span: SourceSpan, _ depth: Int) throws(RuleDiagnostic) -> Aggregate {
        let kind: Aggregate.Kind
        switch aggregate.kind {
        case .count: kind = .count
        case .sum(let name): kind = .sum(try copy(name, bindings, span))
        case .call(let call):
            guard case .aggregate(let body) = try definition(call, span).body else {
                throw source.fault("`\(call.name)` is a condition, and cannot be compared", span)
            }
            guard case .aggregate(let inner) = try copy(body, try bind(call, span, bindings, depth), depth + 1).kind else {
                preconditionFailure("an aggregate is copied as one")
            }
            return inner
        }
        var binders: [Binder] = []
        for binder in aggregate.binders { binders.append(try copy(binder, bindings, span)) }
        return Aggregate(kind: kind, binders: binders, body: try copy(aggregate.body, bindings, depth + 1))
    }

    /// A value that was handed to a macro. A call that was handed on is an aggregate here.
    private mutating func argument(for name: String, _ bindings: Bindings, _ depth: Int) throws(RuleDiagnostic) -> Term {
        switch bindings.arguments[name] {
        case .term(let term)?:
            try count(bindings.span, depth, parts: term.size)
            return term
        default: throw wrong(name, bindings, "a value")
        }
    }

    // MARK: Calls

    private func definition(_ call: MacroCall, _ span: SourceSpan) throws(RuleDiagnostic) -> MacroDefinition {
        guard let definition = definitions[call.name] else {
            let near = definitions.keys.sorted().filter { $0.lowercased() == call.name.lowercased() || $0.hasPrefix(call.name) }.first
            throw source.fault("there is no temporal macro `\(call.name)`", span, suggestion: near.map { "did you mean `\($0)`?" })
        }
        guard definition.parameters.count == call.arguments.count else {
            throw source.fault("`\(call.name)` takes \(definition.parameters.count) arguments, and has \(call.arguments.count)", span)
        }
        return definition
    }

    /// Arguments are expanded before they are put in.
    private mutating func bind(_ call: MacroCall, _ span: SourceSpan, _ outer: Bindings?, _ depth: Int) throws(RuleDiagnostic) -> Bindings {
        let parameters = try definition(call, span).parameters
        var arguments: [String: MacroCall.Argument] = [:]
        for (parameter, argument) in zip(parameters, call.arguments) {
            arguments[parameter] = try copy(argument, outer, depth + 1)
        }
        return Bindings(name: call.name, arguments: arguments, site: span.lower, span: span)
    }

    private mutating func copy(_ argument: MacroCall.Argument, _ bindings: Bindings?, _ depth: Int) throws(RuleDiagnostic) -> MacroCall.Argument {
        switch argument {
        case .interval: return argument
        case .term(let term): return .term(try copy(term, bindings, depth))
        case .formula(let formula):
            // A call may stand for a number: what it is, its definition says.
            if case .call(let call) = formula.kind, case .aggregate = try definition(call, formula.span).body, let term = formula.asTerm {
                return .term(try copy(term, bindings, depth))
            }
            return .formula(try copy(formula, bindings, depth))
        }
    }

    // MARK: Windows and variables

    private func copy(_ window: Window, _ bindings: Bindings?, _ span: SourceSpan) throws(RuleDiagnostic) -> Window {
        guard case .parameter(let name) = window else { return window }
        guard let bindings else { throw stray("?\(name)", span) }
        guard case .interval(let micros)? = bindings.arguments[name] else { throw wrong(name, bindings, "a window such as `1h`") }
        return .micros(micros)
    }

    private func copy(_ binder: Binder, _ bindings: Bindings?, _ span: SourceSpan) throws(RuleDiagnostic) -> Binder {
        Binder(name: try copy(binder.name, bindings, span), type: binder.type)
    }

    private func copy(_ name: Binder.Name, _ bindings: Bindings?, _ span: SourceSpan) throws(RuleDiagnostic) -> Binder.Name {
        switch name {
        case .variable: return name
        case .fresh(let fresh):
            guard let bindings else { throw stray("$\(fresh)", span) }
            return .variable("\(fresh)$\(bindings.site)")
        case .parameter(let parameter):
            guard let bindings else { throw stray("?\(parameter)", span) }
            guard case .term(let term)? = bindings.arguments[parameter], case .variable(let variable) = term.kind else {
                throw wrong(parameter, bindings, "the name of a variable")
            }
            return .variable(variable)
        }
    }

    private func stray(_ name: String, _ span: SourceSpan) -> RuleDiagnostic { source.fault("`\(name)` means nothing outside of a macro", span) }

    private func wrong(_ parameter: String, _ bindings: Bindings, _ expected: String) -> RuleDiagnostic {
        source.fault("`\(bindings.name)` expects \(expected) for ?\(parameter)", bindings.span)
    }

    private mutating func count(_ span: SourceSpan, _ depth: Int, parts: Int = 1) throws(RuleDiagnostic) {
        nodes += parts
        guard nodes <= limits.nodes else { throw source.fault("the block has more than \(limits.nodes) parts once its macros are expanded", span) }
        guard depth <= 4 * limits.depth else { throw source.fault("conditions are nested deeper than \(4 * limits.depth) levels", span) }
    }
}
