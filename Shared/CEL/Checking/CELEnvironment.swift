/// What an expression may use, for the check before there are values.
public struct CELEnvironment: Sendable {
    /// By name; a name may have dots.
    public var variables: [String: CELStaticType]
    /// Besides those of the standard library.
    public var functions: [String: [CELSignature]]

    public init(variables: [String: CELStaticType], functions: [String: [CELSignature]] = [:]) {
        self.variables = variables
        self.functions = functions
    }
}

/// What is wrong with an expression, where, and how it is put right.
public struct CELTypeProblem: Hashable, Sendable, CustomStringConvertible {
    public enum Severity: String, Sendable {
        /// It has no value for any input.
        case error
        /// It has none for some input that its declarations allow.
        case warning
    }

    public var severity: Severity
    public var position: CELPosition
    public var message: String
    /// Empty where there is nothing to propose.
    public var fix: String

    public var description: String { "line \(position.line), column \(position.column): \(message)" + (fix.isEmpty ? "" : "; \(fix)") }
}

/// What the check of an expression found.
public struct CELTypeCheck: Sendable {
    /// Of the value; `dyn` where it is not known, or where there are errors.
    public var type: CELStaticType
    /// In the order in which they were found.
    public var problems: [CELTypeProblem]

    public var hasErrors: Bool { problems.contains { $0.severity == .error } }
}

extension CELExpression {
    /// Checks names, functions and types against what is declared. Everything that is wrong is found in one go.
    public func check(_ environment: CELEnvironment) -> CELTypeCheck {
        var checker = Checker(environment, options)
        let type = checker.check(root)
        return CELTypeCheck(type: checker.types.resolve(type, isFinal: true), problems: checker.problems)
    }

    /// The same, for an expression that must be of a type: a condition is a bool.
    public func check(_ environment: CELEnvironment, expecting expected: CELStaticType) -> CELTypeCheck {
        var result = check(environment)
        var types = Unification()
        if !result.hasErrors, !types.assign(result.type, to: expected) {
            let fix = expected == .bool ? "compare it with something, for example == or !=" : "convert it to \(expected)"
            result.problems.append(
                CELTypeProblem(severity: .error, position: root.start, message: "expected \(expected), but this is \(result.type)", fix: fix))
        }
        return result
    }
}
