internal import CEL
internal import JSON

/// Holds every expression against what it can see: the names in scope, and outputs that exist on every path to the node.
struct ReferenceChecker {
    let nodes: [FlowNode]
    let pointers: [String: String]
    let graph: FlowGraph

    private static let runMembers: Set<String> = ["id", "flow", "version", "started_by", "started_at", "node"]
    private static let stepMembers: Set<String> = ["port", "output", "error"]

    func problems() -> [FlowProblem] {
        var reachableWithout: [String: [Bool]] = [:]
        return nodes.enumerated().flatMap { index, node in
            node.expressions.flatMap { use in check(use, in: node, at: index, &reachableWithout) }
        }
    }

    private func check(_ use: ExpressionUse, in node: FlowNode, at index: Int, _ cache: inout [String: [Bool]]) -> [FlowProblem] {
        let references = use.text.expression.references
        let guards = references.filter(\.isPresenceTest).map(\.path)
        var problems: [FlowProblem] = []
        func report(_ message: String, fix: String) {
            problems.append(FlowProblem(node: node.id, port: use.port, pointer: use.text.pointer, message, fix: fix))
        }
        for reference in references {
            let root = reference.path[0]
            guard use.names.contains(root) else {
                let meant = Spelling.nearest(to: root, in: use.names).map { "did you mean '\($0)'?" }
                report("there is no variable '\(root)' here", fix: meant ?? "there are \(use.names.sorted().joined(separator: ", "))")
                continue
            }
            if root == "run", reference.path.count > 1, !Self.runMembers.contains(reference.path[1]) {
                report("a run has no '\(reference.path[1])'", fix: "it has \(Self.runMembers.sorted().joined(separator: ", "))")
            }
            guard root == "steps", reference.path.count > 1 else { continue }
            if let (message, fix) = fault(of: reference, guards, in: node, at: index, &cache) { report(message, fix: fix) }
        }
        return problems
    }

    private func fault(
        of reference: CELReference, _ guards: [[String]], in node: FlowNode, at index: Int, _ cache: inout [String: [Bool]]
    ) -> (message: String, fix: String)? {
        let id = reference.path[1]
        guard let source = graph.index(of: id) else {
            return ("there is no node '\(id)'", Spelling.nearest(to: id, in: graph.ids).map { "did you mean '\($0)'?" } ?? "name a node of this flow")
        }
        let member = reference.path.count > 2 ? reference.path[2] : nil
        if let member, !Self.stepMembers.contains(member) {
            return ("a step has no '\(member)'", "write steps.\(id).output.\(member), or one of \(Self.stepMembers.sorted().joined(separator: ", "))")
        }
        // A node may test for what it does not need.
        if reference.isPresenceTest || guards.contains(where: { $0.count >= 2 && $0[0] == "steps" && $0[1] == id }) { return nil }
        let key = "\(id).\(member ?? "")"
        let without = cache[key] ?? graph.reachable(leaving: source) { !nodes[source].leaves(by: $0, with: member) }
        cache[key] = without
        // Its own output exists only on a second visit.
        guard without[index] || source == index else { return nil }
        let what = member.map { "'\($0)' of '\(id)'" } ?? "'\(id)'"
        return ("a path leads here on which \(what) does not exist", "guard it: has(steps.\(id).\(member ?? "port")) ? … : …")
    }
}

/// An expression, where it stands and what it sees.
struct ExpressionUse {
    var text: CELText
    var port: String
    var names = Scope.names
}

extension FlowNode {
    var expressions: [ExpressionUse] {
        func uses(_ template: Template, _ port: String) -> [ExpressionUse] { template.expressions.map { ExpressionUse(text: $0, port: port) } }
        switch kind {
        case .trigger(let node):
            // Nothing has run yet.
            return node.filter.map { [ExpressionUse(text: $0, port: "when", names: ["trigger"])] } ?? []
        case .call(let node): return uses(node.input, "with")
        case .decide(let node):
            return node.branches.enumerated().map { ExpressionUse(text: $0.element.condition, port: "branch:\($0.offset + 1)") }
        case .approve(let node): return uses(node.title, "title") + uses(node.inputs, "inputs") + uses(node.excluded, "exclude")
        case .task(let node): return uses(node.title, "title") + uses(node.inputs, "inputs")
        case .wait(let node):
            guard case .event(_, let match?, _) = node.condition else { return [] }
            return [ExpressionUse(text: match, port: "match", names: Scope.names.union(["event"]))]
        case .end(let node): return uses(node.output, "output")
        }
    }

    /// Whether a run that leaves by this port has left this member of the step behind.
    fileprivate func leaves(by port: String, with member: String?) -> Bool {
        switch member {
        case nil, "port": true
        case "output":
            switch kind {
            case .call: port == "success"
            case .approve, .task, .wait: port != "timeout"
            default: true
            }
        default: kind.isCall && port != "success"
        }
    }
}

extension FlowNode.Kind {
    fileprivate var isCall: Bool { if case .call = self { true } else { false } }
}
