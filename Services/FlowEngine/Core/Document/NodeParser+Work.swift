internal import JSON

extension NodeParser {
    mutating func assign() -> AssignNode? {
        let values = reader.objectTemplate("set")
        if values.memberNames.isEmpty {
            reader.report("an assignment sets something", at: "set", fix: "write \"set\": {\"total\": \"${trigger.amount * 2}\"}")
        }
        for name in values.memberNames where !name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ String($0).isVariableName }) {
            reader.report("'\(name)' is no variable", at: "set", fix: "use letters, digits and _, and dots for a member: \"order.total\"")
        }
        guard let next = reader.target("next") else { return nil }
        return AssignNode(values: values, next: next)
    }

    mutating func policyGuard() -> GuardNode? {
        let action = reader.string("action", fix: "name the action that policy decides on, for example \"payments.payment.release\"")
        let resource = reader.objectTemplate("resource")
        if Set(resource.memberNames) != ["type", "id"] {
            reader.report(
                "a resource has a type and an id", at: "resource", fix: "write \"resource\": {\"type\": \"Account\", \"id\": \"${trigger.account}\"}")
        }
        let context = reader.objectTemplate("context")
        guard let on = reader.ports(required: GuardNode.ports), let action else { return nil }
        return GuardNode(action: action, resource: resource, context: context, on: on)
    }

    mutating func subflow() -> SubflowNode? {
        let flow = reader.string("flow", fix: "name the flow to run, for example \"change-and-approval\"")
        if let flow, !flow.isFlowName {
            reader.report("'\(flow)' is no flow name", at: "flow", fix: "use up to 63 lower-case letters, digits and hyphens")
        }
        let version = reader.optionalString("version")
        if let version, version.utf8.count != 64 || !version.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) {
            reader.report("'\(version.prefix(70))' is no version id", at: "version", fix: "write the 64 hexadecimal digits of the flow's version")
        }
        let input = reader.objectTemplate("with")
        let timeout = reader.duration("timeout", example: "1d")
        guard let on = timedPorts(SubflowNode.ports, timeout), let flow else { return nil }
        return SubflowNode(flow: flow, version: version, input: input, timeout: timeout, on: on)
    }

    mutating func agent() -> AgentNode? {
        let goal = reader.template("goal")
        if goal == nil { reader.report("'goal' is missing", at: "goal", fix: "say what it is to find out or to do") }
        let inputs = reader.objectTemplate("inputs")
        let tools = tools()
        let turns = reader.integer("turns", in: 1...200) ?? AgentNode.defaultTurns
        let timeout = reader.requiredDuration("timeout", example: "15m")
        let output = schema("output")
        guard let on = reader.ports(required: AgentNode.ports, optional: ["escalated"]), let goal, let timeout, let tools else { return nil }
        return AgentNode(goal: goal, inputs: inputs, tools: tools, turns: turns, timeout: timeout, output: output, on: on)
    }

    /// Nothing is allowed that is not named, and a pattern names nothing.
    private mutating func tools() -> [String]? {
        let names = reader.value("tools")?.arrayValue?.compactMap(\.stringValue) ?? []
        guard !names.isEmpty, names.count == reader.members["tools"]?.arrayValue?.count, Set(names).count == names.count, names.count <= 64 else {
            reader.report(
                "'tools' must be a list of 1 to 64 operations, each once", at: "tools", fix: "name the operations it may use: [\"jira.issue.get\"]")
            return nil
        }
        for name in names where name.contains("*") {
            reader.report("'\(name)' is a pattern", at: "tools", fix: "name each operation; an allow-list has no patterns")
        }
        return names
    }
}
