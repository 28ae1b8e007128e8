internal import Cedar

/// Turns conditions into a plan. Which variables are known at a place is known here already: conjuncts are answered in their order.
struct PlanCompiler {
    private struct TableDraft {
        let action: EntityUID
        let kind: String
        var columns: [[String]] = []
        var columnByPath: [[String]: Int] = [:]
        var horizonMicros: Int64 = 0
        var stores: [StoreDraft] = []
        var storeByColumns: [StoreColumns: Int] = [:]
    }

    private struct StoreColumns: Hashable {
        let keys: [Int]
        let required: [Int]
    }

    private struct StoreDraft {
        let columns: StoreColumns
        var summed: [Int] = []
    }

    private let schema: EventSchema
    private var drafts: [TableDraft] = []
    private(set) var tableByEvent: [EventKey: Int] = [:]
    private(set) var constants: [Value] = []
    private var constantIndex: [Value: Int32] = [:]
    private(set) var parameters: [MonitorPlan.Parameter] = []
    private var parameterIndex: [MonitorPlan.Parameter: Int] = [:]
    private(set) var patterns: [MonitorPlan.Pattern] = []
    private(set) var keys: [MonitorPlan.Operand] = []
    private(set) var binds: [MonitorPlan.Bind] = []
    private(set) var filters: [MonitorPlan.Filter] = []
    /// Conditions and aggregates without free variables that are asked about at the time of a decision.
    private(set) var shared: [String: Int32] = [:]
    private var sharedAggregates: [String: Int32] = [:]
    private(set) var anchors: [MonitorPlan.Anchor] = []
    private(set) var nodes: [MonitorPlan.Node] = []
    private(set) var children: [Int32] = []
    private(set) var aggregates: [MonitorPlan.Aggregate] = []
    private(set) var timelineMicros: Int64?
    /// Of the condition that is being compiled.
    private var slots = 0

    init(schema: EventSchema) { self.schema = schema }

    /// The variables in scope and those of them that have a value.
    private struct Scope {
        var names: [String: Int] = [:]
        var known: Set<Int> = []
        /// How far before the decision this may be asked for.
        var reach: Int64 = 0
        /// Whether it is asked for at the time of the decision itself.
        var isNow = true

        mutating func learn(_ variables: Set<String>) { for name in variables { if let slot = names[name] { known.insert(slot) } } }

        func reaching(_ window: Window) -> Scope {
            var scope = self
            scope.isNow = false
            let (sum, overflow) = reach.addingReportingOverflow(max(0, window.micros))
            scope.reach = overflow ? .max : sum
            return scope
        }
    }

    mutating func root(_ formula: Formula) -> MonitorPlan.Root {
        slots = 0
        let node = compile(formula, Scope())
        return MonitorPlan.Root(node: node, slots: slots)
    }

    func finishedTables() -> [MonitorPlan.Table] {
        drafts.map { draft in
            MonitorPlan.Table(
                action: draft.action, kind: draft.kind, columns: draft.columns, horizonMicros: draft.horizonMicros,
                stores: draft.stores.map { MonitorPlan.Store(keys: $0.columns.keys, required: $0.columns.required, summed: $0.summed) })
        }
    }

    private mutating func add(_ node: MonitorPlan.Node) -> Int32 {
        nodes.append(node)
        return Int32(nodes.count - 1)
    }

    // MARK: Conditions

    private mutating func compile(_ formula: Formula, _ scope: Scope) -> Int32 {
        guard formula.isOperator else { return compileAnew(formula, scope) }
        let free = formula.freeVariables
        guard scope.isNow, free.isEmpty else {
            let body = compileAnew(formula, scope)
            return free.allSatisfy { scope.names[$0].map(scope.known.contains) == true } ? add(.test(body)) : body
        }
        let text = CanonicalFormula.text(of: formula)
        if let known = shared[text] { return known }
        let body = compileAnew(formula, scope)
        let node = add(.shared(Int32(shared.count), body: body))
        shared[text] = node
        return node
    }

