/// A limit inside of a limit: what takes longer than what is around it can never come to its end.
struct DeadlineChecker {
    let nodes: [FlowNode]
    let deadline: FlowDuration?
    let regions: Regions
    let pointer: (String) -> String

    func problems() -> [FlowProblem] {
        nodes.enumerated().flatMap { index, node in
            limits(of: node).compactMap { limit -> FlowProblem? in
                guard let (name, parent) = parent(of: index), limit.span.milliseconds > parent.milliseconds else { return nil }
                return FlowProblem(
                    node: node.id, port: limit.field, pointer: "\(pointer(node.id))/\(limit.field)",
                    "\(limit.span) is longer than the \(parent) of \(name)",
                    fix: "shorten it to \(parent) at the most, or give \(name) more time")
            }
        }
    }

    /// The tightest limit around a node, with the name of what has it.
    private func parent(of index: Int) -> (name: String, limit: FlowDuration)? {
        var found = deadline.map { (name: "the flow's deadline", limit: $0) }
        for region in regions.around(index) {
            let limit: FlowDuration? =
                switch nodes[region.scope].kind {
                case .parallel(let node): node.timeout
                case .each(let node): node.timeout
                default: nil
                }
            if let limit, limit.milliseconds < found?.limit.milliseconds ?? .max { found = ("'\(nodes[region.scope].id)' around it", limit) }
        }
        return found
    }

    /// What the node may take at the most, where the document says so: defaults accuse nobody.
    private func limits(of node: FlowNode) -> [(field: String, span: FlowDuration)] {
        func given(_ field: String, _ span: FlowDuration?, unless standard: FlowDuration? = nil) -> [(field: String, span: FlowDuration)] {
            span.flatMap { $0 == standard ? nil : [(field, $0)] } ?? []
        }
        switch node.kind {
        case .call(let call):
            return given("timeout", call.timeout, unless: CallNode.defaultTimeout)
                + given("approval_ttl", call.approvalTTL, unless: CallNode.defaultApprovalTTL)
        case .approve(let approve): return given("ttl", approve.ttl)
        case .task(let task): return given("ttl", task.ttl)
        case .wait(let wait):
            switch wait.condition {
            case .time(let span): return given("for", span)
            case .event(_, _, let timeout): return given("timeout", timeout)
            case .computed, .moment: return []
            }
        case .parallel(let parallel): return given("timeout", parallel.timeout)
        case .each(let each): return given("timeout", each.timeout)
        case .subflow(let subflow): return given("timeout", subflow.timeout)
        case .agent(let agent): return given("timeout", agent.timeout)
        case .trigger, .decide, .assign, .guard, .end: return []
        }
    }
}
