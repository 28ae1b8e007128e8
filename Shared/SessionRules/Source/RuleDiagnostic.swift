public import Cedar

/// One thing that is wrong in a text of policies with session rules, in words for its author.
public struct RuleDiagnostic: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    /// What would be accepted instead, where that is known.
    public var suggestion: String?
    /// From 1.
    public var line: Int
    /// From 1, in Unicode scalars.
    public var column: Int
    public var span: SourceSpan

    public init(message: String, suggestion: String? = nil, line: Int, column: Int, span: SourceSpan) {
        self.message = message
        self.suggestion = suggestion
        self.line = line
        self.column = column
        self.span = span
    }

    public var description: String { "line \(line), column \(column): \(message)" + (suggestion.map { " (\($0))" } ?? "") }
}

/// All that is wrong in a text.
public struct RuleSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    public var diagnostics: [RuleDiagnostic]

    public init(diagnostics: [RuleDiagnostic]) { self.diagnostics = diagnostics }

    public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
