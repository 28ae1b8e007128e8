/// One thing that is wrong with a configuration, with what a person needs to mend it.
public struct ConfigProblem: Sendable, Hashable, CustomStringConvertible {
    /// As it stands in the file, such as `postgres.port`.
    public let key: String
    /// What is wrong, such as `must be a whole number from 1 to 65535`.
    public let rule: String
    /// Where the value came from, and what it was; nil where there is none.
    public let found: ConfigValue?
    public let fix: String

    init(_ key: String, _ rule: String, found: ConfigValue? = nil, fix: String) {
        self.key = key
        self.rule = rule
        self.found = found
        self.fix = fix
    }

    public var description: String {
        let origin = found.map { "; \($0.source) has \($0.text)" } ?? ""
        return "\(key) \(rule)\(origin); \(fix)"
    }
}

/// A value as it may be shown, and where it came from.
public struct ConfigValue: Sendable, Hashable {
    public enum Source: Sendable, Hashable, CustomStringConvertible {
        case file
        /// The variable's name.
        case environment(String)
        case builtIn

        public var description: String {
            switch self {
            case .file: "the file"
            case .environment(let variable): variable
            case .builtIn: "the default"
            }
        }
    }

    /// JSON, or `<redacted>`.
    public let text: String
    public let source: Source

    init(_ text: String, _ source: Source) {
        self.text = text
        self.source = source
    }
}
