/// What conditions say of paths as `trigger.user.name`: it is there, or it is not null.
struct Facts {
    private(set) var present: Set<String> = []
    private(set) var nonNull: Set<String> = []

    /// What follows from a condition's outcome.
    mutating func add(_ condition: SyntaxNode, isTrue: Bool) {
        switch condition.kind {
        case .all(let terms) where isTrue: for term in terms { add(term, isTrue: true) }
        case .any(let terms) where !isTrue: for term in terms { add(term, isTrue: false) }
        case .unary(.not, let count, let operand): add(operand, isTrue: count.isMultiple(of: 2) ? isTrue : !isTrue)
        case .presence(let base, let member) where isTrue: if let path = base.qualifiedName { present.insert("\(path).\(member)") }
        case .binary(.in, let key, let map) where isTrue:
            if case .literal(.string(let member)) = key.kind, let path = map.qualifiedName { present.insert("\(path).\(member)") }
        case .binary(.notEqual, let left, let right) where isTrue: addNonNull(left, right)
        case .binary(.equal, let left, let right) where !isTrue: addNonNull(left, right)
        default: break
        }
    }

    private mutating func addNonNull(_ left: SyntaxNode, _ right: SyntaxNode) {
        if case .literal(.null) = right.kind, let path = left.qualifiedName { nonNull.insert(path) }
        if case .literal(.null) = left.kind, let path = right.qualifiedName { nonNull.insert(path) }
    }

    /// Names that a macro binds mean something else now.
    mutating func forget(_ names: Set<String>) {
        func isOther(_ path: String) -> Bool { !names.contains(String(path.prefix { $0 != "." })) }
        present = present.filter(isOther)
        nonNull = nonNull.filter(isOther)
    }
}
