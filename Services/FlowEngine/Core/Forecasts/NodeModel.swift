internal import Foundation

/// How long a node takes and by which port it is left, ready to be drawn from.
struct NodeModel: Sendable {
    enum Basis: String, Sendable { case node, kind, assumed }

    struct Way: Sendable {
        var port: String
        var share: Double
        var latency: Quantiles?
        var cost: Quantiles?
    }

    /// Observations that are enough to stand on a node's own history.
    private static let enough: UInt64 = 20
    /// What an author connects first is what mostly happens.
    private static let usual: Set<String> = [
        "next", "success", "approved", "completed", "elapsed", "event", "joined", "done", "allowed",
    ]

    let basis: Basis
    let samples: UInt64
    let ways: [Way]
    let items: Quantiles?
    /// Milliseconds that are known before anything has run: a wait for so long.
    let exact: Double?
    /// Bounds of what is assumed where nothing is known.
    let assumed: ClosedRange<Double>

    init(_ node: FlowNode, _ history: FlowHistory) {
        let own = history.nodes[node.id]
        let like = node.likeness.flatMap { history.likenesses[$0] }
        let chosen: NodeHistory?
        switch (own, like) {
        case (let own?, _) where own.count >= Self.enough: (chosen, basis) = (own, .node)
        case (_, let like?) where like.count >= Self.enough: (chosen, basis) = (like, .kind)
        case (let own?, _) where own.count > 0: (chosen, basis) = (own, .node)
        default: (chosen, basis) = (nil, .assumed)
        }
        samples = chosen?.count ?? 0
        items = chosen.flatMap { $0.items.count > 0 ? $0.items.prepared() : nil }
        if case .wait(let wait) = node.kind, case .time(let time) = wait.condition { exact = Double(time.milliseconds) } else { exact = nil }
        assumed = Self.assumed(node)
        ways = Self.ways(node, chosen)
    }

    private static func ways(_ node: FlowNode, _ history: NodeHistory?) -> [Way] {
        let ports = node.exits
        let likely = ports.filter(usual.contains)
        let total = Double(history?.count ?? 0)
        let all = history?.ports.values.reduce(into: NodeHistory.Port()) {
            $0.latency.merge($1.latency); $0.cost.merge($1.cost)
        }
        return ports.map { port in
            // One imagined observation, so that what never happened is not impossible.
            let rest = Double(max(ports.count - likely.count, 1))
            let prior = likely.isEmpty ? 1 / rest : likely.contains(port) ? 0.95 / Double(likely.count) : 0.05 / rest
            let seen = history?.ports[port]
            let source = (seen?.latency.count ?? 0) > 0 ? seen : all
            let share = (Double(seen?.latency.count ?? 0) + prior * (total > 0 ? 0.5 : 1)) / (total + (total > 0 ? 0.5 : 1))
            let latency = source.flatMap { $0.latency.count > 0 ? $0.latency.prepared() : nil }
            let cost = source.flatMap { $0.cost.count > 0 ? $0.cost.prepared() : nil }
            return Way(port: port, share: share, latency: latency, cost: cost)
        }
    }

    /// Milliseconds between which a node of its kind mostly is.
    private static func assumed(_ node: FlowNode) -> ClosedRange<Double> {
        func upTo(_ limit: FlowDuration, from low: Double) -> ClosedRange<Double> {
            min(low, Double(limit.milliseconds))...Double(limit.milliseconds)
        }
        return switch node.kind {
        case .call(let node): upTo(node.timeout, from: 50)
        case .approve(let node): upTo(node.ttl, from: 60_000)
        case .task(let node): upTo(node.ttl, from: 60_000)
        case .wait(let node): if case .event(_, _, let timeout) = node.condition { upTo(timeout, from: 1_000) } else { 1_000...86_400_000 }
        case .subflow: 1_000...3_600_000
        case .agent(let node): upTo(node.timeout, from: 2_000)
        case .guard: 1...50
        case .trigger, .decide, .assign, .end, .parallel, .each: 0...2
        }
    }

    // MARK: Drawing

    func draw(_ random: inout SeededGenerator) -> Way? {
        var rest = random.uniform() * ways.reduce(0) { $0 + $1.share }
        for way in ways {
            rest -= way.share
            if rest <= 0 { return way }
        }
        return ways.last
    }

    /// Milliseconds beyond `elapsed`, for a step that has taken as long already.
    func latency(_ way: Way?, beyond elapsed: Double = 0, _ random: inout SeededGenerator) -> Double {
        if let exact { return max(0, exact - elapsed) }
        let u = random.uniform()
        guard let quantiles = way?.latency else {
            let (low, high) = (max(assumed.lowerBound, elapsed, 0.1), max(assumed.upperBound, elapsed, 0.1))
            return low * exp(u * log(high / low)) - elapsed
        }
        let gone = elapsed > 0 ? min(quantiles.share(upTo: elapsed), 1 - 0.5 / (quantiles.count + 1)) : 0
        return max(0, quantiles.value(at: gone + (1 - gone) * u) - elapsed)
    }

    func cost(_ way: Way?, _ random: inout SeededGenerator) -> Double { way?.cost?.value(at: random.uniform()) ?? 0 }
}