    private mutating func compileAnew(_ formula: Formula, _ scope: Scope) -> Int32 {
        switch formula.kind {
        case .all(let parts): return compile(parts, scope)
        case .not(let body):
            let inner = compile(body, scope)
            return add(.not(inner))
        case .formerly(let window, let body):
            let anchor = compileAnchor(body, scope.reaching(window))
            return add(.formerly(window: window.micros, anchor: anchor))
        case .previous(let window, let body):
            let scope = scope.reaching(window)
            needTimeline(scope.reach)
            let inner = compile(body, scope)
            return add(.previous(window: window.micros, body: inner))
        case .since(let left, let window, let right): return compileSince(left, window, right, scope)
        case .event(let pattern):
            let index = compile(pattern, scope)
            return add(.pattern(index))
        case .comparison(let relation, let left, let right):
            let sides = (side(left, scope), side(right, scope))
            return add(.comparison(relation, sides.0, sides.1))
        case .exists(let binder, let body):
            var scope = scope
            let slot = declare(binder, &scope)
            let inner = compile(body, scope)
            return add(.exists(slot: Int32(slot), body: inner))
        case .timepoint(let name): return add(.timepoint(slot: Int32(scope.names[name.text] ?? 0)))
        case .call, .parameter, .refined: preconditionFailure("macros are expanded before")
        }
    }

    private mutating func compile(_ parts: [Formula], _ scope: Scope) -> Int32 {
        var scope = scope
        var compiled: [Int32] = []
        for part in parts {
            compiled.append(compile(part, scope))
            scope.learn(part.restricted)
        }
        if compiled.count == 1 { return compiled[0] }
        let first = children.count
        children += compiled
        return add(.all(first: Int32(first), count: Int32(compiled.count)))
    }

    private mutating func declare(_ binder: Binder, _ scope: inout Scope) -> Int {
        let slot = slots
        slots += 1
        scope.names[binder.name.text] = slot
        return slot
    }

    private mutating func needTimeline(_ micros: Int64) { timelineMicros = max(timelineMicros ?? 0, micros) }

    private mutating func compileSince(_ left: Formula, _ window: Window, _ right: Formula, _ scope: Scope) -> Int32 {
        let scope = scope.reaching(window)
        let anchor = compileAnchor(right, scope)
        var inner = scope
        inner.learn(right.restricted)
        if case .not(let negated) = left.kind, case .event(let pattern) = negated.kind {
            let absent = compile(pattern, inner)
            return add(.absentSince(window: window.micros, anchor: anchor, pattern: absent))
        }
        needTimeline(scope.reach)
        let isFixed = left.freeVariables.isDisjoint(with: right.restricted)
        let body = compile(left, inner)
        return add(.since(window: window.micros, anchor: anchor, body: body, isFixed: isFixed))
    }

    /// An event that must be there at the same timepoint leads to the timepoints, so that not all of them are looked at.
    private mutating func compileAnchor(_ body: Formula, _ scope: Scope) -> Int32 {
        var parts = if case .all(let parts) = body.kind { parts } else { [body] }
        var anchor = MonitorPlan.Anchor(pattern: -1, isDirect: false, body: -1)
        if let index = parts.firstIndex(where: { if case .event = $0.kind { true } else { false } }), case .event(let pattern) = parts[index].kind {
            let event = parts.remove(at: index)
            anchor.pattern = compile(pattern, scope)
            anchor.isDirect = true
            var scope = scope
            scope.learn(event.restricted)
            if !parts.isEmpty { anchor.body = compile(parts, scope) }
        } else {
            if let (pattern, hidden) = leadingEvent(parts) {
                var outer = scope
                for name in hidden { outer.names[name] = nil }
                anchor.pattern = compile(loosened(pattern, outer), outer)
            } else {
                needTimeline(scope.reach)
            }
            anchor.body = compile(body, scope)
        }
        anchors.append(anchor)
        return Int32(anchors.count - 1)
    }

