public import Identity
public import JSON
public import Trust

/// A call on its way, or a guard's question: what was asked, what policy answered, and the approvals it carries.
public struct PendingCall: Hashable, Sendable {
    /// The connector's operation, or a guard's action.
    public var operation: String
    public var resource: PolicyResource
    /// As the flow asked for it, before any redaction.
    public var input: JSONValue
    /// From 1.
    public var attempt: Int
    /// Approvals that gates demanded, each bound to one input.
    public var grants: [ApprovalGrant]
    /// The answer the call stands on; nil until policy has answered.
    public var answer: PolicyAnswer?
    /// Approvals that were asked for, also voided ones.
    public var gatesOpened: Int

    public init(operation: String, resource: PolicyResource, input: JSONValue) {
        self.operation = operation
        self.resource = resource
        self.input = input
        attempt = 1
        grants = []
        gatesOpened = 0
    }
}

/// An approval that opened a gate.
public struct ApprovalGrant: Hashable, Sendable {
    public var role: String
    public var approver: String
    public var task: TaskID
    /// Digest of the input that was approved; another input has no approval.
    public var enforcedIdentity: SHA256Digest
    /// Microseconds since 1970.
    public var expires: Int64

    public init(role: String, approver: String, task: TaskID, enforcedIdentity: SHA256Digest, expires: Int64) {
        self.role = role
        self.approver = approver
        self.task = task
        self.enforcedIdentity = enforcedIdentity
        self.expires = expires
    }
}

/// What policy said.
public struct PolicyAnswer: Hashable, Sendable {
    public enum Verdict: String, Sendable {
        case allow, redact, requireApproval = "require-approval", redactAndRequireApproval = "redact-and-require-approval", deny
    }

    public struct Gate: Hashable, Sendable {
        public var policy: String
        public var role: String
        /// 0 where the policy names none.
        public var ttlSeconds: Int

        public init(policy: String, role: String, ttlSeconds: Int) {
            self.policy = policy
            self.role = role
            self.ttlSeconds = ttlSeconds
        }
    }

    public var decision: DecisionID
    public var verdict: Verdict
    /// The input as it may be used.
    public var input: JSONValue
    public var enforcedIdentity: SHA256Digest
    /// Of the decision's receipt.
    public var receiptDigest: SHA256Digest?
    public var receipt: ReceiptID?
    /// Approval gates that are still closed.
    public var gates: [Gate]
    public var reason: String

    public init(
        decision: DecisionID, verdict: Verdict, input: JSONValue, enforcedIdentity: SHA256Digest, receiptDigest: SHA256Digest?,
        receipt: ReceiptID? = nil,
        gates: [Gate], reason: String
    ) {
        self.decision = decision
        self.verdict = verdict
        self.input = input
        self.enforcedIdentity = enforcedIdentity
        self.receiptDigest = receiptDigest
        self.receipt = receipt
        self.gates = gates
        self.reason = reason
    }
}

/// How a connector's call ended.
public enum CallResult: Hashable, Sendable {
    case succeeded(output: JSONValue)
    /// Nothing happened at the vendor's.
    case failed(errorClass: String, message: String, retryable: Bool, retryAfter: FlowDuration?)
    /// Nobody knows whether it took place: a person must look.
    case mayHaveRun(message: String)
}
