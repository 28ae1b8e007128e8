internal import Cedar

/// Answers conditions at timepoints of one session. What it may look at is counted, so that no rule takes longer than its limit.
struct Evaluator {
    struct Point {
        let timepoint: Int64
        let micros: Int64
    }

    typealias Emit = (inout Evaluator) throws(SessionFault) -> Bool

    let plan: MonitorPlan
    let tables: [EventTable]
    let timeline: Timeline
    private let limit: Int
    private var steps = 0
    /// Of the request, in the plan's order; nil where the request has none.
    private let parameters: [Value?]
    private let parameterHashes: [UInt64]
    var slots: [Value?] = []
    /// What is asked for more than once at the time of the decision; not kept where it is to be told how it came about.
    private var sharedAnswers: [Bool?]
    private var sharedAggregates: [Int64?]
    /// What aggregates came to, where it is to be told.
    private(set) var told: [(aggregate: Int, value: Int64)]?

    init(plan: MonitorPlan, tables: [EventTable], timeline: Timeline, request: SessionRequest, limit: Int, tells: Bool) {
        self.plan = plan
        self.tables = tables
        self.timeline = timeline
        self.limit = limit
        parameters = plan.parameters.map(request.value(of:))
        parameterHashes = parameters.map { $0.map(ValueHash.of) ?? 0 }
        told = tells ? [] : nil
        sharedAnswers = Array(repeating: nil, count: plan.sharedCount)
        sharedAggregates = Array(repeating: nil, count: plan.aggregates.count)
    }

    /// Whether a condition holds at a timepoint.
    mutating func holds(_ root: MonitorPlan.Root, at point: Point) throws(SessionFault) -> Bool {
        if slots.count < root.slots { slots = Array(repeating: nil, count: root.slots) }
        for index in 0..<root.slots { slots[index] = nil }
        return try holds(root.node, point)
    }

    mutating func forgetTold() { if told != nil { told = [] } }

    mutating func step() throws(SessionFault) {
        steps += 1
        guard steps <= limit else { throw .tooManySteps(limit: limit) }
    }

    mutating func holds(_ node: Int32, _ point: Point) throws(SessionFault) -> Bool {
        try solve(node, point) { (_) throws(SessionFault) in true }
    }

    /// Calls `emit` for each way in which the variables can be given values so that the node holds, until it returns true.
    mutating func solve(_ node: Int32, _ point: Point, _ emit: Emit) throws(SessionFault) -> Bool {
        try step()
        switch plan.nodes[Int(node)] {
        case .all(let first, let count): return try chain(Int(first), Int(count), point, emit)
        case .not(let body): return try holds(body, point) ? false : emit(&self)
        case .formerly(let window, let anchor):
            return try anchors(plan.anchors[Int(anchor)], window, point) { (evaluator, _) throws(SessionFault) in try emit(&evaluator) }
        case .previous(let window, let body):
            guard let earlier = previous(of: point), isWithin(window, earlier, point) else { return false }
            return try solve(body, earlier, emit)
        case .since(let window, let anchor, let body, let isFixed):
            return try since(window, plan.anchors[Int(anchor)], body, isFixed, point, emit)
        case .absentSince(let window, let anchor, let pattern):
            return try anchors(plan.anchors[Int(anchor)], window, point) { (evaluator, found) throws(SessionFault) in
                try evaluator.occurs(pattern, after: found, until: point) ? false : emit(&evaluator)
            }
        case .pattern(let pattern): return try match(pattern, at: point, emit)
        case .comparison(let relation, let left, let right): return try compare(relation, left, right, point, emit)
        case .exists(let slot, let body):
            let outer = slots[Int(slot)]
            slots[Int(slot)] = nil
            let stops = try solve(body, point, emit)
            slots[Int(slot)] = outer
            return stops
        case .timepoint(let slot): return try bind(Int(slot), .long(point.timepoint), emit)
        case .test(let body): return try holds(body, point) ? emit(&self) : false
        case .shared(let index, let body):
            let holds: Bool
            if told == nil, let known = sharedAnswers[Int(index)] { holds = known } else { holds = try self.holds(body, point) }
            sharedAnswers[Int(index)] = holds
            return holds ? try emit(&self) : false
        }
    }

