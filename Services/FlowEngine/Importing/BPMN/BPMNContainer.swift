/// The elements of a process or sub-process, and how they are connected.
struct BPMNContainer {
    struct Flow {
        var tree: XMLTree
        var source: Int
        var target: Int
        var isDefault: Bool

        var condition: String? {
            tree.first("conditionExpression").map { $0.text.trimmingSpaces }.flatMap { $0.isEmpty ? nil : $0 }
        }
        var name: String { tree.attributes["name"]?.trimmingSpaces ?? "" }
    }

    let nodes: [XMLTree]
    let outgoing: [[Flow]]
    let incoming: [[Int]]
    /// Events on the edge of an activity.
    let boundaries: [[Int]]

    init(_ tree: XMLTree) {
        let nodes = tree.children.filter { BPMNElements.flowNodes.contains($0.name) }
        let places = Dictionary(nodes.enumerated().map { ($0.element.attributes["id"] ?? "", $0.offset) }, uniquingKeysWith: { first, _ in first })
        var outgoing: [[Flow]] = Array(repeating: [], count: nodes.count)
        var incoming: [[Int]] = Array(repeating: [], count: nodes.count)
        var boundaries: [[Int]] = Array(repeating: [], count: nodes.count)
        for flow in tree.children(named: "sequenceFlow") {
            guard let source = places[flow.attributes["sourceRef"] ?? ""], let target = places[flow.attributes["targetRef"] ?? ""] else { continue }
            let isDefault = nodes[source].attributes["default"] != nil && nodes[source].attributes["default"] == flow.attributes["id"]
            outgoing[source].append(Flow(tree: flow, source: source, target: target, isDefault: isDefault))
            incoming[target].append(source)
        }
        for (index, node) in nodes.enumerated() where node.name == "boundaryEvent" {
            if let host = places[node.attributes["attachedToRef"] ?? ""] { boundaries[host].append(index) }
        }
        self.nodes = nodes
        self.outgoing = outgoing
        self.incoming = incoming
        self.boundaries = boundaries
    }

    /// Everything that a run can come to from here, without passing `stop`. Boundary events belong to their activity.
    func reached(from start: Int, stop: Set<Int>) -> Set<Int> {
        guard !stop.contains(start) else { return [] }
        var seen: Set<Int> = [start]
        var open = [start]
        while let next = open.popLast() {
            for target in outgoing[next].map(\.target) + boundaries[next] where !stop.contains(target) && seen.insert(target).inserted {
                open.append(target)
            }
        }
        return seen
    }
}

/// Branches that begin at a gateway and are over at another, or at ends: what a `parallel` can be made of.
struct BPMNBlock {
    /// Nil where the branches end by themselves.
    var join: Int?
    var branches: [Set<Int>]

    /// - Returns: Nil where the branches cross, are entered from outside or go on in different places.
    static func block(at gateway: Int, in container: BPMNContainer) -> BPMNBlock? {
        let heads = container.outgoing[gateway].map(\.target)
        guard Set(heads).count == heads.count || heads.count > 1 else { return nil }
        let joins = container.nodes.indices.filter { index in
            index != gateway && ["parallelGateway", "inclusiveGateway"].contains(container.nodes[index].name) && container.incoming[index].count > 1
        }
        let candidates: [Int?] = joins.map(Optional.some) + [nil]
        return candidates.compactMap { block(at: gateway, heads, join: $0, in: container) }.min { a, b in
            a.branches.reduce(0) { $0 + $1.count } < b.branches.reduce(0) { $0 + $1.count }
        }
    }

    private static func block(at gateway: Int, _ heads: [Int], join: Int?, in container: BPMNContainer) -> BPMNBlock? {
        let stop = Set([gateway] + (join.map { [$0] } ?? []))
        // A branch may be empty: it leads to the join at once.
        let branches = heads.map { container.reached(from: $0, stop: stop) }
        var all: Set<Int> = []
        for branch in branches {
            guard all.isDisjoint(with: branch) else { return nil }
            all.formUnion(branch)
        }
        for (branch, head) in zip(branches, heads) {
            for node in branch {
                // Nothing comes in but by the beginning, nothing goes back to the gateway.
                let sources = container.incoming[node] + hosts(of: node, in: container)
                guard sources.allSatisfy({ branch.contains($0) || ($0 == gateway && node == head) }) else { return nil }
                guard container.outgoing[node].allSatisfy({ $0.target != gateway }) else { return nil }
            }
        }
        guard let join else { return all.isEmpty ? nil : BPMNBlock(join: nil, branches: branches) }
        let inside = container.incoming[join].allSatisfy { all.contains($0) || $0 == gateway }
        let reaches = zip(branches, heads).allSatisfy { branch, head in
            head == join || branch.contains { container.outgoing[$0].contains { $0.target == join } }
        }
        return inside && reaches ? BPMNBlock(join: join, branches: branches) : nil
    }

    private static func hosts(of node: Int, in container: BPMNContainer) -> [Int] {
        container.nodes[node].name == "boundaryEvent" ? container.boundaries.indices.filter { container.boundaries[$0].contains(node) } : []
    }
}
