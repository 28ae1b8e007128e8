internal import Cedar

/// `def temporal name(?p, …) { … };`
struct MacroDefinition: Sendable {
    enum Body: Sendable {
        case condition(Formula)
        /// It can be compared, and stands for nothing by itself.
        case aggregate(Term)
    }

    var name: String
    var parameters: [String]
    var body: Body

    /// Names that mean something by themselves.
    static let reserved: Set<String> = [
        "decimal", "datetime", "duration", "ip", "let", "in", "where", "for", "sum", "count", "tp", "formerly", "previous", "since", "true", "false",
    ]
}

/// `def cedar name(?p, …) { … };`: a template of an expression of Cedar.
struct ExpressionMacro: Sendable {
    var name: String
    var parameters: [String]
    /// Of its body, between the braces.
    var tokens: [RuleToken]
}
