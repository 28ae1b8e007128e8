public import Identity
public import JSON
public import Trust

/// What the engine must do for a run. All but the two calls are written in the transaction that stores the state; the calls
/// follow from the state (`RunMachine.outstanding`), so that a crash before or after them loses and doubles nothing.
public enum RunAction: Hashable, Sendable {
    case recordStep(StepRecord)
    case decidePolicy(PolicyQuestion)
    case callConnector(ConnectorCall)
    case openTask(PersonRequest)
    /// The task's answer, or why nobody is asked any more.
    case closeTask(TaskID, TaskAuthority.State, PersonAnswer?)
    case startTimer(RunTimer, seq: Int, after: FlowDuration)
    /// Of the current step; the run's deadline goes on.
    case stopTimers(seq: Int)
    case awaitEvent(seq: Int, kind: String)
    case stopAwaiting(seq: Int)
    case closeRun(RunClosing)
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
    /// The connector's name.
    public var resource: String
    public var input: JSONValue
    public var grants: [ApprovalGrant]
    /// Derived from run, step and grants: asking again after a crash gets the first answer.
    public var request: SHA256Digest
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
