/// One thing that is wrong in a policy text, in words for its author.
public struct SyntaxDiagnostic: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    /// What would be accepted instead, where the parser knows.
    public var suggestion: String?
    public var position: SourcePosition
    public var span: SourceSpan

    public var description: String {
        let advice = suggestion.map { " (\($0))" } ?? ""
        return "\(position): \(message)\(advice)"
    }
}

/// All that is wrong in a policy text: a parser that stops at the first fault makes its author come back many times.
public struct PolicySyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    public var diagnostics: [SyntaxDiagnostic]

    public init(diagnostics: [SyntaxDiagnostic]) { self.diagnostics = diagnostics }

    public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
