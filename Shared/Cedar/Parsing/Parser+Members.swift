extension Parser {
    /// `Member := Primary {'.' IDENT ['(' args ')'] | '[' STRING ']'}`
    mutating func parseMember() throws(SyntaxDiagnostic) -> NodeID {
        var base = try parsePrimary()
        while true {
            switch peek.kind {
            case .dot:
                advance()
                base = try parseField(of: base)
            case .leftBracket:
                advance()
                base = try parseIndex(of: base)
            case .leftParen: throw fault("this cannot be called", peek.span, suggestion: "only functions and methods have arguments")
            default: return base
            }
        }
    }

    private mutating func parseIndex(of base: NodeID) throws(SyntaxDiagnostic) -> NodeID {
        let name = try unescaped(try expect(.string, "the name of an attribute in quotes"))
        try expect(.rightBracket, "`]`")
        return try node(.attribute(base, name), span(from: base))
    }

    private mutating func parseField(of base: NodeID) throws(SyntaxDiagnostic) -> NodeID {
        let token = peek
        let name = try parseIdentifier()
        guard consume(.leftParen) else { return try node(.attribute(base, Text(name)), span(from: base)) }
        let arguments = try parseArguments()
        return try method(name, token.span, base, arguments)
    }

    private mutating func parseArguments() throws(SyntaxDiagnostic) -> [NodeID] {
        try list(until: .rightParen, "`)`") { (parser) throws(SyntaxDiagnostic) in try parser.parseExpression() }
    }

    private mutating func method(
        _ name: String, _ nameSpan: SourceSpan, _ base: NodeID, _ arguments: [NodeID]
    ) throws(SyntaxDiagnostic) -> NodeID {
        let whole = span(from: base)
        if name == "isEmpty" {
            try requireArguments(0, arguments, of: name, nameSpan)
            return try node(.unary(.isEmpty, base), whole)
        }
        if let op = Self.binaryMethods[name] {
            try requireArguments(1, arguments, of: name, nameSpan)
            return try node(.binary(op, base, arguments[0]), whole)
        }
        // How many arguments an extension function takes is checked when it is called, as Cedar does.
        if let function = ExtensionFunction(rawValue: name), !function.isConstructor {
            return try node(.call(function, [base] + arguments), whole)
        }
        let isFunction = ExtensionFunction(rawValue: name) != nil
        let known = Self.binaryMethods.keys + ["isEmpty"] + ExtensionFunction.allCases.filter { !$0.isConstructor }.map(\.rawValue)
        let suggestion = isFunction ? "write `\(name)(…)`" : Spelling.nearest(to: name, in: known).map { "did you mean `\($0)`?" }
        throw fault("there is no method `\(name)`", nameSpan, suggestion: suggestion)
    }

    private static let binaryMethods: [String: BinaryOperator] = [
        "contains": .contains, "containsAll": .containsAll, "containsAny": .containsAny, "getTag": .getTag, "hasTag": .hasTag,
    ]

    private func requireArguments(_ count: Int, _ arguments: [NodeID], of name: String, _ span: SourceSpan) throws(SyntaxDiagnostic) {
        guard arguments.count == count else {
            throw fault("`\(name)` takes \(count == 1 ? "one argument" : "no arguments"), found \(arguments.count)", span)
        }
    }

    /// `Primary := LITERAL | Ref | Name | '(' Expr ')' | '[' [Exprs] ']' | '{' [Members] '}'`
    private mutating func parsePrimary() throws(SyntaxDiagnostic) -> NodeID {
        let start = peek
        switch start.kind {
        case .integer: return try parseInteger(isNegative: false)
        case .string:
            advance()
            return try node(.literal(.string(try unescaped(start))), start.span)
        case .identifier: return try parseWord()
        case .leftParen:
            advance()
            let inner = try parseExpression()
            try expect(.rightParen, "an operator or `)`")
            return inner
        case .leftBracket:
            advance()
            let elements = try list(until: .rightBracket, "`]`") { (parser) throws(SyntaxDiagnostic) in try parser.parseExpression() }
            return try node(.set(elements), start.span.joined(to: previous.span))
        case .leftBrace:
            advance()
            return try parseRecord(start.span)
        case .slot: throw fault("a template slot cannot stand in a condition", start.span)
        default: throw unexpected("an expression")
        }
    }

    private mutating func parseRecord(_ start: SourceSpan) throws(SyntaxDiagnostic) -> NodeID {
        var taken: Set<Text> = []
        let members = try list(until: .rightBrace, "`}`") { (parser) throws(SyntaxDiagnostic) in
            let keyToken = parser.peek
            let key: Text
            if keyToken.kind == .string {
                parser.advance()
                key = try parser.unescaped(keyToken)
            } else {
                guard keyToken.kind == .identifier else { throw parser.unexpected("the name of an attribute, or one in quotes") }
                key = Text(try parser.parseIdentifier())
            }
            guard taken.insert(key).inserted else { throw parser.fault("the key \(key.quoted) occurs twice", keyToken.span) }
            try parser.expect(.colon, "`:`")
            return Expression.Member(key: key, value: try parser.parseExpression())
        }
        return try node(.record(members), start.joined(to: previous.span))
    }

    /// `true`, `false`, a variable, a function call or an entity.
    private mutating func parseWord() throws(SyntaxDiagnostic) -> NodeID {
        let start = peek
        let isPath = peek(1).kind == .doubleColon
        if !isPath, start.word == .true || start.word == .false {
            advance()
            return try node(.literal(.bool(start.word == .true)), start.span)
        }
        if !isPath, let variable = Variable(rawValue: source[start.span]) {
            advance()
            if peek.kind == .leftParen { throw fault("`\(variable.rawValue)` is no function", start.span) }
            return try node(.variable(variable), start.span)
        }
        if start.word == .if {
            throw fault("an `if` within an expression needs parentheses", start.span, suggestion: "write `(if … then … else …)`")
        }
        let name = try parseName()
        if consume(.doubleColon) {
            let id = try expect(.string, "the id of the entity in quotes")
            return try node(.literal(.entity(EntityUID(type: name, id: try unescaped(id)))), start.span.joined(to: id.span))
        }
        return try parseCall(name, start.span.joined(to: previous.span))
    }

    private mutating func parseCall(_ name: Text, _ nameSpan: SourceSpan) throws(SyntaxDiagnostic) -> NodeID {
        guard consume(.leftParen) else { throw unknownName(name, nameSpan) }
        let arguments = try parseArguments()
        if let function = ExtensionFunction(rawValue: name.string), function.isConstructor {
            return try node(.call(function, arguments), nameSpan.joined(to: previous.span))
        }
        let isMethod = Self.binaryMethods[name.string] != nil || name == "isEmpty" || ExtensionFunction(rawValue: name.string) != nil
        if isMethod { throw fault("`\(name)` is a method", nameSpan, suggestion: "write `value.\(name)(…)`") }
        let known = ExtensionFunction.allCases.filter(\.isConstructor).map(\.rawValue)
        throw fault(
            "there is no function `\(name)`", nameSpan,
            suggestion: Spelling.nearest(to: name.string, in: known).map { "did you mean `\($0)`?" } ?? "Cedar has \(known.joined(separator: ", "))")
    }

    private func unknownName(_ name: Text, _ span: SourceSpan) -> SyntaxDiagnostic {
        let words = ["principal", "action", "resource", "context", "true", "false"]
        let near = Spelling.nearest(to: name.string, in: words).map { "did you mean `\($0)`?" }
        return fault(
            "`\(name)` is neither a variable nor an entity", span,
            suggestion: near ?? "variables are principal, action, resource and context; a string needs quotes")
    }
}
