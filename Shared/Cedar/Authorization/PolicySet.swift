/// The policies that decide together. Their order does not matter to any decision.
public struct PolicySet: Sendable {
    public let policies: [Policy]

    /// How policies are named.
    public enum Naming: Sendable {
        /// `policy0`, `policy1`, … as Cedar names them.
        case byPosition
        /// By the annotation `@id("…")`; by position where there is none.
        case byAnnotation
    }

    public static let empty = PolicySet(unchecked: [])

    private init(unchecked policies: [Policy]) { self.policies = policies }

    /// Parses a text of any number of policies. All faults are reported together.
    public init(
        parsing text: String, naming: Naming = .byAnnotation, limits: SyntaxLimits = .default
    ) throws(PolicySyntaxError) {
        var parser = try Parser(SourceText(text), limits: limits)
        self.init(unchecked: try parser.parsePolicies(naming: naming))
    }

    public subscript(id: PolicyID) -> Policy? { policies.first { $0.id == id } }
}
