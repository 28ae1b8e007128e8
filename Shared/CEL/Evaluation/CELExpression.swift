/// A parsed expression, ready to be evaluated many times.
public struct CELExpression: Sendable {
    public let source: String
    let root: SyntaxNode
    private let limits: CELLimits

    public init(parsing source: String, limits: CELLimits = .default) throws(CELSyntaxError) {
        self.source = source
        self.limits = limits
        root = try Parser.parse(source, limits: limits)
    }

    /// The value for these variables. Deterministic: no clock, no randomness, no order but the given one.
    public func evaluate(_ variables: [String: CELValue] = [:]) throws(CELEvaluationError) -> CELValue {
        var evaluator = Evaluator(variables: variables, steps: limits.steps)
        return try evaluator.evaluate(root)
    }
}

extension CELExpression: Hashable {
    public static func == (a: CELExpression, b: CELExpression) -> Bool { a.source.utf8.elementsEqual(b.source.utf8) }
    public func hash(into hasher: inout Hasher) { hasher.combine(source) }
}
