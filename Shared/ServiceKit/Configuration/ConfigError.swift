/// Everything that is wrong with a configuration, so that a person mends it in one go.
public struct ConfigError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Each names the key as it stands in the file, such as `postgres.port`, and says how to mend it.
    public let problems: [String]

    public init(_ problems: [String]) { self.problems = problems }

    init(_ problems: [ConfigProblem]) { self.problems = problems.map(\.description) }

    public var description: String {
        problems.count == 1
            ? "configuration: \(problems[0])"
            : "configuration has \(problems.count) problems:\n" + problems.map { "  - \($0)" }.joined(separator: "\n")
    }
}
