public import Identity
public import JSON

/// One position of a run: a step, and what it does now.
public struct RunBranch: Hashable, Sendable {
    /// Number of the current step, unique in the run.
    public var seq: Int
    public var node: String
    public var phase: RunPhase
    /// The `parallel` or `each` step that it runs in; nil for the main branch.
    public var scope: Int?
    /// Which branch, or which element, from 0.
    public var index = 0
    /// Nobody waits for it any more; only its call is still to be heard of.
    public var isCalledOff = false
    /// It takes a call back.
    public var isCompensation = false

    public init(seq: Int, node: String, phase: RunPhase, scope: Int? = nil, index: Int = 0) {
        self.seq = seq
        self.node = node
        self.phase = phase
        self.scope = scope
        self.index = index
    }
}

/// What a branch does now.
public enum RunPhase: Hashable, Sendable {
    /// Becomes whatever the node after the trigger is.
    case created
    /// Between two nodes: because the run is paused, or because one transaction has done enough. Becomes whatever `next` is.
    case ready(next: String)
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
    /// A `parallel` or an `each`, while its branches run. The step ends.
    case joining
    /// A `subflow`, while its run goes on. The step ends.
    case running(RunID)

    /// A person who must answer.
    public var request: PersonRequest? {
        switch self {
        case .gated(_, let request), .clarifying(_, let request), .approving(let request), .working(let request): request
        default: nil
        }
    }

    public var call: PendingCall? {
        switch self {
        case .deciding(let call), .gated(let call, _), .calling(let call), .backingOff(let call, _), .clarifying(let call, _): call
        default: nil
        }
    }

    /// Whether nothing goes on until something arrives from outside the engine.
    public var isParked: Bool {
        switch self {
        case .gated, .backingOff, .clarifying, .approving, .working, .sleeping, .awaiting, .joining, .running: true
        case .created, .ready, .deciding, .calling: false
        }
    }
}

/// A `parallel` or an `each` that is not over.
public struct OpenScope: Hashable, Sendable {
    /// Of its own step.
    public var seq: Int
    public var node: String
    /// What an `each` goes through; empty for a `parallel`.
    public var items: [JSONValue]
    /// The scope around it, and which of its branches this one is in.
    public var outer: Int?
    public var outerIndex: Int
    /// Branches or elements that were begun.
    public var begun = 0
    /// What those that are over left behind, in the order of branches or elements; null for those that are not.
    public var results: [JSONValue]
    public var finished = 0
    /// Of an `each`: what the body of one element sees and leaves, by its position.
    public var bodies: [Int: Body] = [:]

    /// Two elements run through the same nodes: each keeps its own results and variables.
    public struct Body: Hashable, Sendable {
        public var steps: JSONObject = [:]
        public var vars: JSONObject = [:]
    }
}
