/// Which nodes belong to which branch of a `parallel` or body of an `each`: everything that is reached from its beginning before it
/// leads back to the node.
struct Regions {
    struct Region {
        var scope: Int
        var port: String
        var head: Int
        var members: [Bool]
    }

    /// Branches and bodies of one document: each is walked by itself.
    static let maximum = 1_000

    let all: [Region]
    private let isTooMany: Bool

    init(_ nodes: [FlowNode], _ graph: FlowGraph) {
        var all: [Region] = []
        isTooMany = graph.edges.reduce(0) { $0 + $1.count(where: \.entersBody) } > Self.maximum
        for (scope, edges) in graph.edges.enumerated() where !isTooMany {
            for edge in edges where edge.entersBody && edge.target != scope {
                var members = graph.reachable(from: [edge.target]) { _, next in next.target != scope }
                // An end that is no success calls off everything else that is under way: it stands in no body, and bodies may share it.
                for index in nodes.indices where nodes[index].isFailure { members[index] = false }
                all.append(Region(scope: scope, port: edge.port, head: edge.target, members: members))
            }
        }
        self.all = all
    }

    /// The regions that a node is in, in no particular order.
    func around(_ node: Int) -> [Region] { all.filter { $0.members[node] } }

    func isReturn(from source: Int, to target: Int) -> Bool { all.contains { $0.scope == target && $0.members[source] } }

    /// The scopes with one of `nodes` in a body.
    func scopes(holding nodes: Set<Int>) -> Set<Int> {
        Set(all.filter { region in nodes.contains { region.members[$0] } }.map(\.scope))
    }

    func problems(_ nodes: [FlowNode], _ graph: FlowGraph, pointer: (String) -> String) -> [FlowProblem] {
        var problems: [FlowProblem] = []
        var told: Set<Int> = []
        func report(_ index: Int, port: String = "", _ message: String, fix: String) {
            guard told.insert(index).inserted else { return }
            problems.append(FlowProblem(node: nodes[index].id, port: port, pointer: pointer(nodes[index].id), message, fix: fix))
        }
        if isTooMany {
            problems.append(
                FlowProblem(pointer: "/nodes", "a flow has at most \(Self.maximum) branches and bodies", fix: "split it into several flows"))
        }
        var first = 0
        for (number, region) in all.enumerated() {
            if all[first].scope != region.scope { first = number }
            let scope = nodes[region.scope].id
            let returning = graph.leading(to: [region.scope] + nodes.indices.filter { nodes[$0].isFailure }, through: region.members)
            for index in nodes.indices where region.members[index] {
                if nodes[index].type == "end" {
                    report(
                        index, "it ends the run inside the \(region.port) of '\(scope)', while others are under way",
                        fix: "lead back to '\(scope)' instead, and end after it")
                } else if !returning[index] {
                    report(
                        index, "deadlock: no path from here leads back to '\(scope)', which waits for it",
                        fix: "connect one of its ports to '\(scope)'")
                } else if all[first..<number].contains(where: { $0.members[index] }) {
                    report(
                        index, "double join: two branches of '\(scope)' lead here, so that it would run twice",
                        fix: "lead the branches back to '\(scope)' and put it behind its 'joined' port")
                }
            }
            for (source, edges) in graph.edges.enumerated() where !region.members[source] {
                for edge in edges where region.members[edge.target] && !(source == region.scope && edge.entersBody) {
                    report(
                        edge.target, "'\(nodes[source].id)' leads into the \(region.port) of '\(scope)' from outside, past its beginning",
                        fix: "lead to '\(scope)', or let the branch lead back to '\(scope)' before it comes here")
                }
            }
        }
        return problems
    }
}

extension FlowNode {
    fileprivate var isFailure: Bool { if case .end(let end) = kind { end.outcome != .success } else { false } }
}

extension FlowGraph {
    /// What leads to `goals` by way of `members` only.
    func leading(to goals: [Int], through members: [Bool]) -> [Bool] {
        var sources = [[Int]](repeating: [], count: ids.count)
        for (source, edges) in edges.enumerated() where members[source] { for edge in edges { sources[edge.target].append(source) } }
        var seen = [Bool](repeating: false, count: ids.count)
        var open = goals
        while let next = open.popLast() {
            for source in sources[next] where !seen[source] {
                seen[source] = true
                open.append(source)
            }
        }
        return seen
    }
}
