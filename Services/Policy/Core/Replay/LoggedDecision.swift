public import Cedar
public import FoundationEssentials
public import JSON
public import Trust

/// A decision as the log keeps it, as far as a replay needs it. What it was about stands apart, and may have been erased.
public struct LoggedDecision: Sendable {
    public var id: UUID
    public var bundle: SHA256Digest
    /// Which rules of evaluation answered.
    public var engine: String
    /// Decisions of one session build on each other; empty for one that stands alone.
    public var session: String
    public var time: Date
    public var principalType: String
    public var principal: String
    public var roles: [String]
    public var action: String
    public var resourceType: String
    public var resource: String
    public var verdict: Verdict
    public var satisfiedPermits: [PolicyID]
    public var satisfiedForbids: [PolicyID]
    public var erring: [PolicyID]
    public var outcomes: [DecisionOutcome]

    /// What a decision was about.
    public struct Content: Sendable {
        public var context: JSONObject
        public var input: JSONValue
        public var grants: [ApprovalGrant]

        public init(context: JSONObject, input: JSONValue, grants: [ApprovalGrant]) {
            self.context = context
            self.input = input
            self.grants = grants
        }
    }

    public init(
        id: UUID, bundle: SHA256Digest, engine: String, session: String, time: Date, principalType: String, principal: String, roles: [String],
        action: String, resourceType: String, resource: String, verdict: Verdict, satisfiedPermits: [PolicyID], satisfiedForbids: [PolicyID],
        erring: [PolicyID], outcomes: [DecisionOutcome] = []
    ) {
        self.id = id
        self.bundle = bundle
        self.engine = engine
        self.session = session
        self.time = time
        self.principalType = principalType
        self.principal = principal
        self.roles = roles
        self.action = action
        self.resourceType = resourceType
        self.resource = resource
        self.verdict = verdict
        self.satisfiedPermits = satisfiedPermits
        self.satisfiedForbids = satisfiedForbids
        self.erring = erring
        self.outcomes = outcomes
    }

    /// The question as it was asked, with what it was about.
    public func question(_ content: Content) -> Question {
        Question(
            principalType: principalType, principal: principal, roles: roles, action: action, resourceType: resourceType, resource: resource,
            context: content.context, input: content.input, grants: content.grants, time: time)
    }
}

/// What became of a decision later.
public struct DecisionOutcome: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case approved, rejected, expired, spent, incident
        /// What the action itself came to.
        case succeeded, failed, cancelled
        case mayHaveRun = "may-have-run"
    }

    /// A million units of a currency: the outcomes of a million decisions can be added up.
    public static let amountMicrosMax: Int64 = 1_000_000 * 1_000_000

    public let kind: Kind
    /// Millionths of the currency; 0 where it is not about money.
    public let amountMicros: Int64
    public let currency: String

    public init(kind: Kind, amountMicros: Int64 = 0, currency: String = "") {
        self.kind = kind
        self.amountMicros = amountMicros
        self.currency = currency
    }
}
