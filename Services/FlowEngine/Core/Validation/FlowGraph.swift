/// The nodes of a flow and their ports as a graph, by node index.
struct FlowGraph {
    struct Edge {
        var port: String
        var target: Int
        /// Begins a branch or body, which the node itself outlives.
        var entersBody = false
    }

    let ids: [String]
    let edges: [[Edge]]
    let start: Int?
    private let indexes: [String: Int]

    init(_ nodes: [FlowNode]) {
        ids = nodes.map(\.id)
        let indexes = Dictionary(nodes.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
        self.indexes = indexes
        edges = nodes.map { node in
            node.ports.compactMap { port in
                indexes[port.target].map { Edge(port: port.port, target: $0, entersBody: node.isBodyPort(port.port)) }
            }
        }
        start = nodes.firstIndex { if case .trigger = $0.kind { true } else { false } }
    }

    func index(of id: String) -> Int? { indexes[id] }

    /// What can be reached from the trigger by ports that `passes` lets through.
    func reachable(by passes: (Int, Edge) -> Bool = { _, _ in true }) -> [Bool] {
        guard let start else { return [Bool](repeating: false, count: ids.count) }
        return reachable(from: [start], by: passes)
    }

    func reachable(from starts: [Int], by passes: (Int, Edge) -> Bool) -> [Bool] {
        var seen = [Bool](repeating: false, count: ids.count)
        var open = starts
        for start in starts { seen[start] = true }
        while let next = open.popLast() {
            for edge in edges[next] where !seen[edge.target] && passes(next, edge) {
                seen[edge.target] = true
                open.append(edge.target)
            }
        }
        return seen
    }

    /// What leads to a node of `goals`.
    func leading(to goals: [Int]) -> [Bool] {
        var sources = [[Int]](repeating: [], count: ids.count)
        for (source, edges) in edges.enumerated() { for edge in edges { sources[edge.target].append(source) } }
        var seen = [Bool](repeating: false, count: ids.count)
        var open = goals
        for goal in goals { seen[goal] = true }
        while let next = open.popLast() {
            for source in sources[next] where !seen[source] {
                seen[source] = true
                open.append(source)
            }
        }
        return seen
    }

    /// A node on a circle that passes through none of `pauses`: such a run would never stop and never wait. Leading back to the
    /// node whose body one is in is no circle.
    func tightLoop(pauses: Set<Int>, returns: (Int, Int) -> Bool) -> Int? {
        // Kahn's algorithm over the graph without the pauses: what is never free of predecessors lies on, or behind, a circle.
        func follows(_ source: Int, _ edge: Edge) -> Bool { !pauses.contains(edge.target) && !returns(source, edge.target) }
        var incoming = [Int](repeating: 0, count: ids.count)
        for (source, edges) in edges.enumerated() where !pauses.contains(source) {
            for edge in edges where follows(source, edge) { incoming[edge.target] += 1 }
        }
        var open = ids.indices.filter { !pauses.contains($0) && incoming[$0] == 0 }
        var remaining = [Bool](repeating: true, count: ids.count)
        for pause in pauses { remaining[pause] = false }
        while let next = open.popLast() {
            remaining[next] = false
            for edge in edges[next] where follows(next, edge) {
                incoming[edge.target] -= 1
                if incoming[edge.target] == 0 { open.append(edge.target) }
            }
        }
        // Walking back from such a node never ends, so that the walk comes upon a node of the circle itself.
        guard var node = remaining.firstIndex(of: true) else { return nil }
        var before = [Int](repeating: -1, count: ids.count)
        for (source, edges) in edges.enumerated() where remaining[source] {
            for edge in edges where remaining[edge.target] && follows(source, edge) { before[edge.target] = source }
        }
        var seen: Set<Int> = []
        while seen.insert(node).inserted { node = before[node] }
        var circle = [node]
        while before[circle[circle.count - 1]] != node { circle.append(before[circle[circle.count - 1]]) }
        return circle.min()
    }
}

extension FlowNode {
    /// The ports that a step which is over can leave by.
    public var exits: [String] { ports.map(\.port).filter { !isBodyPort($0) } }

    func isBodyPort(_ port: String) -> Bool {
        switch kind {
        case .parallel: port.hasPrefix("branch:")
        case .each: port == "do"
        default: false
        }
    }
}
