extension Parser {
    /// `has(a.b)`: is there a member b, without an error where there is none.
    mutating func presence(_ arguments: [SyntaxNode], at position: CELPosition) throws(CELSyntaxError) -> SyntaxNode {
        guard arguments.count == 1, case .select(let base, let member) = arguments[0].kind else {
            throw CELSyntaxError("has() takes one member access", suggestion: "write has(a.b)", at: position)
        }
        return try make(.presence(base, member: member), at: position, over: [base])
    }

    /// Nil where `name` is no macro, or has a number of arguments that no macro of that name takes.
    mutating func comprehension(
        _ name: String, over range: SyntaxNode, _ arguments: [SyntaxNode], at position: CELPosition
    ) throws(CELSyntaxError) -> SyntaxNode? {
        let macro: SyntaxNode.Comprehension.Macro
        switch (name, arguments.count) {
        case ("all", 2): macro = .all
        case ("exists", 2): macro = .exists
        case ("exists_one", 2), ("existsOne", 2): macro = .existsOne
        case ("filter", 2): macro = .filter
        case ("map", 2), ("map", 3): macro = .map
        default: return nil
        }
        guard case .identifier(let variable) = arguments[0].kind else {
            throw CELSyntaxError("the first argument of \(name)() must be a name", suggestion: "write \(name)(x, …)", at: arguments[0].position)
        }
        let comprehension = SyntaxNode.Comprehension(
            macro: macro, range: range, variable: variable,
            predicate: macro == .map ? (arguments.count == 3 ? arguments[1] : nil) : arguments[1],
            transform: macro == .map ? arguments[arguments.count - 1] : nil)
        return try make(.comprehension(comprehension), at: position, over: [range] + arguments)
    }
}
