extension Expression.Kind {
    /// What the expression is made of, in the order in which it is written.
    package var children: [NodeID] {
        switch self {
        case .literal, .variable: []
        case .and(let left, let right), .or(let left, let right), .binary(_, let left, let right): [left, right]
        case .conditional(let test, let then, let otherwise): [test, then, otherwise]
        case .unary(_, let operand), .attribute(let operand, _), .has(let operand, _), .like(let operand, _): [operand]
        case .is(let operand, _, let ancestor): [operand] + (ancestor.map { [$0] } ?? [])
        case .set(let elements): elements
        case .record(let members): members.map(\.value)
        case .call(_, let arguments): arguments
        }
    }
}
