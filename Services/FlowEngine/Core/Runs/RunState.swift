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
    /// The step of another run that waits for this one.
    public var parent: RunParent?
    /// What finished steps left behind, for expressions: node id to {port, output, error}. A node visited again replaces its entry.
    public var steps: JSONObject
    /// What `assign` nodes have set.
    public var vars: JSONObject
    /// Everything under way; one, unless a `parallel` or an `each` is open. Empty before the end only while nothing but the end is left.
    public var branches: [RunBranch]
    /// The open `parallel` and `each` nodes, outer ones first.
    public var scopes: [OpenScope]
    /// Number of the newest step; the trigger is 0.
    public var lastSeq: Int
    /// Calls to take back if the run does not succeed, in the order in which they were made.
    public var compensations: [Compensation]
    /// Somebody holds the run; what is under way outside still comes back.
    public var pause: RunPause?
    /// How the run will end as soon as nothing is under way outside and nothing is left to take back.
    public var ending: RunClosing?
    /// How it ended.
    public var closing: RunClosing?

    public init(
        tenant: TenantID, run: RunID, flow: String, version: SHA256Digest, principal: RunPrincipal, trigger: JSONValue, startedAt: Date, node: String,
        parent: RunParent? = nil
    ) {
        self.tenant = tenant
        self.run = run
        self.flow = flow
        self.version = version
        self.principal = principal
        self.trigger = trigger
        self.startedAt = startedAt
        self.parent = parent
        steps = [:]
        vars = [:]
        branches = [RunBranch(seq: 0, node: node, phase: .created)]
        scopes = []
        lastSeq = 0
        compensations = []
    }

    public var isClosed: Bool { closing != nil }

    /// Whether nothing goes on until something arrives from outside the engine.
    public var isParked: Bool { pause != nil || branches.allSatisfy(\.phase.isParked) }

    /// The node that a list shows: of the main branch, or of the one that is furthest.
    public var node: String { branches.first?.node ?? "" }

    public func branch(at seq: Int) -> RunBranch? { branches.first { $0.seq == seq } }

    public func branch(asking task: TaskID) -> RunBranch? { branches.first { $0.phase.request?.task == task } }
}

/// A run that was started by a step of another one.
public struct RunParent: Hashable, Sendable {
    public var run: RunID
    public var seq: Int
    /// How many runs stand above this one.
    public var depth: Int

    public init(run: RunID, seq: Int, depth: Int) {
        self.run = run
        self.seq = seq
        self.depth = depth
    }
}

/// A call that went well and says how to take it back.
public struct Compensation: Hashable, Sendable {
    public var node: String
    /// The step that is taken back.
    public var seq: Int
    public var operation: String
    public var input: JSONValue
}

public struct RunPause: Hashable, Sendable {
    public var by: String
    public var reason: String

    public init(by: String, reason: String) {
        self.by = by
        self.reason = reason
    }
}

public struct RunClosing: Hashable, Sendable {
    public enum State: String, Sendable { case succeeded, failed, cancelled }

    public var state: State
    /// `success`, `failure`, `rejected`, `cancelled`, `deadline`, or what broke.
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

    var closing: RunClosing {
        switch cause {
        case .cancelled: RunClosing(state: .cancelled, outcome: "cancelled", message: "\(by): \(reason)")
        case .deadline: RunClosing(state: .failed, outcome: "deadline", message: reason)
        }
    }
}
