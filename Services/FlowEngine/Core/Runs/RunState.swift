public import FoundationEssentials
public import Identity
public import JSON
public import Trust

/// Where a run stands. Everything that a worker needs to go on after a crash, and nothing that only a process knows.
public struct RunState: Hashable, Sendable {
    public var tenant: TenantID
    public var run: RunID
    public var flow: String
    public var version: SHA256Digest
    public var principal: RunPrincipal
    public var trigger: JSONValue
    public var startedAt: Date
    /// What finished steps left behind, for expressions: node id to {port, output, error}. A node visited again replaces its entry.
    public var steps: JSONObject
    /// Number of the current step, from 0 (the trigger).
    public var seq: Int
    /// The current node.
    public var node: String
    public var phase: RunPhase
    /// Somebody, or the deadline, wants the run stopped as soon as nothing is under way outside.
    public var stop: RunStop?

    public init(
        tenant: TenantID, run: RunID, flow: String, version: SHA256Digest, principal: RunPrincipal, trigger: JSONValue, startedAt: Date, node: String
    ) {
        self.tenant = tenant
        self.run = run
        self.flow = flow
        self.version = version
        self.principal = principal
        self.trigger = trigger
        self.startedAt = startedAt
        steps = [:]
        seq = 0
        self.node = node
        phase = .created
    }

    public var isClosed: Bool { if case .closed = phase { true } else { false } }
}

/// What the run does now.
public enum RunPhase: Hashable, Sendable {
    /// Becomes whatever the node after the trigger is.
    case created
    /// Between two nodes of one transition; never stored.
    case moving
    /// Policy is being asked. Becomes `calling`, `gated`, or the step ends.
    case deciding(PendingCall)
    /// A person must approve the call first. Becomes `deciding` with a grant, or the step ends.
    case gated(PendingCall, PersonRequest)
    /// The connector has been asked, or is about to be. Becomes `backingOff`, `clarifying`, or the step ends.
    case calling(PendingCall)
    /// Waiting before the next attempt. Becomes `calling`.
    case backingOff(PendingCall, reason: String)
    /// The call may have run: a person says whether it did. The step ends.
    case clarifying(PendingCall, PersonRequest)
    /// An `approve` node. The step ends.
    case approving(PersonRequest)
    /// A `task` node. The step ends.
    case working(PersonRequest)
    /// A `wait` for time. The step ends.
    case sleeping
    /// A `wait` for an event. The step ends.
    case awaiting(kind: String)
    /// The end; becomes nothing.
    case closed(RunClosing)

    /// A person who must answer.
    public var request: PersonRequest? {
        switch self {
        case .gated(_, let request), .clarifying(_, let request), .approving(let request), .working(let request): request
        default: nil
        }
    }

    /// Whether nothing goes on until something arrives from outside the engine.
    public var isParked: Bool {
        switch self {
        case .gated, .backingOff, .clarifying, .approving, .working, .sleeping, .awaiting, .closed: true
        case .created, .moving, .deciding, .calling: false
        }
    }
}

public struct RunClosing: Hashable, Sendable {
    public enum State: String, Sendable { case succeeded, failed, cancelled }

    public var state: State
    /// `success`, `failure`, `rejected`, `cancelled`, or what broke.
    public var outcome: String
    public var message: String
    public var output: JSONValue

    public init(state: State, outcome: String, message: String = "", output: JSONValue = .null) {
        self.state = state
        self.outcome = outcome
        self.message = message
        self.output = output
    }
}

public struct RunStop: Hashable, Sendable {
    public enum Cause: String, Sendable { case cancelled, deadline }

    public var cause: Cause
    /// Who asked; empty for the deadline.
    public var by: String
    public var reason: String

    public init(cause: Cause, by: String, reason: String) {
        self.cause = cause
        self.by = by
        self.reason = reason
    }
}
