internal import CEL
internal import JSON

/// What is wrong with a document whose nodes can be read one by one: how they are connected, and what their expressions look at.
struct FlowChecker {
    let nodes: [FlowNode]
    /// Every id in the document, also of nodes that could not be read.
    let ids: [String: Int]
    /// False where a node could not be read: reachability would accuse the innocent.
    let isComplete: Bool
    /// False where a port was found open or misnamed: that is the fault, and not what can no longer be reached.
    let portsAreWhole: Bool
    let catalogue: OperationCatalogue?
    /// Nil for what is published already.
    var requirements: PublishRequirements?
    var deadline: FlowDuration?

    func problems() -> [FlowProblem] {
        var problems = missingTargets()
        if isComplete {
            let graph = FlowGraph(nodes)
            problems += shape()
            let regions = Regions(nodes, graph)
            if problems.isEmpty, portsAreWhole { problems += connections(graph, regions) }
            let references = ReferenceChecker(nodes: nodes, pointers: pointers, graph: graph, regions: regions)
            problems += references.problems()
            if let requirements { problems += demands(requirements, references, faulty: Set(problems.map(\.pointer))) }
        }
        if let catalogue { problems += operations(catalogue) }
        return problems + warnings()
    }

    private func demands(_ requirements: PublishRequirements, _ references: ReferenceChecker, faulty: Set<String>) -> [FlowProblem] {
        let types = TypeChecker(nodes: nodes, pointers: pointers, regions: references.regions, catalogue: catalogue)
        let deadlines = DeadlineChecker(nodes: nodes, deadline: deadline, regions: references.regions, pointer: pointer)
        let demands = DemandChecker(nodes: nodes, requirements: requirements, catalogue: catalogue, pointer: pointer)
        return types.problems(faulty: faulty) + deadlines.problems() + demands.problems(references)
    }

    private var pointers: [String: String] { ids.mapValues { "/nodes/\($0)" } }

    private func pointer(_ id: String) -> String { pointers[id] ?? "/nodes" }

    // MARK: Connections

    private func missingTargets() -> [FlowProblem] {
        nodes.flatMap { node in
            node.ports.filter { ids[$0.target] == nil }.map { port in
                let meant =
                    Spelling.nearest(to: port.target, in: ids.keys).map { "did you mean '\($0)'?" } ?? "add a node with this id, or name another"
                return FlowProblem(
                    node: node.id, port: port.port, pointer: pointer(node.id) + Self.suffix(of: port.port, in: node),
                    "there is no node '\(port.target)'", fix: meant)
            }
        }
    }

    static func suffix(of port: String, in node: FlowNode) -> String {
        switch node.kind {
        case .trigger: return "/next"
        case .decide:
            guard let number = Int(port.split(separator: ":").last ?? "") else { return "/otherwise" }
            return "/branches/\(number - 1)/next"
        case .parallel where port.hasPrefix("branch:"): return "/branches/\((Int(port.dropFirst(7)) ?? 1) - 1)/next"
        case .each where port == "do": return "/do"
        case .assign: return "/next"
        default: return "/on/\(port)"
        }
    }

    private func shape() -> [FlowProblem] {
        var problems: [FlowProblem] = []
        let triggers = nodes.filter { $0.type == "trigger" }
        if triggers.isEmpty {
            problems.append(
                FlowProblem(
                    pointer: "/nodes", "there is no trigger",
                    fix: "add {\"id\": \"start\", \"type\": \"trigger\", \"trigger\": {\"kind\": \"manual\"}, \"next\": \"…\"}"))
        }
        for extra in triggers.dropFirst() {
            problems.append(
                FlowProblem(
                    node: extra.id, port: "type", pointer: pointer(extra.id), "a flow has one trigger", fix: "remove it, or make another flow of it"))
        }
        if !nodes.contains(where: { $0.type == "end" }) {
            problems.append(
                FlowProblem(pointer: "/nodes", "there is no end", fix: "add {\"id\": \"done\", \"type\": \"end\", \"outcome\": \"success\"}"))
        }
        for node in nodes {
            for port in node.ports where triggers.contains(where: { $0.id == port.target }) {
                problems.append(
                    FlowProblem(
                        node: node.id, port: port.port, pointer: pointer(node.id) + Self.suffix(of: port.port, in: node),
                        "nothing can lead back to the trigger", fix: "name the node after it"))
            }
        }
        return problems
    }

