extension Formula {
    /// This condition with the pins of the schema in every event it mentions: nobody can forget them, and nobody can write around them.
    func pinned(by schema: EventSchema) -> Formula {
        let kind: Kind
        switch self.kind {
        case .all(let parts): kind = .all(parts.map { $0.pinned(by: schema) })
        case .not(let body): kind = .not(body.pinned(by: schema))
        case .formerly(let window, let body): kind = .formerly(window, body.pinned(by: schema))
        case .previous(let window, let body): kind = .previous(window, body.pinned(by: schema))
        case .since(let left, let window, let right): kind = .since(left.pinned(by: schema), window, right.pinned(by: schema))
        case .event(var pattern):
            pattern.fields += schema.pins(of: pattern.kind).map { pin in
                FieldPattern(path: pin.path, term: Term(kind: pin.reference.term, span: span), span: span)
            }
            kind = .event(pattern)
        case .comparison(let relation, let left, let right):
            kind = .comparison(relation, left.pinned(by: schema), right.pinned(by: schema))
        case .exists(let binder, let body): kind = .exists(binder, body.pinned(by: schema))
        case .timepoint, .call, .parameter, .refined: kind = self.kind
        }
        return Formula(kind: kind, span: span)
    }
}

extension Term {
    fileprivate func pinned(by schema: EventSchema) -> Term {
        guard case .aggregate(var aggregate) = kind else { return self }
        aggregate.body = aggregate.body.pinned(by: schema)
        return Term(kind: .aggregate(aggregate), span: span)
    }
}
