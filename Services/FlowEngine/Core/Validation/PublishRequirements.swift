/// What a version must meet to be published, beyond being a flow that can be run: a stored version is read without these, so that a rule
/// that came later never strands a run.
public struct PublishRequirements: Sendable {
    /// A kind of call that needs a policy decision of the flow's own before it.
    public struct Guardrail: Hashable, Sendable {
        /// An operation, or the beginning of some with a star: `payments.*`.
        public var operations: String
        /// What a `guard` must have asked.
        public var action: String

        public init(operations: String, action: String) {
            self.operations = operations
            self.action = action
        }

        public func covers(_ operation: String) -> Bool {
            operations.hasSuffix("*") ? operation.hasPrefix(operations.dropLast()) : operation == operations
        }
    }

    /// Versions of every flow of the tenant, the newest last, in hexadecimal; nil where they are not known.
    public var flows: [String: [String]]?
    /// Actions of the policy schema; nil where it is not known.
    public var actions: Set<String>?
    /// What the tenant demands.
    public var guardrails: [Guardrail]
    /// A draft may leave its sub-flows unlocked.
    public var isDraft: Bool

    public init(flows: [String: [String]]? = nil, actions: Set<String>? = nil, guardrails: [Guardrail] = [], isDraft: Bool = false) {
        self.flows = flows
        self.actions = actions
        self.guardrails = guardrails
        self.isDraft = isDraft
    }

    public static let draft = PublishRequirements(isDraft: true)
}
