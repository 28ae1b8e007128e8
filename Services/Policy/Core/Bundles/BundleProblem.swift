public import Cedar

/// What is wrong with a bundle, at a place in one of its texts.
public struct BundleProblem: Error, Hashable, Sendable {
    /// Which text the place is in.
    public enum Source: String, Hashable, Sendable { case policies, entities, schema, tests }

    public var source: Source
    /// From 1; 0 where the fault is of the whole.
    public var line: Int
    public var column: Int
    public var message: String
    /// Empty where the fault is not of one policy.
    public var policy: String
    /// What to do about it; empty where that cannot be said.
    public var fix: String

    public init(source: Source = .policies, line: Int, column: Int, message: String, policy: String = "", fix: String = "") {
        self.source = source
        self.line = line
        self.column = column
        self.message = message
        self.policy = policy
        self.fix = fix
    }

    /// Of one policy.
    public init(_ policy: Policy, _ message: String, fix: String) {
        self.init(
            line: policy.position.line, column: policy.position.column, message: message, policy: policy.id.description, fix: fix)
    }

    init(_ diagnostic: SyntaxDiagnostic) {
        let advice = diagnostic.suggestion.map { " (\($0))" } ?? ""
        self.init(
            line: diagnostic.position.line, column: diagnostic.position.column, message: diagnostic.message + advice,
            fix: diagnostic.suggestion ?? "")
    }
}

/// Everything that is wrong with a bundle, together.
public struct BundleProblems: Error, Hashable, Sendable {
    public let problems: [BundleProblem]

    public init(problems: [BundleProblem]) { self.problems = problems }
}
