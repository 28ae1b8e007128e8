/// The nodes of a flow and their ports as a graph, by node index.
struct FlowGraph {
    struct Edge {
        var port: String
        var target: Int
    }

    let ids: [String]
    let edges: [[Edge]]
    let start: Int?
    private let indexes: [String: Int]

    init(_ nodes: [FlowNode]) {
        ids = nodes.map(\.id)
        let indexes = Dictionary(nodes.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
        self.indexes = indexes
        edges = nodes.map { node in node.ports.compactMap { port in indexes[port.target].map { Edge(port: port.port, target: $0) } } }
        start = nodes.firstIndex { if case .trigger = $0.kind { true } else { false } }
    }

    func index(of id: String) -> Int? { indexes[id] }

    /// What can be reached from the trigger when node `index` can only be left by ports that `passes` lets through.
    func reachable(leaving index: Int? = nil, by passes: (String) -> Bool = { _ in true }) -> [Bool] {
        var seen = [Bool](repeating: false, count: ids.count)
        guard let start else { return seen }
        var open = [start]
        seen[start] = true
        while let next = open.popLast() {
            for edge in edges[next] where !seen[edge.target] && (next != index || passes(edge.port)) {
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

    /// A node on a circle that passes through none of `pauses`: such a run would never stop and never wait.
    func tightLoop(pauses: Set<Int>) -> Int? {
        // Kahn's algorithm over the graph without the pauses: what is never free of predecessors lies on, or behind, a circle.
        var incoming = [Int](repeating: 0, count: ids.count)
        for (source, edges) in edges.enumerated() where !pauses.contains(source) {
            for edge in edges where !pauses.contains(edge.target) { incoming[edge.target] += 1 }
        }
        var open = ids.indices.filter { !pauses.contains($0) && incoming[$0] == 0 }
        var remaining = Set(ids.indices).subtracting(pauses)
        while let next = open.popLast() {
            remaining.remove(next)
            for edge in edges[next] where !pauses.contains(edge.target) {
                incoming[edge.target] -= 1
                if incoming[edge.target] == 0 { open.append(edge.target) }
            }
        }
        // Behind a circle lies no circle itself: only a node that leads back to itself is named.
        return remaining.sorted().first { node in loops(node, within: remaining) }
    }

    private func loops(_ node: Int, within nodes: Set<Int>) -> Bool {
        var seen: Set<Int> = []
        var open = [node]
        while let next = open.popLast() {
            for edge in edges[next] where nodes.contains(edge.target) {
                if edge.target == node { return true }
                if seen.insert(edge.target).inserted { open.append(edge.target) }
            }
        }
        return false
    }
}