    /// An event inside of `exists`, with the variables that are declared on the way to it.
    private func leadingEvent(_ parts: [Formula]) -> (EventPattern, [String])? {
        for part in parts {
            switch part.kind {
            case .event(let pattern): return (pattern, [])
            case .exists(let binder, let body):
                let inner = if case .all(let parts) = body.kind { parts } else { [body] }
                if let (pattern, hidden) = leadingEvent(inner) { return (pattern, hidden + [binder.name.text]) }
            default: break
            }
        }
        return nil
    }

    /// The pattern with any value in the place of variables that have none here.
    private func loosened(_ pattern: EventPattern, _ scope: Scope) -> EventPattern {
        var pattern = pattern
        for (index, field) in pattern.fields.enumerated() {
            guard case .variable(let name) = field.term.kind, scope.names[name].map(scope.known.contains) != true else { continue }
            pattern.fields[index].term.kind = .wildcard
        }
        return pattern
    }

    // MARK: Events

    private mutating func compile(_ pattern: EventPattern, _ scope: Scope) -> Int32 {
        let key = EventKey(action: pattern.action, kind: Text(pattern.kind))
        let table = tableByEvent[key] ?? drafts.count
        if table == drafts.count {
            drafts.append(TableDraft(action: pattern.action, kind: pattern.kind))
            tableByEvent[key] = table
        }
        drafts[table].horizonMicros = max(drafts[table].horizonMicros, scope.reach)
        var known: [Int: MonitorPlan.Operand] = [:]
        var required: Set<Int> = []
        var bound: [MonitorPlan.Bind] = []
        var filtered: [MonitorPlan.Filter] = []
        for field in pattern.fields {
            let column = column(field.path, of: table)
            guard let operand = operand(field.term, scope) else {
                required.insert(column)
                continue
            }
            if case .slot(let slot) = operand, !scope.known.contains(Int(slot)) {
                required.insert(column)
                if bound.contains(where: { $0.slot == Int(slot) }) {
                    filtered.append(MonitorPlan.Filter(column: column, operand: operand))
                } else {
                    bound.append(MonitorPlan.Bind(column: column, slot: Int(slot)))
                }
            } else if known[column] == nil {
                known[column] = operand
            } else {
                filtered.append(MonitorPlan.Filter(column: column, operand: operand))
            }
        }
        let columns = known.keys.sorted()
        let store = store(keys: columns, required: required.subtracting(columns).sorted(), of: table)
        patterns.append(
            MonitorPlan.Pattern(
                table: table, store: store, keys: append(columns.compactMap { known[$0] }, to: \.keys), binds: append(bound, to: \.binds),
                filters: append(filtered, to: \.filters)))
        return Int32(patterns.count - 1)
    }

    private mutating func append<T>(_ more: [T], to list: WritableKeyPath<PlanCompiler, [T]>) -> Range<Int> {
        let first = self[keyPath: list].count
        self[keyPath: list] += more
        return first..<first + more.count
    }

    private mutating func column(_ path: [String], of table: Int) -> Int {
        if let known = drafts[table].columnByPath[path] { return known }
        let column = drafts[table].columns.count
        drafts[table].columns.append(path)
        drafts[table].columnByPath[path] = column
        return column
    }

    private mutating func store(keys: [Int], required: [Int], of table: Int) -> Int {
        let columns = StoreColumns(keys: keys, required: required)
        if let known = drafts[table].storeByColumns[columns] { return known }
        let store = drafts[table].stores.count
        drafts[table].stores.append(StoreDraft(columns: columns))
        drafts[table].storeByColumns[columns] = store
        return store
    }

    /// The running sum of a column, by its place among those of the store.
    private mutating func sum(of column: Int, _ pattern: MonitorPlan.Pattern) -> Int {
        let summed = drafts[pattern.table].stores[pattern.store].summed
        if let known = summed.firstIndex(of: column) { return known }
        drafts[pattern.table].stores[pattern.store].summed.append(column)
        return summed.count
    }

