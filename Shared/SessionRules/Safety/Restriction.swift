extension Formula {
    /// The variables that an atom of this condition pins to finitely many values. A negation pins none, and of a `since` only its anchor.
    var restricted: Set<String> {
        switch kind {
        case .all(let parts): parts.reduce(into: []) { $0.formUnion($1.restricted) }
        case .formerly(_, let body), .previous(_, let body): body.restricted
        case .since(_, _, let right): right.restricted
        case .event: freeVariables
        case .comparison(let relation, let left, let right): bound(relation, left, right).map { [$0] } ?? []
        case .exists(let binder, let body): body.restricted.subtracting([binder.name.text])
        case .timepoint(let name): [name.text]
        case .not, .call, .parameter, .refined: []
        }
    }
}

/// The variable that an equality gives its value to: one side is a bare variable and the other is none, and no wildcard.
func bound(_ relation: Relation, _ left: Term, _ right: Term) -> String? {
    guard relation == .equal else { return nil }
    if case .variable(let name) = left.kind, !right.isVariable, !right.isWildcard { return name }
    if case .variable(let name) = right.kind, !left.isVariable, !left.isWildcard { return name }
    return nil
}
