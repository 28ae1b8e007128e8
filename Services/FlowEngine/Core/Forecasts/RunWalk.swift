/// One imagined course of a run through a document: which ports it takes and how long each step is, drawn from history.
struct RunWalk {
    /// Steps of one course at the most: a circle that is left only seldom ends here.
    static let stepsMax = 2_000

    /// What has been walked: milliseconds, millionths of money, and the steps that the time was spent in.
    struct Course: Sendable {
        var time = 0.0
        var cost = 0.0
        /// The chain of steps that nothing could have made shorter but themselves.
        var path: [(node: Int, time: Double)] = []
        /// The run has ended on it; it did not lead back.
        var hasEnded = false
    }

    let plan: FlowPlan
    var random: SeededGenerator
    private var steps = 0
    /// How often each node was come by.
    private(set) var visits: [Int: Int] = [:]
    private(set) var costs: [Int: Double] = [:]

    init(_ plan: FlowPlan, random: SeededGenerator) {
        self.plan = plan
        self.random = random
    }

    /// From `node` until the run ends, or comes back to `scope`.
    mutating func course(from node: Int?, within scope: Int? = nil) -> Course {
        var walked = Course()
        var at = node
        while let node = at, node != scope, steps < Self.stepsMax {
            steps += 1
            at = step(at: node, &walked)
            if at == nil { walked.hasEnded = true }
        }
        return walked
    }

    /// One step, `elapsed` milliseconds of which are over; the next node, nil at the end.
    mutating func step(at node: Int, elapsed: Double = 0, _ course: inout Course) -> Int? {
        visits[node, default: 0] += 1
        let model = plan.models[node]
        switch plan.nodes[node].kind {
        case .parallel(let parallel):
            var branches: [Course] = []
            for body in plan.bodies[node] { branches.append(self.course(from: body, within: node)) }
            return join(branches, needed: parallel.needed, limit: parallel.timeout, at: node, by: "joined", &course)
        case .each(let each):
            let count = max(0, model.items.map { Int($0.value(at: random.uniform()).rounded()) } ?? FlowPlan.assumedItems)
            var bodies: [Course] = []
            for _ in 0..<min(count, FlowPlan.itemsMax) { bodies.append(self.course(from: plan.bodies[node].first, within: node)) }
            return join(Self.inTurn(bodies, each.concurrency), needed: bodies.count, limit: each.timeout, at: node, by: "done", &course)
        default:
            let way = model.draw(&random)
            let time = model.latency(way, beyond: elapsed, &random)
            let cost = model.cost(way, &random)
            course.time += time
            course.cost += cost
            costs[node, default: 0] += cost
            course.path.append((node, time))
            return way.flatMap { plan.target(node, $0.port) }
        }
    }

    /// What waits for several courses goes on with the last that it needs.
    mutating func join(_ courses: [Course], needed: Int, limit: FlowDuration?, at node: Int, by port: String, _ course: inout Course) -> Int? {
        let ranked = courses.filter { !$0.hasEnded }.sorted { $0.time < $1.time }
        course.cost += courses.reduce(0) { $0 + $1.cost }
        let last = needed > 0 && ranked.count >= needed ? ranked[needed - 1] : nil
        let end = courses.filter(\.hasEnded).min { $0.time < $1.time }
        // Whoever ends the run ends it for all.
        if let end, last == nil || end.time < last?.time ?? 0 {
            course.time += end.time
            course.path += end.path
            return nil
        }
        if let limit, Double(limit.milliseconds) < last?.time ?? 0, let target = plan.target(node, "timeout") {
            course.time += Double(limit.milliseconds)
            course.path.append((node, Double(limit.milliseconds)))
            return target
        }
        course.time += last?.time ?? 0
        course.path += last?.path ?? []
        return plan.target(node, port)
    }

    /// So many bodies at once, each begun when one before it is over.
    static func inTurn(_ bodies: [Course], _ concurrency: Int) -> [Course] {
        var slots = Array(repeating: Course(), count: max(1, concurrency))
        return bodies.map { body in
            var slot = 0
            for index in slots.indices where slots[index].time < slots[slot].time { slot = index }
            var over = body
            over.time += slots[slot].time
            over.path = slots[slot].path + body.path
            slots[slot] = over
            return over
        }
    }
}

/// A document with its history, ready to be walked.
struct FlowPlan: Sendable {
    static let assumedItems = 5
    /// Bodies that are walked one by one; more say nothing more.
    static let itemsMax = 500

    let nodes: [FlowNode]
    let models: [NodeModel]
    let start: Int?
    /// Of a `parallel` and an `each`: where their bodies begin.
    let bodies: [[Int]]
    private let targets: [[String: Int]]

    init(_ document: FlowDocument, _ history: FlowHistory) {
        nodes = document.nodes
        models = nodes.map { NodeModel($0, history) }
        let ids = Dictionary(nodes.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
        targets = nodes.map { node in
            Dictionary(node.ports.compactMap { port in ids[port.target].map { (port.port, $0) } }, uniquingKeysWith: { first, _ in first })
        }
        bodies = nodes.map { node in node.ports.filter { node.isBodyPort($0.port) }.compactMap { ids[$0.target] } }
        start = document.trigger.flatMap { ids[$0.id] }
    }

    func index(_ id: String) -> Int? { nodes.firstIndex { $0.id == id } }

    func target(_ node: Int, _ port: String) -> Int? {
        // A port that was left out leads where its neighbour leads.
        targets[node][port] ?? (port == "timeout" || port == "denied" ? targets[node]["error"] : nil)
    }
}
