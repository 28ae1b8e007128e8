/// How long runs will take and what they will cost, by many imagined courses through the document.
public struct FlowForecast: Sendable {
    /// Of milliseconds, or of millionths of the currency.
    public struct Distribution: Hashable, Sendable {
        public var mean: Double
        public var p50, p90, p95: Double
        /// Where the next run will be in 80, and in 95, of 100 cases.
        public var interval80, interval95: ClosedRange<Double>
    }

    public struct Node: Sendable {
        public var id, title, type: String
        public var samples: UInt64
        /// `node`, `kind` or `assumed`.
        public var basis: String
        public var latency: Distribution
        public var cost: Distribution
        /// Of the runs, the share that comes by.
        public var visited: Double
        /// Of the time of a run, the share that is spent here and on the critical path.
        public var critical: Double
    }

    public static let standardSamples = 1_000

    public let latency: Distribution
    public let cost: Distribution
    public let nodes: [Node]
    /// The chain of steps that decides how long most runs take.
    public let criticalPath: [String]
    /// What is not known, one sentence each.
    public let notes: [String]
    /// Durations of the courses, ascending.
    let times: [Double]

    public init(_ document: FlowDocument, _ history: FlowHistory, samples: Int = FlowForecast.standardSamples, seed: UInt64 = 1) {
        let plan = FlowPlan(document, history)
        var random = SeededGenerator(seed: seed)
        var tally = Tally()
        for _ in 0..<max(1, samples) {
            var walk = RunWalk(plan, random: SeededGenerator(seed: random.next()))
            tally.add(walk.course(from: plan.start), walk)
        }
        let count = Double(tally.times.count)
        times = tally.times.sorted()
        latency = Distribution(sorted: times, history.calibration)
        cost = Distribution(sorted: tally.costs.sorted())
        criticalPath = tally.criticalPath.map { plan.nodes[$0].id }
        let total = max(times.reduce(0, +), 1)
        nodes = plan.nodes.indices.map { index in
            let model = plan.models[index]
            let node = plan.nodes[index]
            return Node(
                id: node.id, title: node.title, type: node.type, samples: model.samples, basis: model.basis.rawValue,
                latency: Distribution(drawing: { model.latency($0, &$1) }, from: model, seed: seed),
                cost: Distribution(drawing: { model.cost($0, &$1) }, from: model, seed: seed),
                visited: Double(tally.visits[index] ?? 0) / count, critical: (tally.critical[index] ?? 0) / total)
        }
        notes = Self.notes(plan)
    }

    /// Where a run that took so long stands in the forecast.
    public func level(of milliseconds: Double) -> Double {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= milliseconds { low = middle + 1 } else { high = middle }
        }
        return (Double(low) + 0.5) / Double(times.count + 1)
    }

    private static func notes(_ plan: FlowPlan) -> [String] {
        plan.nodes.indices.compactMap { index in
            let (node, model) = (plan.nodes[index], plan.models[index])
            if node.type == "each", model.items == nil { return "'\(node.id)' is taken to go through \(FlowPlan.assumedItems) elements" }
            guard model.basis == .assumed, model.exact == nil, node.likeness != nil || node.type == "wait" else { return nil }
            let bounds = [model.assumed.lowerBound, model.assumed.upperBound].map { FlowDuration(milliseconds: Int64($0)).description }
            return "nothing like '\(node.id)' has run yet: taken to be between \(bounds[0]) and \(bounds[1])"
        }
    }
}

/// What many courses have in common.
private struct Tally {
    private static let pathsMax = 256

    var times: [Double] = []
    var costs: [Double] = []
    var critical: [Int: Double] = [:]
    var visits: [Int: Int] = [:]
    private var paths: [[Int]: Int] = [:]

    mutating func add(_ course: RunWalk.Course, _ walk: RunWalk) {
        times.append(course.time)
        costs.append(course.cost)
        for node in walk.visits.keys { visits[node, default: 0] += 1 }
        for (node, time) in course.path { critical[node, default: 0] += time }
        let path = course.path.map(\.node)
        if paths[path] != nil || paths.count < Self.pathsMax { paths[path, default: 0] += 1 }
    }

    var criticalPath: [Int] {
        let most = paths.max { ($0.value, $1.key.count, $1.key.description) < ($1.value, $0.key.count, $0.key.description) }
        return most?.key ?? []
    }
}

extension FlowForecast.Distribution {
    init(sorted values: [Double], _ calibration: Calibration = Calibration()) {
        func at(_ level: Double) -> Double {
            guard let first = values.first, let last = values.last else { return 0 }
            let rank = level * Double(values.count) - 0.5
            guard rank > 0 else { return first }
            guard rank < Double(values.count - 1) else { return last }
            let low = values[Int(rank)]
            return low + (values[Int(rank) + 1] - low) * (rank - rank.rounded(.down))
        }
        func interval(_ share: Double) -> ClosedRange<Double> {
            let levels = calibration.levels(of: share)
            let low = at(levels.low)
            return low...max(low, at(levels.high))
        }
        mean = values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
        (p50, p90, p95) = (at(calibration.level(at: 0.5)), at(calibration.level(at: 0.9)), at(calibration.level(at: 0.95)))
        (interval80, interval95) = (interval(0.8), interval(0.95))
    }

    fileprivate init(drawing draw: (NodeModel.Way?, inout SeededGenerator) -> Double, from model: NodeModel, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        self.init(
            sorted: (0..<400).map { _ in
                let way = model.draw(&random)
                return draw(way, &random)
            }.sorted())
    }
}
