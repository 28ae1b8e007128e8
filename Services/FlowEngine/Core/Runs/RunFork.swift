public import FoundationEssentials
public import Identity
public import JSON

/// A new run that begins with a step of an earlier one, as if everything before it had just happened.
public struct RunFork: Sendable {
    /// What is known of a step that is over.
    public struct Step: Sendable {
        public var seq: Int
        public var node: String
        public var port: String
        public var output: JSONValue
        public var error: String

        public init(seq: Int, node: String, port: String, output: JSONValue, error: String) {
            self.seq = seq
            self.node = node
            self.port = port
            self.output = output
            self.error = error
        }
    }

    public struct Refusal: Error, Hashable, Sendable {
        public var message: String
        public var fix: String
    }

    /// Before its first event, which is `RunEvent.forked`.
    public let state: RunState
    /// The node that it begins with.
    public let node: String

    public init(
        of earlier: RunState, at seq: Int, steps: [Step], _ document: FlowDocument, run: RunID, principal: RunPrincipal, trigger: JSONValue?,
        now: Date
    ) throws(Refusal) {
        guard let first = steps.first(where: { $0.seq == seq }), first.seq > 0 else {
            throw Refusal(message: "the run has no step \(seq) to begin with", fix: "name one of its steps, from 1")
        }
        let graph = FlowGraph(document.nodes)
        let regions = Regions(document.nodes, graph)
        func scope(of node: String) -> String? { graph.index(of: node).flatMap { regions.around($0).last }.map { document.nodes[$0.scope].id } }
        if let scope = scope(of: first.node) {
            throw Refusal(message: "step \(seq) runs inside '\(scope)', beside others", fix: "begin with the step of '\(scope)'")
        }
        // An approval counts for the run, and the inputs, that it was given to; policy's answer too.
        if let gate = steps.filter({ $0.seq < seq && $0.standsForConsent(document) }).min(by: { $0.seq < $1.seq }) {
            throw Refusal(
                message: "step \(gate.seq) ('\(gate.node)') was agreed to for the earlier run, not for this one",
                fix: "begin with step \(gate.seq) or an earlier one, so that it is asked again")
        }
        var state = RunState(
            tenant: earlier.tenant, run: run, flow: earlier.flow, version: earlier.version, principal: principal, trigger: trigger ?? earlier.trigger,
            startedAt: now, node: document.trigger?.id ?? "")
        for step in steps.sorted(by: { $0.seq < $1.seq }) where step.seq < seq && !step.port.isEmpty && scope(of: step.node) == nil {
            var left: JSONObject = ["port": .string(step.port)]
            if !step.output.isNull { left["output"] = step.output }
            if !step.error.isEmpty { left["error"] = ["message": .string(step.error)] }
            state.steps[step.node] = .object(left)
            guard case .assign? = document.node(step.node)?.kind else { continue }
            for (name, value) in step.output.objectValue ?? [:] { state.set(name.split(separator: ".").map(String.init), to: value, by: nil) }
        }
        self.state = state
        node = first.node
    }
}

extension RunFork.Step {
    fileprivate func standsForConsent(_ document: FlowDocument) -> Bool {
        switch document.node(node)?.kind {
        case .approve: port == "approved"
        case .guard: port == "allowed"
        default: false
        }
    }
}
