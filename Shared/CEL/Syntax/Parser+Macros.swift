extension Parser {
    /// `has(a.b)`: is there a member b, without an error where there is none.
    mutating func presence(_ arguments: [SyntaxNode], at position: CELPosition) throws(CELSyntaxError) -> SyntaxNode {
        guard arguments.count == 1, case .select(let base, let member, false) = arguments[0].kind else {
            throw CELSyntaxError("has() takes one member access", suggestion: "write has(a.b)", at: position)
        }
        return try make(.presence(base, member: member), at: position, over: [base])
    }

    /// Nil where `name` is no macro, or has a number of arguments that no macro of that name takes.
    mutating func memberMacro(
        _ name: String, over target: SyntaxNode, _ arguments: [SyntaxNode], at position: CELPosition
    ) throws(CELSyntaxError) -> SyntaxNode? {
        switch (name, arguments.count) {
        case ("optMap", 2), ("optFlatMap", 2):
            let variable = try self.variable(arguments[0], of: name)
            let map = SyntaxNode.OptionalMap(target: target, variable: variable, result: arguments[1], isFlat: name == "optFlatMap")
            return try make(.optionalMap(map), at: position, over: [target] + arguments)
        default: break
        }
        guard let macro = Self.comprehension(name, arguments.count) else { return nil }
        var variables: [String] = []
        for argument in arguments.prefix(macro.variables) { variables.append(try variable(argument, of: name)) }
        guard Set(variables).count == variables.count else {
            throw CELSyntaxError("\(name)() binds '\(variables[0])' twice", suggestion: "use two names", at: arguments[1].position)
        }
        let rest = arguments.dropFirst(macro.variables)
        let comprehension = SyntaxNode.Comprehension(
            macro: macro.kind, range: target, variables: variables,
            predicate: macro.kind.isTransform ? (rest.count == 2 ? rest.first : nil) : rest.first,
            transform: macro.kind.isTransform ? rest.last : nil)
        return try make(.comprehension(comprehension), at: position, over: [target] + arguments)
    }

    private static func comprehension(_ name: String, _ count: Int) -> (kind: SyntaxNode.Comprehension.Macro, variables: Int)? {
        switch (name, count) {
        case ("all", 2): (.all, 1)
        case ("exists", 2): (.exists, 1)
        case ("exists_one", 2), ("existsOne", 2): (.existsOne, 1)
        case ("filter", 2): (.filter, 1)
        case ("map", 2), ("map", 3): (.map, 1)
        case ("sortBy", 2): (.sortBy, 1)
        case ("all", 3): (.all, 2)
        case ("exists", 3): (.exists, 2)
        case ("exists_one", 3), ("existsOne", 3): (.existsOne, 2)
        case ("transformList", 3), ("transformList", 4): (.transformList, 2)
        case ("transformMap", 3), ("transformMap", 4): (.transformMap, 2)
        case ("transformMapEntry", 3), ("transformMapEntry", 4): (.transformMapEntry, 2)
        default: nil
        }
    }

    private func variable(_ node: SyntaxNode, of macro: String) throws(CELSyntaxError) -> String {
        guard case .identifier(let name, false) = node.kind else {
            throw CELSyntaxError("\(macro)() binds names: its first argument must be one", suggestion: "write \(macro)(x, …)", at: node.position)
        }
        return name
    }

    /// `cel.bind(x, value, result)`, and what optimised expressions are written with: `cel.block([…], result)`, `cel.index(0)`,
    /// `cel.iterVar(0, 0)`, `cel.accuVar(0, 0)`.
    mutating func bindingMacro(
        _ name: String, _ arguments: [SyntaxNode], at position: CELPosition
    ) throws(CELSyntaxError) -> SyntaxNode? {
        switch (name, arguments.count) {
        case ("bind", 3):
            let binding = SyntaxNode.Binding(name: try variable(arguments[0], of: "cel.bind"), value: arguments[1])
            return try make(.bindings([binding], result: arguments[2]), at: position, over: arguments)
        case ("block", 2):
            guard case .list(let elements) = arguments[0].kind else {
                throw CELSyntaxError("cel.block() takes a list of values first", suggestion: "write cel.block([…], …)", at: arguments[0].position)
            }
            let bindings = elements.enumerated().map { SyntaxNode.Binding(name: "@index\($0.offset)", value: $0.element.node) }
            return try make(.bindings(bindings, result: arguments[1]), at: position, over: arguments)
        case ("index", 1), ("iterVar", 2), ("accuVar", 2):
            var numbers = ""
            for argument in arguments {
                guard case .literal(.int(let number)) = argument.kind, number >= 0 else {
                    throw CELSyntaxError("cel.\(name)() takes literal ints from 0", at: argument.position)
                }
                numbers += name == "index" ? "\(number)" : ":\(number)"
            }
            return try make(.identifier("@\(name)\(numbers)", isAbsolute: false), at: position)
        default: return nil
        }
    }
}

extension SyntaxNode.Comprehension.Macro {
    /// It makes something of each element, and may have a condition before that.
    var isTransform: Bool {
        switch self {
        case .all, .exists, .existsOne, .filter: false
        case .map, .transformList, .transformMap, .transformMapEntry, .sortBy: true
        }
    }
}
