/// A parsed expression, ready to be evaluated many times.
public struct CELExpression: Sendable {
    public let source: String
    let root: SyntaxNode
    let plan: Plan
    public let options: CELOptions

    public init(parsing source: String, limits: CELLimits = .default) throws(CELSyntaxError) {
        try self.init(parsing: source, options: CELOptions(limits: limits))
    }

    public init(parsing source: String, options: CELOptions) throws(CELSyntaxError) {
        self.source = source
        self.options = options
        root = try Parser.parse(source, options: options)
        plan = Planner.plan(root, options)
    }

    /// The value for these variables. Deterministic: no clock, no randomness, no order but the given one. Time zones other than UTC
    /// and fixed offsets are those of the system's database.
    public func evaluate(_ variables: [String: CELValue] = [:]) throws(CELEvaluationError) -> CELValue {
        var evaluator = Evaluator(plan: plan, variables: variables, limits: options.limits)
        return try evaluator.evaluate(plan.root)
    }
}

extension CELExpression: Hashable {
    public static func == (a: CELExpression, b: CELExpression) -> Bool { a.source.utf8.elementsEqual(b.source.utf8) }
    public func hash(into hasher: inout Hasher) { hasher.combine(source) }
}
