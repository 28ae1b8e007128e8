/// One thing that a schema has against a policy.
public struct ValidationFinding: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Severity: String, Hashable, Sendable {
        /// The policy is not valid.
        case error
        /// The policy is valid, and probably not what was meant.
        case warning
    }

    /// What kind of thing it is; the words may change, these do not.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        case unknownEntityType = "unknown_entity_type"
        case unknownAction = "unknown_action"
        case unknownID = "unknown_id"
        case noApplicableAction = "no_applicable_action"
        case unexpectedType = "unexpected_type"
        case incompatibleTypes = "incompatible_types"
        case unknownAttribute = "unknown_attribute"
        case unsafeAttribute = "unsafe_attribute"
        case unsafeTag = "unsafe_tag"
        case noTags = "no_tags"
        case argumentCount = "argument_count"
        case invalidArgument = "invalid_argument"
        case constructorOfNoLiteral = "constructor_of_no_literal"
        case emptySet = "empty_set"
        case levelExceeded = "level_exceeded"
        case literalDereferenced = "literal_dereferenced"
        case tooCostly = "too_costly"
        case neverApplies = "never_applies"
        case confusableText = "confusable_text"
    }

    public let severity: Severity
    public let code: Code
    public let policy: PolicyID
    /// Where in the text of its policy set; nil for policies that were read from JSON.
    public let position: SourcePosition?
    public let span: SourceSpan
    public let message: String
    /// What would be accepted instead, where it is known.
    public let suggestion: String?

    public var description: String {
        let place = position.map { ", \($0)" } ?? ""
        return "\(severity.rawValue) in \"\(policy)\"\(place): \(message)" + (suggestion.map { " (\($0))" } ?? "")
    }
}

/// What a schema has against a set of policies.
public struct ValidationResult: Sendable {
    /// In the order of the policies, and of the places in them.
    public let findings: [ValidationFinding]

    public var isValid: Bool { !findings.contains { $0.severity == .error } }
    public var errors: [ValidationFinding] { findings.filter { $0.severity == .error } }
    public var warnings: [ValidationFinding] { findings.filter { $0.severity == .warning } }
}
