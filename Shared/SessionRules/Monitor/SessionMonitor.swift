public import Cedar

/// What happened in one session, as far as rules look back, and what is in flight.
///
/// Time is a parameter and never goes back within a session: what claims to be earlier than the latest event counts as of its time, so
/// that no clock can move an event out of a window. Every timepoint is one observed event; a request that is decided stands there under
/// its own kind and, until it is refused or given back, under `reserved`.
public struct SessionMonitor: Sendable {
    public let rules: SessionRuleSet
    public let limits: SessionLimits
    var tables: [EventTable]
    var timeline = Timeline()
    /// The next event's number.
    var next: Int64 = 0
    /// The time of the latest event.
    var latest: Int64 = .min
    /// Requests in flight, by whatever their callers call them.
    var reservations: [Text: Reservation] = [:]

    struct Reservation: Hashable, Sendable {
        var timepoint: Int64
        var action: EntityUID
    }

    public init(rules: SessionRuleSet, limits: SessionLimits = .default) {
        self.rules = rules
        self.limits = limits
        tables = rules.plan.tables.map(EventTable.init)
    }

    /// How many events are kept.
    public var count: Int { tables.reduce(timeline.count) { $0 + $1.count } }
    public var inFlight: [Text] { reservations.keys.sorted() }

    // MARK: Events

    /// Notes an event that asks for no decision.
    /// - Parameter micros: Microseconds since 1970.
    /// - Returns: The number of the event.
    @discardableResult
    public mutating func observe(_ event: SessionEvent, at micros: Int64) throws(SessionFault) -> Int64 {
        try note([event], at: micros).timepoint
    }

    private mutating func note(_ events: [SessionEvent], at micros: Int64) throws(SessionFault) -> Evaluator.Point {
        latest = max(latest, micros)
        let point = Evaluator.Point(timepoint: next, micros: latest)
        next += 1
        let plan = rules.plan
        for event in events {
            guard let table = plan.tableByEvent[EventKey(action: event.action, kind: event.kind)] else { continue }
            tables[table].prune(now: latest)
            tables[table].insert(event, timepoint: point.timepoint, micros: latest)
        }
        if let horizon = plan.timelineMicros, let event = events.first {
            let (edge, overflow) = latest.subtractingReportingOverflow(horizon)
            if !overflow { timeline.prune(before: edge) }
            let partition = plan.partition.map { event.value(at: $0.path) }
            timeline.append(Timeline.Entry(timepoint: point.timepoint, micros: latest, partition: partition))
        }
        try holdLimit()
        return point
    }

    private mutating func holdLimit() throws(SessionFault) {
        guard count > limits.events else { return }
        prune()
        guard count <= limits.events else { throw .tooManyEvents(limit: limits.events) }
    }

    /// Forgets what no rule can look at any more.
    mutating func prune() {
        for index in tables.indices { tables[index].prune(now: latest) }
        if let horizon = rules.plan.timelineMicros {
            let (edge, overflow) = latest.subtractingReportingOverflow(horizon)
            if !overflow { timeline.prune(before: edge) }
        }
    }

    // MARK: Decisions

    /// Notes a request and answers the rules of the policies that may concern it. Until `conclude` it counts as reserved.
    public mutating func ask(
        _ event: SessionEvent, _ request: SessionRequest, at micros: Int64, tells: Bool = false
    ) throws(SessionFault) -> SessionAnswer {
        let reserved = SessionEvent(action: event.action, kind: Text(EventSchema.reservedKind), fields: event.fields)
        let point = try note(event.kind == reserved.kind ? [event] : [event, reserved], at: micros)
        let plan = rules.plan
        var evaluator = Evaluator(
            plan: plan, tables: tables, timeline: timeline, request: request, limit: limits.steps, tells: tells)
        var known: [Bool?] = Array(repeating: nil, count: plan.roots.count)
        var answers: [SessionAnswer.Rule] = []
        for rule in plan.rules(about: event.action) {
            guard plan.scopes[rule].mayConcern(request) else { continue }
            let root = plan.rootOfRule[rule]
            evaluator.forgetTold()
            let holds: Bool
            if let answered = known[root], !tells { holds = answered } else { holds = try evaluator.holds(plan.roots[root], at: point) }
            known[root] = holds
            answers.append(
                SessionAnswer.Rule(
                    index: rule, name: rules.rules[rule].name, holds: holds,
                    aggregates: evaluator.told.map { told in told.map { (plan.aggregates[$0.aggregate].span, $0.value) } } ?? []))
        }
        return SessionAnswer(timepoint: point.timepoint, micros: point.micros, action: event.action, rules: answers)
    }

    /// What became of a request that was asked about: refused ones are no longer reserved.
    /// - Parameter reservation: What to call it while it is in flight; nil for one that is over at once.
    public mutating func conclude(_ answer: SessionAnswer, isAllowed: Bool, reservation: Text?) {
        guard isAllowed else { return removeReserved(answer.action, answer.timepoint) }
        guard let reservation else { return }
        reservations[reservation] = Reservation(timepoint: answer.timepoint, action: answer.action)
    }

    // MARK: In flight

    /// A request has been carried out: what it reserved stays counted.
    public mutating func settle(_ reservation: Text) throws(SessionFault) {
        guard reservations.removeValue(forKey: reservation) != nil else { throw .noReservation }
    }

    /// A request was not carried out and will not be: it counts no longer.
    public mutating func cancel(_ reservation: Text) throws(SessionFault) {
        guard let held = reservations.removeValue(forKey: reservation) else { throw .noReservation }
        removeReserved(held.action, held.timepoint)
    }

    private mutating func removeReserved(_ action: EntityUID, _ timepoint: Int64) {
        guard let table = rules.plan.tableByEvent[EventKey(action: action, kind: Text(EventSchema.reservedKind))] else { return }
        tables[table].remove(timepoint: timepoint)
    }
}

/// What the rules say of one request.
public struct SessionAnswer: Sendable {
    public struct Rule: Sendable {
        /// The place among the rules of the set.
        public let index: Int
        public let name: Text
        public let holds: Bool
        /// What counts and sums came to, where that was asked for.
        public let aggregates: [(span: SourceSpan, value: Int64)]
    }

    /// The number of the event.
    public let timepoint: Int64
    public let micros: Int64
    public let action: EntityUID
    public let rules: [Rule]

    /// Of an event that no rule was asked about.
    public static func none(timepoint: Int64, micros: Int64 = 0, action: EntityUID) -> SessionAnswer {
        SessionAnswer(timepoint: timepoint, micros: micros, action: action, rules: [])
    }

    /// What `context.session` is to the policies.
    public var record: RecordValue {
        var members: [(Text, Value)] = []
        members.reserveCapacity(rules.count)
        for rule in rules where members.last?.0 != rule.name { members.append((rule.name, .bool(rule.holds))) }
        return RecordValue(members)
    }
}

extension Scope {
    /// Whether a policy of this scope can apply, as far as that can be said without entities.
    fileprivate func mayConcern(_ request: SessionRequest) -> Bool {
        principal.mayBe(request.principal) && resource.mayBe(request.resource)
    }
}

extension EntityConstraint {
    fileprivate func mayBe(_ uid: EntityUID) -> Bool {
        switch self {
        case .equal(.entity(let other)): uid == other
        case .is(let type), .isIn(let type, _): uid.type == type
        case .any, .in, .equal(.slot): true
        }
    }
}
