extension Parser {
    /// Ends what `operand` stands in, or goes on to its next part.
    mutating func close(_ operand: Operand, _ stack: inout [PendingExpression]) throws(SyntaxDiagnostic) -> Operand {
        guard let pending = stack.popLast() else { return operand }
        switch pending {
        case .test(let start):
            try expect(.then, "an operator or `then`")
            return try goOn(.then(start, test: operand.node), &stack)
        case .then(let start, let test):
            try expect(.else, "an operator or `else`")
            return try goOn(.otherwise(start, test: test, then: operand.node), &stack)
        case .otherwise(let start, let test, let then):
            depth -= 1
            // Looser than any operator: nothing but the end of what it stands in may follow.
            return try make(.conditional(test, then: then, else: operand.node), from: start.lower, .or)
        case .parentheses(let start):
            depth -= 1
            try expect(.rightParen, "an operator or `)`")
            return Operand(node: operand.node, lower: start.lower, binding: .member)
        case .set(let start, let from):
            listed.append(operand.node)
            guard try isLast(.rightBracket, "`]`") else { return try goOn(pending, &stack) }
            return try make(.set(takeListed(from)), from: start.lower, .member)
        case .record(let start, let from): return try closeRecord(start, from, operand, &stack)
        case .call(let name, let span, let from):
            listed.append(operand.node)
            guard try isLast(.rightParen, "`)`") else { return try goOn(pending, &stack) }
            return try call(name, span, takeListed(from))
        case .method(let name, let span, let base, let from):
            listed.append(operand.node)
            guard try isLast(.rightParen, "`)`") else { return try goOn(pending, &stack) }
            return try method(name, span, base, takeListed(from))
        case .root, .sign, .binary, .isIn, .and, .or: preconditionFailure("operators are settled, and the root is not closed")
        }
    }

    private mutating func goOn(_ pending: PendingExpression, _ stack: inout [PendingExpression]) throws(SyntaxDiagnostic) -> Operand {
        stack.append(pending)
        return try parseOperand(&stack)
    }

    /// Whether the list ends here; a comma may stand before its end.
    private mutating func isLast(_ end: Token.Kind, _ name: String) throws(SyntaxDiagnostic) -> Bool {
        if consume(.comma), peek.kind != end { return false }
        try expect(end, "an operator, `,` or \(name)")
        depth -= 1
        return true
    }

    private mutating func takeListed(_ from: Int) -> [NodeID] {
        defer { listed.removeSubrange(from...) }
        return Array(listed[from...])
    }

    private mutating func closeRecord(
        _ start: SourceSpan, _ from: Int, _ value: Operand, _ stack: inout [PendingExpression]
    ) throws(SyntaxDiagnostic) -> Operand {
        members[members.count - 1].value = value.node
        guard try isLast(.rightBrace, "`}`") else {
            try parseKey()
            return try goOn(.record(start, from: from), &stack)
        }
        let found = members[from...]
        var taken: Set<Text> = []
        for member in found where !taken.insert(member.key).inserted {
            throw fault("the key \(member.key.quoted) occurs twice", member.span)
        }
        defer { members.removeSubrange(from...) }
        return try make(.record(found.map { Expression.Member(key: $0.key, value: $0.value) }), from: start.lower, .member)
    }

    /// The name of a record's next member and its colon; the value is put in once it is known.
    mutating func parseKey() throws(SyntaxDiagnostic) {
        let token = peek
        let key: Text
        if token.kind == .string {
            advance()
            key = try unescaped(token)
        } else {
            guard token.kind == .identifier else { throw unexpected("the name of an attribute, or one in quotes") }
            key = Text(try parseIdentifier())
        }
        try expect(.colon, "`:`")
        members.append(ListedMember(key: key, span: token.span, value: NodeID(index: 0)))
    }

    struct ListedMember {
        let key: Text
        let span: SourceSpan
        var value: NodeID
    }
}
