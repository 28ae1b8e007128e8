extension Formula {
    /// How many parts it has; an argument counts anew wherever a macro puts it.
    var size: Int {
        switch kind {
        case .all(let parts): parts.reduce(1) { $0 + $1.size }
        case .not(let body), .formerly(_, let body), .previous(_, let body), .exists(_, let body): 1 + body.size
        case .since(let left, _, let right): 1 + left.size + right.size
        case .event(let pattern): 1 + pattern.fields.count
        case .comparison(_, let left, let right): 1 + left.size + right.size
        case .refined(let base, let fields): 1 + base.size + fields.count
        case .timepoint, .call, .parameter: 1
        }
    }
}

extension Term {
    var size: Int {
        if case .aggregate(let aggregate) = kind { return 1 + aggregate.binders.count + aggregate.body.size }
        return 1
    }
}
