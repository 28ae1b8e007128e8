extension Parser {
    /// `Policy := Annotation* ('permit' | 'forbid') '(' Scope ')' Condition* ';'`
    mutating func parsePolicy(index: Int, naming: PolicySet.Naming) throws(SyntaxDiagnostic) -> (PolicyID, PolicyBody) {
        let start = peek.span
        tree = ExpressionTree()
        (listed, members) = ([], [])
        let annotations = try parseAnnotations()
        let effect = try parseEffect()
        try expect(.leftParen, "`(` with the scope of the policy")
        let scope = try parseScope()
        var conditions: [Condition] = []
        while peek.kind == .identifier { conditions.append(try parseCondition()) }
        let missing = conditions.isEmpty ? "`when`, `unless` or `;`" : "`;` or another condition"
        try expect(.semicolon, missing, suggestion: peek.kind == .end ? "end the policy with `;`" : nil)
        let named = naming == .byAnnotation ? annotations["id"] : nil
        let body = PolicyBody(
            effect: effect, annotations: annotations, scope: scope, conditions: conditions, tree: tree,
            span: start.joined(to: previous.span), position: source.position(of: start.lower), source: source)
        return (PolicyID(named ?? "policy\(index)"), body)
    }

    /// `Annotation := '@' IDENT ['(' STRING ')']`
    private mutating func parseAnnotations() throws(SyntaxDiagnostic) -> Annotations {
        var entries: [Annotations.Entry] = []
        while peek.kind == .at {
            let start = advance().span
            let name = try expect(.identifier, "the name of an annotation")
            var value = ""
            let hasValue = peek.kind == .leftParen
            if consume(.leftParen) {
                value = try unescaped(try expect(.string, "a string")).string
                try expect(.rightParen, "`)`")
            }
            let key = source[name.span]
            guard !entries.contains(where: { $0.name == key }) else { throw fault("the annotation @\(key) occurs twice", name.span) }
            entries.append(Annotations.Entry(name: key, value: value, hasValue: hasValue, position: source.position(of: start.lower)))
        }
        return Annotations(entries: entries)
    }

    private mutating func parseEffect() throws(SyntaxDiagnostic) -> Effect {
        if consume(.permit) { return .permit }
        if consume(.forbid) { return .forbid }
        let allows = peek.kind == .identifier && ["allow", "deny", "Permit", "Forbid"].contains(source[peek.span])
        throw unexpected("`permit` or `forbid`", suggestion: allows ? "policies begin with `permit` or `forbid`" : nil)
    }

    /// `Condition := ('when' | 'unless') '{' Expr '}'`
    private mutating func parseCondition() throws(SyntaxDiagnostic) -> Condition {
        let kind: Condition.Kind
        if consume(.when) {
            kind = .when
        } else if consume(.unless) {
            kind = .unless
        } else {
            throw unexpected("`when`, `unless` or `;`")
        }
        try expect(.leftBrace, "`{`")
        guard peek.kind != .rightBrace else {
            throw fault("a condition cannot be empty", peek.span, suggestion: "leave the whole `\(kind.rawValue) {}` out")
        }
        let start = position
        do throws(SyntaxDiagnostic) {
            let body = try parseExpression()
            try expect(.rightBrace, "an operator or `}`")
            return Condition(kind: kind, body: body)
        } catch {
            // The policy is lost, but what follows the condition can still be looked at.
            report(error, since: lower(ofToken: start))
            guard skipCondition(from: start) else { throw error }
            (listed, members) = ([], [])
            return Condition(kind: kind, body: tree.add(.literal(.bool(true)), error.span))
        }
    }
}
