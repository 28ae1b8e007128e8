extension Formula {
    /// The variables that no binder inside binds.
    var freeVariables: Set<String> {
        switch kind {
        case .all(let parts): parts.reduce(into: []) { $0.formUnion($1.freeVariables) }
        case .not(let body), .formerly(_, let body), .previous(_, let body), .refined(let body, _): body.freeVariables
        case .since(let left, _, let right): left.freeVariables.union(right.freeVariables)
        case .event(let pattern): pattern.fields.reduce(into: []) { $0.formUnion($1.term.freeVariables) }
        case .comparison(_, let left, let right): left.freeVariables.union(right.freeVariables)
        case .exists(let binder, let body): body.freeVariables.subtracting([binder.name.text])
        case .timepoint(let name): [name.text]
        case .call, .parameter: []
        }
    }
}

extension Term {
    var freeVariables: Set<String> {
        switch kind {
        case .variable(let name): [name]
        case .aggregate(let aggregate): aggregate.body.freeVariables.subtracting(aggregate.binders.map(\.name.text))
        default: []
        }
    }

    var isVariable: Bool { if case .variable = kind { true } else { false } }
    var isWildcard: Bool { if case .wildcard = kind { true } else { false } }
}