    // MARK: Values

    /// Nil for a wildcard.
    private mutating func operand(_ term: Term, _ scope: Scope) -> MonitorPlan.Operand? {
        switch term.kind {
        case .value(let value): return .constant(constant(value))
        case .context(let path): return .parameter(Int32(parameter(.context(path))))
        case .scope(let variable, let path): return .parameter(Int32(parameter(.scope(variable, path))))
        case .variable(let name): return .slot(Int32(scope.names[name] ?? 0))
        case .wildcard, .aggregate, .parameter, .fresh: return nil
        }
    }

    private mutating func constant(_ value: Value) -> Int32 {
        if let known = constantIndex[value] { return known }
        constants.append(value)
        constantIndex[value] = Int32(constants.count - 1)
        return Int32(constants.count - 1)
    }

    mutating func parameter(_ parameter: MonitorPlan.Parameter) -> Int {
        if let known = parameterIndex[parameter] { return known }
        parameters.append(parameter)
        parameterIndex[parameter] = parameters.count - 1
        return parameters.count - 1
    }

    private mutating func side(_ term: Term, _ scope: Scope) -> MonitorPlan.Side {
        if case .aggregate(let aggregate) = term.kind { return .aggregate(compile(aggregate, term.span, scope)) }
        return operand(term, scope).map(MonitorPlan.Side.operand) ?? .nothing
    }

    // MARK: Aggregates

    private mutating func compile(_ aggregate: Aggregate, _ span: SourceSpan, _ scope: Scope) -> Int32 {
        let term = Term(kind: .aggregate(aggregate), span: span)
        let isShared = scope.isNow && term.freeVariables.isEmpty
        let text = isShared ? CanonicalFormula.text(of: term) : ""
        if isShared, let known = sharedAggregates[text] { return known }
        var inner = scope
        let slots = aggregate.binders.map { declare($0, &inner) }
        var summed: Int?
        if case .sum(let name) = aggregate.kind { summed = aggregate.binders.firstIndex { $0.name == name } }
        let body = compile(aggregate.body, inner)
        let shortcut = shortcut(aggregate, slots, summed, inner)
        let index = Int32(aggregates.count)
        aggregates.append(
            MonitorPlan.Aggregate(summed: summed, slots: slots, body: body, shortcut: shortcut, isShared: isShared, span: span))
        if isShared { sharedAggregates[text] = index }
        return index
    }

    /// Counting the timepoints of one event in a window, or summing up a field of it, needs no walk through them.
    private mutating func shortcut(_ aggregate: Aggregate, _ slots: [Int], _ summed: Int?, _ scope: Scope) -> MonitorPlan.Aggregate.Shortcut {
        guard case .formerly(let window, let body) = aggregate.body.kind, case .all(let parts) = body.kind, parts.count == 2 else { return .none }
        var event: EventPattern?
        var timepoint: Int?
        for part in parts {
            if case .event(let pattern) = part.kind { event = pattern }
            if case .timepoint(let name) = part.kind { timepoint = scope.names[name.text] }
        }
        guard let event, let timepoint, slots.contains(timepoint) else { return .none }
        let index = compile(event, scope.reaching(window))
        let pattern = patterns[Int(index)]
        guard pattern.filters.isEmpty else { return .none }
        if summed == nil, slots == [timepoint], pattern.binds.isEmpty { return .count(pattern: index, window: window.micros) }
        if let summed, slots.count == 2, slots[summed] != timepoint, pattern.binds.count == 1, binds[pattern.binds.lowerBound].slot == slots[summed] {
            let place = sum(of: binds[pattern.binds.lowerBound].column, pattern)
            return .sum(pattern: index, window: window.micros, sum: place)
        }
        return .none
    }
}

extension Formula {
    /// Whether answering it takes a look at the past.
    fileprivate var isOperator: Bool {
        switch kind {
        case .formerly, .previous, .since: true
        default: false
        }
    }
}
