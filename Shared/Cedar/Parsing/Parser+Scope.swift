extension Parser {
    /// `principal …, action …, resource …)`, in this order.
    mutating func parseScope() throws(SyntaxDiagnostic) -> Scope {
        let principal = try parseEntityConstraint(.principal)
        try expect(.comma, "`,` and the action")
        let action = try parseActionConstraint()
        try expect(.comma, "`,` and the resource")
        let resource = try parseEntityConstraint(.resource)
        _ = consume(.comma)
        try expect(.rightParen, "`)` after the resource", suggestion: peek.kind == .and ? "put further tests into `when { … }`" : nil)
        return Scope(principal: principal, action: action, resource: resource)
    }

    private mutating func expectVariable(_ word: Word) throws(SyntaxDiagnostic) {
        guard consume(word) else {
            throw unexpected("`\(word)`", suggestion: "a scope is (principal, action, resource), each with a constraint or none")
        }
        if peek.kind == .colon {
            throw fault("a type after `:` is not part of Cedar", peek.span, suggestion: "write `\(word) is Type`")
        }
    }

    /// `principal`, or that with `== E`, `in E`, `is T` or `is T in E`; the same for the resource.
    private mutating func parseEntityConstraint(_ word: Word) throws(SyntaxDiagnostic) -> EntityConstraint {
        try expectVariable(word)
        if consume(.is) {
            let type = try parseTypeName()
            if peek.kind == .equal {
                throw fault("`is` and `==` exclude each other: an entity has its type in its name", peek.span, suggestion: "leave `is` out")
            }
            return consume(.in) ? .isIn(type, try parseReference(of: word)) : .is(type)
        }
        if consume(.equal) { return .equal(try parseReference(of: word)) }
        if consume(.in) { return .in(try parseReference(of: word)) }
        try refuseOtherOperator()
        return .any
    }

    /// `Type::"id"` or, in a template, the slot of the same variable.
    private mutating func parseReference(of word: Word) throws(SyntaxDiagnostic) -> EntityReference {
        guard peek.kind == .slot else { return .entity(try parseEntityReference()) }
        let token = advance()
        guard source[token.span] == "?\(word)", let slot = Slot(rawValue: source[token.span]) else {
            throw fault("the slot `\(source[token.span])` cannot stand here", token.span, suggestion: "the slot of `\(word)` is `?\(word)`")
        }
        return .slot(slot)
    }

    private mutating func parseActionConstraint() throws(SyntaxDiagnostic) -> ActionConstraint {
        try expectVariable(.action)
        if peek.word == .is { throw fault("`is` cannot be asked of an action", peek.span, suggestion: "use `==` or `in`") }
        if consume(.equal) { return .equal(try parseAction()) }
        if consume(.in) { return .in(try parseActions()) }
        try refuseOtherOperator()
        return .any
    }

    private func refuseOtherOperator() throws(SyntaxDiagnostic) {
        switch peek.kind {
        case .comma, .rightParen: return
        case .assign, .notEqual, .less, .lessEqual, .greater, .greaterEqual:
            throw fault("a scope compares with `==`, `in` or `is` only", peek.span, suggestion: "put other tests into `when { … }`")
        default: return
        }
    }

    /// One action, or a list of actions in brackets.
    private mutating func parseActions() throws(SyntaxDiagnostic) -> [EntityUID] {
        let count = try openParentheses()
        var actions: [EntityUID]
        if consume(.leftBracket) {
            actions = try list(until: .rightBracket, "`]`") { (parser) throws(SyntaxDiagnostic) in try parser.parseAction() }
        } else {
            actions = [try parseAction()]
        }
        try closeParentheses(count)
        return actions
    }

    private mutating func parseAction() throws(SyntaxDiagnostic) -> EntityUID {
        let start = peek.span
        let uid = try parseEntityReference()
        guard TypeName.basename(of: uid.type) == "Action" else {
            throw fault("\(uid) is no action", start.joined(to: previous.span), suggestion: "write Action::\(uid.id.quoted)")
        }
        return uid
    }

    /// `Type::"id"`, also in parentheses.
    mutating func parseEntityReference() throws(SyntaxDiagnostic) -> EntityUID {
        if peek.kind == .slot { throw fault("a template slot cannot stand here", peek.span, suggestion: "name an entity, such as User::\"alice\"") }
        let count = try openParentheses()
        guard peek.kind == .identifier else {
            throw unexpected("an entity such as User::\"alice\"", suggestion: peek.kind == .string ? "put the entity's type before the string" : nil)
        }
        let name = try parseName()
        guard consume(.doubleColon) else { throw unexpected("`::` and the id of the entity in quotes") }
        let uid = EntityUID(type: name, id: try unescaped(try expect(.string, "the id of the entity in quotes")))
        try closeParentheses(count)
        return uid
    }

    /// Parentheses mean nothing around an entity; how many there are.
    private mutating func openParentheses() throws(SyntaxDiagnostic) -> Int {
        var count = 0
        while consume(.leftParen) { count += 1 }
        guard count <= limits.depth else { throw fault("parentheses are nested deeper than \(limits.depth) levels", previous.span) }
        return count
    }

    private mutating func closeParentheses(_ count: Int) throws(SyntaxDiagnostic) {
        for _ in 0..<count { try expect(.rightParen, "`)`") }
    }
}
