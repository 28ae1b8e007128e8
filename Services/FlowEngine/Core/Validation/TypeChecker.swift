internal import CEL
internal import JSON

/// Holds every expression against the types of what it sees. What has no known shape is anything: an expression that could be right is
/// never called wrong.
struct TypeChecker {
    let nodes: [FlowNode]
    let pointers: [String: String]
    let regions: Regions
    let catalogue: OperationCatalogue?

    /// - Parameter faulty: Where something was found already; its types are nobody's concern.
    func problems(faulty: Set<String>) -> [FlowProblem] {
        // A schema that does not forbid other members may be met by them, though a name that it lacks is most often a slip.
        let strict = steps(isStrict: true)
        let open = steps(isStrict: false)
        let elements = elements(strict)
        return nodes.enumerated().flatMap { index, node -> [FlowProblem] in
            node.expressions.flatMap { use -> [FlowProblem] in
                guard !faulty.contains(use.text.pointer), use.text.expression.unknownFunctions.isEmpty else { return [] }
                let expected = expected(of: use, in: node)
                let found = check(use, strict, elements[index] ?? [:], expected)
                guard found.contains(where: { $0.severity == .error }) else { return found.map { problem($0, .warning, use, node) } }
                let certain = Set(check(use, open, elements[index] ?? [:], expected).filter { $0.severity == .error }.map(\.position))
                return found.map { problem($0, $0.severity == .error && certain.contains($0.position) ? .error : .warning, use, node) }
            }
        }
    }

    private func check(_ use: ExpressionUse, _ known: Known, _ items: [String: CELStaticType], _ expected: CELStaticType?) -> [CELTypeProblem] {
        var variables = known.variables.merging(items) { _, item in item }
        if use.names.contains("event") { variables["event"] = .dyn }
        let environment = CELEnvironment(variables: variables)
        guard let expected else { return use.text.expression.check(environment).problems }
        return use.text.expression.check(environment, expecting: expected).problems
    }

    private func problem(_ found: CELTypeProblem, _ severity: FlowProblem.Severity, _ use: ExpressionUse, _ node: FlowNode) -> FlowProblem {
        FlowProblem(
            severity, node: node.id, port: use.port, pointer: use.text.pointer, "\(found.message) (column \(found.position.column))",
            fix: found.fix.isEmpty ? "correct the expression" : found.fix)
    }

    private func expected(of use: ExpressionUse, in node: FlowNode) -> CELStaticType? {
        switch node.kind {
        case .trigger, .decide: return .bool
        case .wait where use.port == "match": return .bool
        // One expression, or a list with expressions in it.
        case .each(let each): if case .expression = each.items.part { return .list(.dyn) } else { return nil }
        default: return nil
        }
    }

    // MARK: What is known

    private struct Known {
        var variables: [String: CELStaticType]
    }

    private func steps(isStrict: Bool) -> Known {
        func type(_ schema: JSONValue?) -> CELStaticType {
            schema.map { CELStaticType(jsonSchema: isStrict ? $0 : $0.openedSchema(depth: 0)) } ?? .dyn
        }
        var trigger = CELStaticType.dyn
        var members: [String: CELObjectType.Member] = [:]
        for node in nodes {
            if case .trigger(let start) = node.kind {
                // Only what people and flows hand over is held against the schema.
                switch start.source {
                case .manual, .subflow: trigger = type(start.input.map { .object($0.document) })
                default: break
                }
            }
            // Whether there is an output at all is asked elsewhere, path by path.
            let left: [String: CELObjectType.Member] = [
                "port": .init(.string), "output": .init(output(of: node, type)),
                "error": .init(.object(CELObjectType(["class": .init(.string), "message": .init(.string)], others: .dyn))),
            ]
            members[node.id] = .init(.object(CELObjectType(left, others: .dyn)))
        }
        let run = ["id", "flow", "version", "started_by", "started_at", "node"].map { ($0, CELObjectType.Member(.string)) }
        return Known(variables: [
            "trigger": trigger, "steps": .object(CELObjectType(members, others: .dyn)), "vars": .map(.string, .dyn),
            "run": .object(CELObjectType(Dictionary(run) { first, _ in first }, others: .dyn)),
        ])
    }

    private func output(of node: FlowNode, _ type: (JSONValue?) -> CELStaticType) -> CELStaticType {
        switch node.kind {
        case .call(let call): return type(catalogue?.operations[call.operation]?.output)
        case .approve, .task:
            var members: [String: CELObjectType.Member] = [
                "decision": .init(.string), "by": .init(.string), "at": .init(.string), "comment": .init(.string), "answer": .init(.dyn),
            ]
            if case .task(let task) = node.kind { members["answer"] = .init(type(task.form.map { .object($0.document) })) }
            return .object(CELObjectType(members, others: .dyn))
        case .agent(let agent): return type(agent.output.map { .object($0.document) })
        case .parallel, .each: return .list(.dyn)
        case .trigger, .decide, .wait, .assign, .guard, .subflow, .end: return .dyn
        }
    }

    /// The names of the elements of the bodies around each node. Outer bodies first: inner ones may go through what outer ones have.
    private func elements(_ known: Known) -> [Int: [String: CELStaticType]] {
        var found: [Int: [String: CELStaticType]] = [:]
        for region in regions.all.sorted(by: { $0.members.count(where: \.self) > $1.members.count(where: \.self) }) {
            guard case .each(let each) = nodes[region.scope].kind else { continue }
            var element = CELStaticType.dyn
            if case .expression(let text) = each.items.part {
                let variables = known.variables.merging(found[region.scope] ?? [:]) { _, item in item }
                let check = text.expression.check(CELEnvironment(variables: variables))
                if !check.hasErrors, case .list(let type) = check.type { element = type }
            }
            for index in nodes.indices where region.members[index] {
                found[index, default: [:]][each.itemName] = element
                found[index, default: [:]]["\(each.itemName)_index"] = .int
            }
        }
        return found
    }
}

extension JSONValue {
    /// The same schema with every object that does not forbid it allowing other members.
    fileprivate func openedSchema(depth: Int) -> JSONValue {
        guard depth < 64 else { return [:] }
        switch self {
        case .array(let values): return .array(values.map { $0.openedSchema(depth: depth + 1) })
        case .object(let members):
            var opened = JSONObject(members.map { ($0.key, $0.value.openedSchema(depth: depth + 1)) })
            if members["properties"]?.objectValue != nil, members["additionalProperties"] == nil { opened["additionalProperties"] = true }
            return .object(opened)
        default: return self
        }
    }
}
