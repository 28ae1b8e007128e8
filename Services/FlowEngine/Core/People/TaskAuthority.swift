internal import JSON
public import Trust

/// The one place that says who may decide what. Every path to a decision (the inbox, a publish, a policy's gate) comes through here.
public enum TaskAuthority {
    public enum State: String, Sendable { case open, approved, rejected, completed, expired, cancelled }

    /// What must be known of a task to judge a decision on it.
    public struct Task: Sendable {
        public var kind: PersonRequest.Kind
        public var state: State
        public var role: String
        public var excluded: [String]
        public var digest: SHA256Digest
        public var form: FormSchema?
        /// Nil where one answer decides.
        public var plan: ApprovalPlan?
        public var votes: [ApprovalVote]

        public init(
            kind: PersonRequest.Kind, state: State, role: String, excluded: [String], digest: SHA256Digest, form: FormSchema?,
            plan: ApprovalPlan? = nil, votes: [ApprovalVote] = []
        ) {
            self.kind = kind
            self.state = state
            self.role = role
            self.excluded = excluded
            self.digest = digest
            self.form = form
            self.plan = plan
            self.votes = votes
        }
    }

    public struct Refusal: Error, Hashable, Sendable {
        public enum Reason: String, Sendable {
            case notAPerson = "PERSON_REQUIRED"
            case selfApproval = "SELF_APPROVAL"
            case roleRequired = "ROLE_REQUIRED"
            case closed = "TASK_CLOSED"
            case subjectChanged = "SUBJECT_CHANGED"
            case wrongVerdict = "DECISION_NOT_POSSIBLE"
            case invalidAnswer = "ANSWER_INVALID"
            case votedAlready = "VOTED_ALREADY"
            case notNamed = "NOT_NAMED"
        }

        public var reason: Reason
        public var message: String
        /// Fields of the answer that are wrong: JSON pointer to message.
        public var fields: [FormSchema.Violation] = []
    }

    /// Whether this person could decide the task at all: what a list shows beside it.
    public static func mayDecide(_ task: Task, principal: String?, roles: [String]) throws(Refusal) {
        guard let principal, !principal.isEmpty else { throw Refusal(reason: .notAPerson, message: "only a signed-in person can decide") }
        guard task.state == .open else { throw Refusal(reason: .closed, message: "this was decided already: \(task.state.rawValue)") }
        // Addresses are compared without case: `Dana@acme` must not approve what `dana@acme` asked for.
        guard !task.excluded.contains(where: { $0.lowercased() == principal.lowercased() }) else {
            throw Refusal(reason: .selfApproval, message: "whoever asked for it cannot approve it")
        }
        guard let plan = task.plan else { return try mayAnswer(task.role, roles) }
        guard case .waiting(let index) = plan.standing(task.votes, on: task.digest) else {
            throw Refusal(reason: .closed, message: "this was decided already")
        }
        guard !ApprovalPlan.counted(task.votes, on: task.digest).contains(where: { $0.by.lowercased() == principal.lowercased() }) else {
            throw Refusal(reason: .votedAlready, message: "you have voted on this; it waits for somebody else")
        }
        let stage = plan.stages[index]
        try mayAnswer(stage.role, roles)
        guard stage.persons.isEmpty || stage.persons.contains(where: { $0.lowercased() == principal.lowercased() }) else {
            throw Refusal(reason: .notNamed, message: "this waits for one of \(stage.persons.joined(separator: ", "))")
        }
    }

    private static func mayAnswer(_ role: String, _ roles: [String]) throws(Refusal) {
        guard roles.contains(role) else { throw Refusal(reason: .roleRequired, message: "this needs the role \(role)") }
    }

    public static func authorise(
        _ answer: PersonAnswer, seenDigest: SHA256Digest?, on task: Task, principal: String?, roles: [String]
    ) throws(Refusal) {
        try mayDecide(task, principal: principal, roles: roles)
        guard answer.by == principal else { throw Refusal(reason: .notAPerson, message: "a decision is made in one's own name") }
        guard seenDigest == task.digest else {
            throw Refusal(reason: .subjectChanged, message: "what you saw is not what will run; look at it again")
        }
        switch (task.kind, answer.verdict) {
        case (.approval, .approve), (.approval, .reject): return
        case (.task, .complete):
            let violations = task.form?.violations(of: answer.answer) ?? []
            guard violations.isEmpty else {
                throw Refusal(
                    reason: .invalidAnswer, message: "the form is not filled in: \(violations[0].pointer) \(violations[0].message)",
                    fields: violations)
            }
        default:
            throw Refusal(reason: .wrongVerdict, message: task.kind == .approval ? "an approval is approved or rejected" : "a task is completed")
        }
    }
}
