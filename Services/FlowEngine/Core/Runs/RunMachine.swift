public import FoundationEssentials
public import JSON

/// The life of a run as a pure function: (state, event) to (state, actions). No clock, no I/O, no randomness.
public struct RunMachine: Sendable {
    public struct Transition: Sendable {
        public var state: RunState
        public var actions: [RunAction]
    }

    /// Steps of one run at the most: a circle that never leaves ends here.
    public static let maximumSteps = 10_000
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

    /// The call that the state waits for: what a worker does first when it takes up a run.
    public func outstanding(_ state: RunState) -> RunAction? {
        guard let node = document.node(state.node) else { return nil }
        return Stepper.outstanding(state, node)
    }
}

extension RunMachine {
    /// Whether the event that the run waits for is this one. An expression that has no value for the payload says no.
    public func accepts(_ payload: JSONValue, in state: RunState) -> Bool {
        guard case .awaiting = state.phase, let node = document.node(state.node), case .wait(let wait) = node.kind,
            case .event(_, let match, _) = wait.condition
        else { return false }
        guard let match else { return true }
        var scope = Stepper(document: document, state: state, now: state.startedAt).scope
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
