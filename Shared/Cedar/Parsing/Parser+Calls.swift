extension Parser {
    private static let binaryMethods: [String: BinaryOperator] = [
        "contains": .contains, "containsAll": .containsAll, "containsAny": .containsAny, "getTag": .getTag, "hasTag": .hasTag,
    ]

    /// `name(arguments)`, whose closing parenthesis was the last token.
    mutating func call(_ name: Text, _ span: SourceSpan, _ arguments: [NodeID]) throws(SyntaxDiagnostic) -> Operand {
        if let function = ExtensionFunction(rawValue: name.string), function.isConstructor {
            return try make(.call(function, arguments), from: span.lower, .member)
        }
        let isMethod = Self.binaryMethods[name.string] != nil || name == "isEmpty" || ExtensionFunction(rawValue: name.string) != nil
        if isMethod { throw fault("`\(name)` is a method", span, suggestion: "write `value.\(name)(…)`") }
        let known = ExtensionFunction.allCases.filter(\.isConstructor).map(\.rawValue)
        throw fault(
            "there is no function `\(name)`", span,
            suggestion: Spelling.nearest(to: name.string, in: known).map { "did you mean `\($0)`?" } ?? "Cedar has \(known.joined(separator: ", "))")
    }

    /// `base.name(arguments)`, whose closing parenthesis was the last token.
    mutating func method(_ name: String, _ span: SourceSpan, _ base: Operand, _ arguments: [NodeID]) throws(SyntaxDiagnostic) -> Operand {
        if name == "isEmpty" {
            try requireArguments(0, arguments, of: name, span)
            return try make(.unary(.isEmpty, base.node), from: base.lower, .member)
        }
        if let op = Self.binaryMethods[name] {
            try requireArguments(1, arguments, of: name, span)
            return try make(.binary(op, base.node, arguments[0]), from: base.lower, .member)
        }
        // How many arguments an extension function takes is checked when it is called, as Cedar does.
        if let function = ExtensionFunction(rawValue: name), !function.isConstructor {
            return try make(.call(function, [base.node] + arguments), from: base.lower, .member)
        }
        let isFunction = ExtensionFunction(rawValue: name) != nil
        let known = Self.binaryMethods.keys + ["isEmpty"] + ExtensionFunction.allCases.filter { !$0.isConstructor }.map(\.rawValue)
        let suggestion = isFunction ? "write `\(name)(…)`" : Spelling.nearest(to: name, in: known).map { "did you mean `\($0)`?" }
        throw fault("there is no method `\(name)`", span, suggestion: suggestion)
    }

    private func requireArguments(_ count: Int, _ arguments: [NodeID], of name: String, _ span: SourceSpan) throws(SyntaxDiagnostic) {
        guard arguments.count == count else {
            throw fault("`\(name)` takes \(count == 1 ? "one argument" : "no arguments"), found \(arguments.count)", span)
        }
    }

    func unknownName(_ name: Text, _ span: SourceSpan) -> SyntaxDiagnostic {
        let words = ["principal", "action", "resource", "context", "true", "false"]
        let near = Spelling.nearest(to: name.string, in: words).map { "did you mean `\($0)`?" }
        return fault(
            "`\(name)` is neither a variable nor an entity", span,
            suggestion: near ?? "variables are principal, action, resource and context; a string needs quotes")
    }
}
