public import FoundationEssentials
public import JSON

/// The life of a run as a pure function: (state, event) to (state, actions). No clock, no I/O, no randomness.
public struct RunMachine: Sendable {
    public struct Transition: Sendable {
        public var state: RunState
        public var actions: [RunAction]
    }

    /// Steps of one run at the most: a circle that never leaves ends here.
    public static let maximumSteps = 100_000
    /// Steps of one transition at the most; the rest is due at once, after others had their turn.
    public static let stepsPerTransition = 200
    /// Elements that an `each` goes through.
    public static let maximumItems = 10_000
    /// Runs above a run.
    public static let maximumDepth = 8
    /// Approvals for one call at the most: each one may be voided by drift, but not for ever.
    static let maximumGates = 8

    let document: FlowDocument

    public init(document: FlowDocument) { self.document = document }

    public func handle(_ event: RunEvent, in state: RunState, at now: Date) -> Transition {
        guard !state.isClosed else { return Transition(state: state, actions: []) }
        var stepper = Stepper(document: document, state: state, now: now)
        stepper.handle(event)
        return Transition(state: stepper.state, actions: stepper.actions)
    }

    /// What a worker must do for the state: calls to policy and connectors, each by its step, or going on. Follows from the state alone, so that
    /// whoever takes the run up after a crash does the same.
    public func outstanding(_ state: RunState) -> [RunWork] {
        guard !state.isClosed else { return [] }
        var work: [RunWork] = []
        for branch in state.branches {
            switch branch.phase {
            // Whether it was sent before the run was paused is not known here: its answer is wanted in any case.
            case .calling(let call): work += Stepper.call(call, state, branch, document).map { [.call($0)] } ?? []
            case .deciding(let call): if state.pause == nil { work.append(.decide(Stepper.question(call, state, branch))) }
            case .ready: if state.pause == nil, !work.contains(.proceed) { work.append(.proceed) }
            default: continue
            }
        }
        return work
    }
}

extension RunMachine {
    /// Whether the event that a step waits for is this one. An expression that has no value for the payload says no.
    public func accepts(_ payload: JSONValue, at seq: Int, in state: RunState) -> Bool {
        guard let branch = state.branch(at: seq), case .awaiting = branch.phase, let node = document.node(branch.node),
            case .wait(let wait) = node.kind, case .event(_, let match, _) = wait.condition
        else { return false }
        guard let match else { return true }
        var scope = state.scope(of: branch, document)
        scope.event = payload
        return (try? match.holds(scope)) ?? false
    }
}

extension FlowDocument {
    /// Whether this event starts a run of the flow.
    public func starts(on payload: JSONValue) throws(ExpressionFailure) -> Bool {
        guard let filter = trigger?.node.filter else { return true }
        return try filter.holds(Scope(trigger: payload))
    }
}