    private static let pausing: Set<String> = ["approve", "task", "wait", "subflow", "agent"]

    private func connections(_ graph: FlowGraph, _ regions: Regions) -> [FlowProblem] {
        var problems = regions.problems(nodes, graph, pointer: pointer)
        let reachable = graph.reachable()
        let ends = nodes.indices.filter { nodes[$0].type == "end" }
        let leading = graph.leading(to: ends)
        for (index, node) in nodes.enumerated() {
            if !reachable[index] {
                problems.append(
                    FlowProblem(
                        node: node.id, pointer: pointer(node.id), "no path from the trigger reaches it", fix: "connect a port to it, or remove it"))
            } else if !leading[index] {
                problems.append(
                    FlowProblem(
                        node: node.id, pointer: pointer(node.id), "no path from here reaches an end",
                        fix: "connect one of its ports to a node that leads to an end"))
            }
        }
        let waits = Set(nodes.indices.filter { Self.pausing.contains(nodes[$0].type) })
        let pauses = waits.union(regions.scopes(holding: waits))
        if let index = graph.tightLoop(pauses: pauses, returns: { regions.isReturn(from: $0, to: $1) }) {
            problems.append(
                FlowProblem(
                    node: nodes[index].id, pointer: pointer(nodes[index].id), "it lies on a circle without a pause",
                    fix: "put a wait, task or approval into the circle, or break it"))
        }
        return problems
    }

    // MARK: Operations

    private func operations(_ catalogue: OperationCatalogue) -> [FlowProblem] {
        nodes.flatMap { node -> [FlowProblem] in
            guard case .call(let call) = node.kind else { return [] }
            let at = pointer(node.id)
            let compensation = call.compensation.map {
                held($0.operation, $0.input, node, port: "compensate", at: "\(at)/compensate", with: "\(at)/compensate/with", catalogue)
            }
            return held(call.operation, call.input, node, port: "with", at: at, with: "\(at)/with", catalogue) + (compensation ?? [])
        }
    }

    /// - Parameter at: Where the object with `operation` stands.
    private func held(
        _ name: String, _ input: Template, _ node: FlowNode, port: String, at: String, with: String, _ catalogue: OperationCatalogue
    ) -> [FlowProblem] {
        guard let operation = catalogue.operations[name] else {
            let (message, fix) = catalogue.absence(of: name)
            return [FlowProblem(node: node.id, port: port == "with" ? "operation" : port, pointer: "\(at)/operation", message, fix: fix)]
        }
        return operation.input.map { inputs(name, input, $0, node, port: port, at: with) } ?? []
    }

    private func inputs(_ operation: String, _ input: Template, _ schema: FormSchema, _ node: FlowNode, port: String, at base: String)
        -> [FlowProblem]
    {
        let given = input.memberNames
        var problems = schema.required.filter { !given.contains($0) }.map {
            FlowProblem(
                node: node.id, port: port, pointer: "\(base)/\($0.pointerToken)", "\(operation) needs '\($0)'", fix: "add \"\($0)\": \"${…}\"")
        }
        for name in given {
            let at = "\(base)/\(name.pointerToken)"
            guard let property = schema.property(name) else {
                if !schema.allowsOtherProperties {
                    let meant =
                        Spelling.nearest(to: name, in: schema.propertyNames).map { "did you mean '\($0)'?" }
                        ?? "it takes \(schema.propertyNames.joined(separator: ", "))"
                    problems.append(FlowProblem(node: node.id, port: port, pointer: at, "\(operation) takes no '\(name)'", fix: meant))
                }
                continue
            }
            for violation in input.literal(name).map(property.violations) ?? [] {
                problems.append(
                    FlowProblem(
                        node: node.id, port: port, pointer: at + violation.pointer, "'\(name)' \(violation.message)",
                        fix: "change the value, or compute it with ${…}"))
            }
        }
        return problems
    }

    // MARK: Warnings

    private func warnings() -> [FlowProblem] {
        nodes.compactMap { node in
            guard case .call(let call) = node.kind, call.on["denied"] == nil else { return nil }
            return FlowProblem(
                .warning, node: node.id, port: "denied", pointer: "\(pointer(node.id))/on/denied", "a denial by policy leaves by 'error'",
                fix: "connect 'denied' if a person should hear of it")
        }
    }
}