    private mutating func chain(_ first: Int, _ count: Int, _ point: Point, _ emit: Emit) throws(SessionFault) -> Bool {
        if count == 0 { return try emit(&self) }
        return try solve(plan.children[first], point) { (evaluator) throws(SessionFault) in
            try evaluator.chain(first + 1, count - 1, point, emit)
        }
    }

    /// Gives the variable the value, or compares it with the one that it has.
    private mutating func bind(_ slot: Int, _ value: Value, _ emit: Emit) throws(SessionFault) -> Bool {
        if let known = slots[slot] { return known == value ? try emit(&self) : false }
        slots[slot] = value
        let stops = try emit(&self)
        slots[slot] = nil
        return stops
    }

    // MARK: Values

    func value(_ operand: MonitorPlan.Operand) -> Value? {
        switch operand {
        case .constant(let index): plan.constants[Int(index)]
        case .parameter(let index): parameters[Int(index)]
        case .slot(let index): slots[Int(index)]
        }
    }

    func hash(_ operand: MonitorPlan.Operand) -> UInt64? {
        switch operand {
        case .constant(let index): plan.constantHashes[Int(index)]
        case .parameter(let index): parameters[Int(index)] == nil ? nil : parameterHashes[Int(index)]
        case .slot(let index): slots[Int(index)].map(ValueHash.of)
        }
    }

    private mutating func value(_ side: MonitorPlan.Side, _ point: Point) throws(SessionFault) -> Value? {
        switch side {
        case .operand(let operand): return value(operand)
        case .aggregate(let index): return .long(try aggregate(Int(index), point))
        case .nothing: return nil
        }
    }

    private mutating func compare(
        _ relation: Relation, _ left: MonitorPlan.Side, _ right: MonitorPlan.Side, _ point: Point, _ emit: Emit
    ) throws(SessionFault) -> Bool {
        if relation == .equal {
            if case .operand(.slot(let slot)) = left, slots[Int(slot)] == nil, let value = try value(right, point) {
                return try bind(Int(slot), value, emit)
            }
            if case .operand(.slot(let slot)) = right, slots[Int(slot)] == nil, let value = try value(left, point) {
                return try bind(Int(slot), value, emit)
            }
        }
        guard let a = try value(left, point), let b = try value(right, point), Self.compare(relation, a, b) else { return false }
        return try emit(&self)
    }

    /// Only whole numbers have an order.
    private static func compare(_ relation: Relation, _ left: Value, _ right: Value) -> Bool {
        switch relation {
        case .equal: return left == right
        case .notEqual: return left != right
        case .less, .lessEqual, .greater, .greaterEqual: break
        }
        guard case .long(let a) = left, case .long(let b) = right else { return false }
        switch relation {
        case .less: return a < b
        case .lessEqual: return a <= b
        case .greater: return a > b
        case .greaterEqual: return a >= b
        case .equal, .notEqual: return false
        }
    }

    // MARK: Aggregates

    private mutating func aggregate(_ index: Int, _ point: Point) throws(SessionFault) -> Int64 {
        let isShared = plan.aggregates[index].isShared && told == nil
        if isShared, let known = sharedAggregates[index] { return known }
        let result =
            switch plan.aggregates[index].shortcut {
            case .count(let pattern, let window): Int128(range(pattern, window, point)?.range.count ?? 0)
            case .sum(let pattern, let window, let sum): self.sum(pattern, window, sum, point)
            case .none: try rows(of: plan.aggregates[index], point)
            }
        let clamped = Int64(clamping: result)
        if isShared { sharedAggregates[index] = clamped }
        told?.append((index, clamped))
        return clamped
    }

    /// Each row counts once, however often it was found.
    private mutating func rows(of aggregate: MonitorPlan.Aggregate, _ point: Point) throws(SessionFault) -> Int128 {
        var found: Set<[Value?]> = []
        var total: Int128 = 0
        let outer = aggregate.slots.map { slots[$0] }
        for slot in aggregate.slots { slots[slot] = nil }
        _ = try solve(aggregate.body, point) { (evaluator) throws(SessionFault) in
            let row = aggregate.slots.map { evaluator.slots[$0] }
            guard found.insert(row).inserted else { return false }
            guard let summed = aggregate.summed else {
                total += 1
                return false
            }
            if case .long(let number)? = row[summed] { total += Int128(number) }
            return false
        }
        for (slot, value) in zip(aggregate.slots, outer) { slots[slot] = value }
        return total
    }
}
