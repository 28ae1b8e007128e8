internal import CEL

/// Holds a flow against what is outside of it: other flows, tools of agents, actions of the policy schema, guardrails of the tenant.
struct DemandChecker {
    let nodes: [FlowNode]
    let requirements: PublishRequirements
    let catalogue: OperationCatalogue?
    let pointer: (String) -> String

    func problems(_ references: ReferenceChecker) -> [FlowProblem] {
        nodes.flatMap { node -> [FlowProblem] in
            switch node.kind {
            case .subflow(let subflow): return lock(subflow, node)
            case .agent(let agent): return tools(agent, node)
            case .guard(let question): return action(question, node)
            default: return []
            }
        } + guardrails(references)
    }

    private func lock(_ subflow: SubflowNode, _ node: FlowNode) -> [FlowProblem] {
        func problem(_ field: String, _ message: String, fix: String, _ severity: FlowProblem.Severity = .error) -> [FlowProblem] {
            [FlowProblem(severity, node: node.id, port: field, pointer: "\(pointer(node.id))/\(field)", message, fix: fix)]
        }
        let versions = requirements.flows?[subflow.flow]
        if let flows = requirements.flows, versions == nil {
            let meant = Spelling.nearest(to: subflow.flow, in: flows.keys).map { "did you mean '\($0)'?" }
            return problem("flow", "there is no flow '\(subflow.flow)'", fix: meant ?? "publish it first")
        }
        let newest = versions?.last.map { "write \"version\": \"\($0)\", which is the newest" }
        guard let version = subflow.version else {
            let fix = newest ?? "write \"version\" with the 64 hexadecimal digits of the version that it shall run"
            return problem("version", "the sub-flow is locked to no version", fix: fix, requirements.isDraft ? .warning : .error)
        }
        guard let versions, !versions.contains(version) else { return [] }
        return problem("version", "'\(subflow.flow)' has no version '\(version)'", fix: newest ?? "publish it first")
    }

    private func tools(_ agent: AgentNode, _ node: FlowNode) -> [FlowProblem] {
        guard let catalogue else { return [] }
        return agent.tools.enumerated().filter { catalogue.operations[$0.element] == nil }.map { index, tool in
            let (message, fix) = catalogue.absence(of: tool)
            return FlowProblem(node: node.id, port: "tools", pointer: "\(pointer(node.id))/tools/\(index)", message, fix: fix)
        }
    }

    private func action(_ question: GuardNode, _ node: FlowNode) -> [FlowProblem] {
        guard let actions = requirements.actions, !actions.contains(question.action) else { return [] }
        let meant = Spelling.nearest(to: question.action, in: actions).map { "did you mean '\($0)'?" }
        return [
            FlowProblem(
                node: node.id, port: "action", pointer: "\(pointer(node.id))/action", "the policy schema has no action '\(question.action)'",
                fix: meant ?? "use one that the schema declares, or add it there")
        ]
    }

    // MARK: Guardrails

    /// A call is covered where every path to it leaves a `guard` with the demanded action by `allowed`.
    private func guardrails(_ references: ReferenceChecker) -> [FlowProblem] {
        requirements.guardrails.flatMap { guardrail -> [FlowProblem] in
            let guards = Set(
                nodes.indices.filter { if case .guard(let question) = nodes[$0].kind { question.action == guardrail.action } else { false } })
            let without = references.reachable(without: guards) { $0 != "allowed" }
            return nodes.indices.filter { without[$0] }.compactMap { index in
                let covered = operations(of: nodes[index]).first { guardrail.covers($0.name) }
                return covered.map { operation in
                    FlowProblem(
                        node: nodes[index].id, port: operation.port, pointer: "\(pointer(nodes[index].id))/\(operation.port)",
                        "a path leads here on which nobody has asked for '\(guardrail.action)', which the tenant demands before '\(operation.name)'",
                        fix: "put {\"type\": \"guard\", \"action\": \"\(guardrail.action)\", …} before it, and lead 'allowed' here")
                }
            }
        }
    }

    private func operations(of node: FlowNode) -> [(name: String, port: String)] {
        switch node.kind {
        case .call(let call): [(call.operation, "operation")] + (call.compensation.map { [($0.operation, "compensate")] } ?? [])
        case .agent(let agent): agent.tools.map { ($0, "tools") }
        default: []
        }
    }
}
