internal import CEL
internal import JSON

/// Holds every expression against what it can see: the names in scope, and outputs that exist on every path to the node.
struct ReferenceChecker {
    let nodes: [FlowNode]
    let pointers: [String: String]
    let graph: FlowGraph
    let regions: Regions

    private static let runMembers: Set<String> = ["id", "flow", "version", "started_by", "started_at", "node"]
    private static let stepMembers: Set<String> = ["port", "output", "error"]

    func problems() -> [FlowProblem] {
        var reachableWithout: [String: [Bool]] = [:]
        return nodes.enumerated().flatMap { index, node in
            let names = inScope(at: index)
            return node.expressions.flatMap { use in
                var use = use
                if use.seesRun { use.names.formUnion(names) }
                return check(use, in: node, at: index, &reachableWithout)
            }
        }
    }

    /// What stands in scope besides the names that are always there: variables, and the elements of the bodies around.
    private func inScope(at index: Int) -> Set<String> {
        var names: Set<String> = assigned.isEmpty ? [] : ["vars"]
        for region in regions.around(index) {
            guard case .each(let each) = nodes[region.scope].kind else { continue }
            names.formUnion([each.itemName, "\(each.itemName)_index"])
        }
        return names
    }

    /// Every variable's first name, with the nodes that assign it.
    private var assigned: [String: Set<Int>] {
        var assigned: [String: Set<Int>] = [:]
        for (index, node) in nodes.enumerated() {
            guard case .assign(let assign) = node.kind else { continue }
            for name in assign.values.memberNames { assigned[String(name.prefix { $0 != "." }), default: []].insert(index) }
        }
        return assigned
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
            guard reference.path.count > 1 else { continue }
            if root == "vars", let (message, fix) = variableFault(of: reference, guards, at: index, &cache) { report(message, fix: fix) }
            guard root == "steps" else { continue }
            if use.seesOwnOutput, reference.path[1] == node.id { continue }
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
        let without = cache[key] ?? reachable(without: [source]) { !nodes[source].leaves(by: $0, with: member) }
        cache[key] = without
        // Its own output exists only on a second visit.
        guard without[index] || source == index else { return nil }
        let what = member.map { "'\($0)' of '\(id)'" } ?? "'\(id)'"
        return ("a path leads here on which \(what) does not exist", "guard it: has(steps.\(id).\(member ?? "port")) ? … : …")
    }

    private func variableFault(
        of reference: CELReference, _ guards: [[String]], at index: Int, _ cache: inout [String: [Bool]]
    ) -> (message: String, fix: String)? {
        let name = reference.path[1]
        guard let sources = assigned[name] else {
            let meant = Spelling.nearest(to: name, in: assigned.keys).map { "did you mean '\($0)'?" }
            return ("no node assigns 'vars.\(name)'", meant ?? "assign it before: {\"type\": \"assign\", \"set\": {\"\(name)\": …}}")
        }
        if reference.isPresenceTest || guards.contains(where: { $0.count >= 2 && $0[0] == "vars" && $0[1] == name }) { return nil }
        let without = cache["vars.\(name)"] ?? reachable(without: sources) { _ in false }
        cache["vars.\(name)"] = without
        guard without[index] else { return nil }
        return ("a path leads here on which 'vars.\(name)' is not assigned", "guard it: has(vars.\(name)) ? … : …, or assign it earlier")
    }

    /// What can be reached when the nodes of `sources` can only be left by ports that `passes` lets through. Branches that must all
    /// be over before `joined` is left let nobody past them.
    func reachable(without sources: Set<Int>, by passes: (String) -> Bool) -> [Bool] {
        var shut: Set<Int> = []
        // Inner scopes first: what shuts an inner one can shut the one around it.
        let around = regions.all.filter { region in sources.contains { region.members[$0] } }.sorted {
            $0.members.count(where: \.self) < $1.members.count(where: \.self)
        }
        func open(_ node: Int, _ edge: FlowGraph.Edge) -> Bool {
            if sources.contains(node) { return passes(edge.port) }
            return !(edge.port == "joined" && shut.contains(node))
        }
        for region in around {
            guard case .parallel(let parallel) = nodes[region.scope].kind, parallel.needed == parallel.branches.count else { continue }
            let seen = graph.reachable(from: [region.head]) { open($0, $1) && $1.target != region.scope }
            let returns = nodes.indices.contains { index in
                seen[index] && region.members[index] && graph.edges[index].contains { $0.target == region.scope && open(index, $0) }
            }
            if !returns { shut.insert(region.scope) }
        }
        return graph.reachable(by: open)
    }
}

/// An expression, where it stands and what it sees.
struct ExpressionUse {
    var text: CELText
    var port: String
    var names = Scope.names
    /// False where nothing has run yet.
    var seesRun = true
    /// It has a value when the node has succeeded.
    var seesOwnOutput = false
}

extension FlowNode {
    var expressions: [ExpressionUse] {
        func uses(_ template: Template, _ port: String) -> [ExpressionUse] { template.expressions.map { ExpressionUse(text: $0, port: port) } }
        switch kind {
        case .trigger(let node):
            // Nothing has run yet.
            return node.filter.map { [ExpressionUse(text: $0, port: "when", names: ["trigger"], seesRun: false)] } ?? []
        case .call(let node):
            let compensation = node.compensation?.input.expressions ?? []
            return uses(node.input, "with") + compensation.map { ExpressionUse(text: $0, port: "compensate", seesOwnOutput: true) }
        case .decide(let node):
            return node.branches.enumerated().map { ExpressionUse(text: $0.element.condition, port: "branch:\($0.offset + 1)") }
        case .approve(let node): return uses(node.title, "title") + uses(node.inputs, "inputs") + uses(node.excluded, "exclude")
        case .task(let node): return uses(node.title, "title") + uses(node.inputs, "inputs")
        case .wait(let node):
            switch node.condition {
            case .event(_, let match, _): return match.map { [ExpressionUse(text: $0, port: "match", names: Scope.names.union(["event"]))] } ?? []
            case .computed(let span): return uses(span, "for")
            case .moment(let moment): return uses(moment, "until")
            case .time: return []
            }
        case .parallel: return []
        case .each(let node): return uses(node.items, "items")
        case .assign(let node): return uses(node.values, "set")
        case .guard(let node): return uses(node.resource, "resource") + uses(node.context, "context")
        case .subflow(let node): return uses(node.input, "with")
        case .agent(let node): return uses(node.goal, "goal") + uses(node.inputs, "inputs")
        case .end(let node): return uses(node.output, "output")
        }
    }

    /// Whether a run that leaves by this port has left this member of the step behind.
    fileprivate func leaves(by port: String, with member: String?) -> Bool {
        switch member {
        case nil, "port": true
        case "output":
            switch kind {
            case .call, .subflow: port == "success"
            case .agent, .each: port == "done"
            case .parallel: port == "joined"
            case .approve, .task, .wait: port != "timeout"
            default: true
            }
        default: kind.canFail && port != "success" && port != "done" && port != "joined"
        }
    }
}

extension FlowNode.Kind {
    fileprivate var canFail: Bool {
        switch self {
        case .call, .subflow, .agent, .each, .parallel: true
        default: false
        }
    }
}
