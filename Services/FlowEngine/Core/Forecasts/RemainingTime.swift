/// How long a run that is under way will still take.
public struct RemainingTime: Sendable {
    /// What is open in a run, and since when.
    public struct Position: Sendable {
        public struct Branch: Sendable {
            public var seq: Int
            public var node: String
            /// Milliseconds since its step began.
            public var elapsed: Double
            /// The `parallel` or `each` step that it runs in.
            public var scope: Int?

            public init(seq: Int, node: String, elapsed: Double, scope: Int? = nil) {
                (self.seq, self.node, self.elapsed, self.scope) = (seq, node, elapsed, scope)
            }
        }

        public struct Scope: Sendable {
            public var seq: Int
            public var node: String
            public var outer: Int?
            public var finished: Int
            /// Elements of an `each` that were not begun.
            public var left: Int

            public init(seq: Int, node: String, outer: Int?, finished: Int, left: Int) {
                (self.seq, self.node, self.outer, self.finished, self.left) = (seq, node, outer, finished, left)
            }
        }

        public var branches: [Branch]
        public var scopes: [Scope]

        public init(branches: [Branch], scopes: [Scope] = []) {
            self.branches = branches
            self.scopes = scopes
        }
    }

    /// Milliseconds, ascending.
    public let times: [Double]

    public init(_ document: FlowDocument, _ history: FlowHistory, _ position: Position, samples: Int = 400, seed: UInt64 = 1) {
        let plan = FlowPlan(document, history)
        var random = SeededGenerator(seed: seed)
        times = (0..<max(1, samples)).map { _ in
            var walk = RunWalk(plan, random: SeededGenerator(seed: random.next()))
            return walk.remaining(position, of: nil).time
        }.sorted()
    }

    /// Of one step that has taken `elapsed` milliseconds.
    public init(step node: String, elapsed: Double, _ document: FlowDocument, _ history: FlowHistory, samples: Int = 400, seed: UInt64 = 1) {
        let plan = FlowPlan(document, history)
        var random = SeededGenerator(seed: seed)
        guard let index = plan.index(node) else {
            times = [0]
            return
        }
        times = (0..<max(1, samples)).map { _ in
            let way = plan.models[index].draw(&random)
            return plan.models[index].latency(way, beyond: elapsed, &random)
        }.sorted()
    }

    public func quantile(_ share: Double) -> Double { times[min(max(Int(share * Double(times.count)), 0), times.count - 1)] }

    /// That more than this is left.
    public func probability(beyond milliseconds: Double) -> Double {
        Double(times.count { $0 > milliseconds }) / Double(times.count)
    }
}

extension RunWalk {
    /// Until everything that is open in `scope` is over, or the run has ended: the rest of the step itself, then on from it.
    fileprivate mutating func remaining(_ position: RemainingTime.Position, of scope: RemainingTime.Position.Scope?) -> Course {
        let home = scope.flatMap { plan.index($0.node) }
        var courses: [Course] = []
        for branch in position.branches where branch.scope == scope?.seq {
            guard let node = plan.index(branch.node), !position.scopes.contains(where: { $0.seq == branch.seq }) else { continue }
            var course = Course()
            let next = step(at: node, elapsed: branch.elapsed, &course)
            goOn(&course, from: next, home)
            courses.append(course)
        }
        for inner in position.scopes where inner.outer == scope?.seq {
            guard let node = plan.index(inner.node) else { continue }
            var course = Course()
            let next = close(remaining(position, each: inner), inner, at: node, &course)
            goOn(&course, from: next, home)
            courses.append(course)
        }
        // Of the main branch there is one.
        return courses.max { $0.time < $1.time } ?? Course()
    }

    private mutating func remaining(_ position: RemainingTime.Position, each scope: RemainingTime.Position.Scope) -> [Course] {
        guard let home = plan.index(scope.node) else { return [] }
        var open: [Course] = []
        for branch in position.branches where branch.scope == scope.seq {
            var alone = position
            alone.branches.removeAll { $0.scope == scope.seq && $0.seq != branch.seq }
            alone.scopes.removeAll { $0.outer == scope.seq && $0.seq != branch.seq }
            open.append(remaining(alone, of: scope))
        }
        let rest = (0..<min(scope.left, FlowPlan.itemsMax)).map { _ in course(from: plan.bodies[home].first, within: home) }
        guard case .each(let each) = plan.nodes[home].kind, !rest.isEmpty else { return open }
        return RunWalk.inTurn(open + rest, each.concurrency)
    }

    private mutating func close(_ courses: [Course], _ scope: RemainingTime.Position.Scope, at node: Int, _ course: inout Course) -> Int? {
        if case .parallel(let parallel) = plan.nodes[node].kind {
            return join(courses, needed: max(1, parallel.needed - scope.finished), limit: nil, at: node, by: "joined", &course)
        }
        return join(courses, needed: courses.count, limit: nil, at: node, by: "done", &course)
    }

    private mutating func goOn(_ course: inout Course, from node: Int?, _ home: Int?) {
        guard let node, node != home else {
            course.hasEnded = node == nil
            return
        }
        let rest = self.course(from: node, within: home)
        course.time += rest.time
        course.cost += rest.cost
        course.path += rest.path
        course.hasEnded = rest.hasEnded
    }
}
