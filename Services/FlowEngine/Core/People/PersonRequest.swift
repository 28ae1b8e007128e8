public import Identity
public import JSON
public import Trust

/// Something that a person of a role is asked: an approval of exactly one subject, or a task with a form.
public struct PersonRequest: Hashable, Sendable {
    public enum Kind: String, Sendable { case approval, task }

    public var task: TaskID
    public var kind: Kind
    public var role: String
    public var title: String
    /// Exactly what will run: resolved inputs, action and version.
    public var subject: JSONValue
    /// SHA-256 over the subject's canonical bytes: what an approver signs.
    public var digest: SHA256Digest
    /// Principals who may not decide, since they asked for it.
    public var excluded: [String]
    public var form: JSONObject?
    public var ttl: FlowDuration
    /// Why a person is asked, in one sentence.
    public var reason: String
    public var decision: DecisionID?

    public init(
        task: TaskID, kind: Kind, role: String, title: String, subject: JSONValue, digest: SHA256Digest, excluded: [String], form: JSONObject? = nil,
        ttl: FlowDuration, reason: String, decision: DecisionID? = nil
    ) {
        self.task = task
        self.kind = kind
        self.role = role
        self.title = title
        self.subject = subject
        self.digest = digest
        self.excluded = excluded
        self.form = form
        self.ttl = ttl
        self.reason = reason
        self.decision = decision
    }
}

/// What a person answered.
public struct PersonAnswer: Hashable, Sendable {
    public enum Verdict: String, Sendable { case approve, reject, complete }

    public var verdict: Verdict
    public var by: String
    public var comment: String
    /// Of a task's form.
    public var answer: JSONValue

    public init(verdict: Verdict, by: String, comment: String = "", answer: JSONValue = .null) {
        self.verdict = verdict
        self.by = by
        self.comment = comment
        self.answer = answer
    }
}
