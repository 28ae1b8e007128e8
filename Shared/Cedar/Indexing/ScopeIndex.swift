/// Finds the policies whose scope may match a request, so that a decision costs what its policies cost and not what all do.
///
/// A tree of at most three levels. Each level splits policies by what they ask of the principal, the action or the resource, whichever
/// leaves the fewest to look at; a request goes down every branch that its entity, one of its ancestors or its type leads to. What
/// comes out is a superset of what matches: the scope of each is asked again.
struct ScopeIndex: Sendable {
    /// Fewer policies than this are looked at one by one.
    static let leafMax = 4

    private var nodes: [Node] = []
    private let root: Int

    private enum Node: Sendable {
        case leaf([Int32])
        case split(Branches)
    }

    private struct Branches: Sendable {
        let axis: ScopeAxis
        var any: Int?
        var equal: [EntityUID: Int] = [:]
        var below: [EntityUID: Int] = [:]
        var type: [Text: Int] = [:]
    }

    init(_ scopes: [Scope]) {
        var builder = Builder(scopes: scopes)
        root = builder.add(Array(scopes.indices.map(Int32.init)), ScopeAxis.allCases)
        nodes = builder.nodes
    }

    // MARK: Lookup

    /// The positions of the policies that may match, each once and in order.
    func candidates(_ request: Request, _ entities: Entities) -> [Int32] {
        if case .leaf(let all) = nodes[root] { return all }
        var found: [Int32] = []
        var leaves = 0
        collect(root, request, entities, &found, &leaves)
        guard leaves > 1 else { return found }
        found.sort()
        // A policy with several actions stands in several leaves.
        var kept = 0
        for index in found.indices where index == 0 || found[index] != found[index - 1] {
            found[kept] = found[index]
            kept += 1
        }
        found.removeSubrange(kept...)
        return found
    }

    /// Its recursion ends after three levels.
    private func collect(_ node: Int, _ request: Request, _ entities: Entities, _ found: inout [Int32], _ leaves: inout Int) {
        switch nodes[node] {
        case .leaf(let policies):
            leaves += 1
            found.append(contentsOf: policies)
        case .split(let branches):
            let uid = request[branches.axis]
            if let next = branches.any { collect(next, request, entities, &found, &leaves) }
            if !branches.equal.isEmpty, let next = branches.equal[uid] { collect(next, request, entities, &found, &leaves) }
            if !branches.type.isEmpty, let next = branches.type[uid.type] { collect(next, request, entities, &found, &leaves) }
            guard !branches.below.isEmpty else { return }
            if let next = branches.below[uid] { collect(next, request, entities, &found, &leaves) }
            entities.forEachAncestor(of: uid) { ancestor in
                if let next = branches.below[ancestor] { collect(next, request, entities, &found, &leaves) }
            }
        }
    }

    // MARK: Building

    private struct Builder {
        let scopes: [Scope]
        var nodes: [Node] = []

        /// Its recursion ends when the axes do.
        mutating func add(_ policies: [Int32], _ axes: [ScopeAxis]) -> Int {
            guard policies.count > ScopeIndex.leafMax, let (axis, groups) = bestSplit(policies, axes) else {
                nodes.append(.leaf(policies))
                return nodes.count - 1
            }
            var branches = Branches(axis: axis)
            let rest = axes.filter { $0 != axis }
            for (key, group) in groups {
                let child = add(group, rest)
                switch key {
                case .any: branches.any = child
                case .equal(let uid): branches.equal[uid] = child
                case .below(let uid): branches.below[uid] = child
                case .type(let type): branches.type[type] = child
                }
            }
            nodes.append(.split(branches))
            return nodes.count - 1
        }

        /// The axis on which a request that fits some policy has the fewest to look at; nil where no axis tells policies apart.
        private func bestSplit(_ policies: [Int32], _ axes: [ScopeAxis]) -> (ScopeAxis, [ScopeKey: [Int32]])? {
            var best: (axis: ScopeAxis, groups: [ScopeKey: [Int32]], cost: Int)?
            for axis in axes {
                var groups: [ScopeKey: [Int32]] = [:]
                for policy in policies {
                    for key in scopes[Int(policy)].keys(axis) { groups[key, default: []].append(policy) }
                }
                guard groups.count > 1 || groups[.any] == nil else { continue }
                // Every request sees the policies that ask nothing; of the others one group, and more likely a large one.
                let free = groups[.any]?.count ?? 0
                let cost = free * policies.count + groups.reduce(0) { $0 + ($1.key == .any ? 0 : $1.value.count * $1.value.count) }
                if best.map({ cost < $0.cost }) ?? true { best = (axis, groups, cost) }
            }
            return best.map { ($0.axis, $0.groups) }
        }
    }
}

extension Request {
    fileprivate subscript(axis: ScopeAxis) -> EntityUID {
        switch axis {
        case .principal: principal
        case .action: action
        case .resource: resource
        }
    }
}
