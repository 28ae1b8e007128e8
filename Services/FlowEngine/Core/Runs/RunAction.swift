public import Identity
public import JSON
public import Trust

/// What is written in the transaction that stores the state.
public enum RunAction: Hashable, Sendable {
    case recordStep(StepRecord)
    case openTask(PersonRequest)
    /// The task's answer, or why nobody is asked any more.
    case closeTask(TaskID, TaskAuthority.State, PersonAnswer?)
    case startTimer(RunTimer, seq: Int, after: FlowDuration)
    /// Of one step; 0 has the run's deadline.
    case stopTimers(seq: Int)
    case awaitEvent(seq: Int, kind: String)
    case stopAwaiting(seq: Int)
    /// Where it cannot be started, the machine is told by `RunEvent.childClosed` in the same transaction.
    case startChild(ChildStart)
    /// It is told to stop; nobody waits for it any more.
    case abandonChild(RunID, reason: String)
    case closeRun(RunClosing)
}

/// What a worker does for a run. It follows from the stored state (`RunMachine.outstanding`), so that a crash before or after it loses and doubles
/// nothing.
public enum RunWork: Hashable, Sendable {
    /// There is more to do at once: the machine wants `RunEvent.proceed`.
    case proceed
    case decide(PolicyQuestion)
    case call(ConnectorCall)

    /// The step that it is for; nil where it is for the whole run.
    public var seq: Int? {
        switch self {
        case .proceed: nil
        case .decide(let question): question.seq
        case .call(let call): call.seq
        }
    }
}

/// A run that a `subflow` step wants.
public struct ChildStart: Hashable, Sendable {
    public var seq: Int
    /// Follows from the step.
    public var run: RunID
    public var flow: String
    public var version: SHA256Digest
    public var input: JSONValue
    public var parent: RunParent
}

/// The row of one step. Written again as the step goes on; once it has a port it never changes.
public struct StepRecord: Hashable, Sendable {
    public enum State: String, Sendable {
        case started, waiting, succeeded, failed, timedOut = "timed-out", mayHaveRun = "may-have-run", skipped
        public var isFinal: Bool { self != .started && self != .waiting }
    }

    public var seq: Int
    public var node: String
    public var type: String
    public var title: String
    public var state: State
    public var attempt: Int
    public var input: JSONValue
    public var output: JSONValue
    public var error: String
    /// Empty until the run has left the node.
    public var port: String
    public var decision: DecisionID?
    public var task: TaskID?
}

public struct PolicyQuestion: Hashable, Sendable {
    public var seq: Int
    public var node: String
    public var principal: RunPrincipal
    public var action: String
    public var resource: PolicyResource
    public var input: JSONValue
    public var grants: [ApprovalGrant]
    /// Derived from run, step and grants: asking again after a crash gets the first answer.
    public var request: SHA256Digest
}

/// What a policy decides about.
public struct PolicyResource: Hashable, Sendable {
    public var type: String
    public var id: String

    public init(type: String, id: String) {
        self.type = type
        self.id = id
    }

    public static func connector(_ name: String) -> PolicyResource { PolicyResource(type: "Connector", id: name) }
}

public struct ConnectorCall: Hashable, Sendable {
    public var seq: Int
    public var node: String
    public var operation: String
    /// As policy lets it through.
    public var input: JSONValue
    public var attempt: Int
    public var idempotencyKey: String
    public var decision: DecisionID
    public var decisionReceipt: SHA256Digest?
    public var enforcedIdentity: SHA256Digest
    public var timeout: FlowDuration
}
