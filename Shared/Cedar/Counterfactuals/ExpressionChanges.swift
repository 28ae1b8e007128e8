/// Changes that bring one boolean expression nearer to a value: through conjunctions, alternatives and negations down to what stands in
/// one place.
struct ExpressionChanges {
    private let values: TracedValues
    private let now: Circumstances

    init(_ values: TracedValues, _ now: Circumstances) {
        self.values = values
        self.now = now
    }

    private var tree: ExpressionTree { values.tree }

    /// Parts that were not reached are not looked at: once what hid them is changed, they are.
    func toward(_ wanted: Bool, _ root: NodeID) -> [Change] {
        var found: [Change] = []
        var waiting = [(id: root, wanted: wanted)]
        while let (id, wanted) = waiting.popLast() {
            guard values[id] != .skipped, values[id] != .value(.bool(wanted)) else { continue }
            switch tree[id].kind {
            case .and(let left, let right), .or(let left, let right): waiting += [(right, wanted), (left, wanted)]
            case .unary(.not, let operand): waiting.append((operand, !wanted))
            case .conditional(let test, let then, let otherwise):
                guard case .value(.bool(let holds)) = values[test] else {
                    waiting.append((test, wanted))
                    continue
                }
                waiting += [(test, !holds), (holds ? then : otherwise, wanted)]
            default: found += atom(id, wanted)
            }
        }
        return found
    }

    // MARK: Atoms

    private func atom(_ id: NodeID, _ wanted: Bool) -> [Change] {
        switch tree[id].kind {
        case .attribute: set(id, to: .bool(wanted))
        case .has(let base, let path): presence(of: path, in: base, wanted)
        case .like(let base, let pattern): likeness(base, pattern, wanted)
        case .unary(.isEmpty, let operand): wanted ? set(operand, to: .set(SetValue([]))) : []
        case .binary(let op, let left, let right): binary(op, left, right, wanted)
        case .call(let function, let arguments) where arguments.count == 2: call(function, arguments[0], arguments[1], wanted)
        default: []
        }
    }

    private func binary(_ op: BinaryOperator, _ left: NodeID, _ right: NodeID, _ wanted: Bool) -> [Change] {
        switch op {
        case .equal, .notEqual: equality(left, right, (op == .equal) == wanted)
        case .less, .lessEqual, .greater, .greaterEqual: order(op, left, right, wanted)
        case .in: membership(left, right, wanted)
        case .contains: containment(left, value(right).map { [$0] }, wanted)
        case .containsAll: containment(left, elements(right), wanted)
        case .containsAny: wanted ? containment(left, elements(right)?.first.map { [$0] }, true) : removal(left, elements(right))
        case .add, .subtract, .multiply, .getTag, .hasTag: []
        }
    }

    private func equality(_ left: NodeID, _ right: NodeID, _ equal: Bool) -> [Change] {
        guard equal else { return (value(left) ?? value(right)).flatMap(Self.other).map { set(left, to: $0) + set(right, to: $0) } ?? [] }
        return (value(right).map { set(left, to: $0) } ?? []) + (value(left).map { set(right, to: $0) } ?? [])
    }

    /// The nearest value on the other side of the bound.
    private func order(_ op: BinaryOperator, _ left: NodeID, _ right: NodeID, _ wanted: Bool) -> [Change] {
        // `a < b` is `b > a`, and what must not be less must be at least as great.
        let (isBelow, isStrict): (Bool, Bool) =
            switch (op, wanted) {
            case (.less, true), (.greaterEqual, false): (true, true)
            case (.lessEqual, true), (.greater, false): (true, false)
            case (.greater, true), (.lessEqual, false): (false, true)
            default: (false, false)
            }
        let step: Int64 = isStrict ? 1 : 0
        let forLeft = value(right).flatMap { $0.moved(isBelow ? -step : step) }.map { set(left, to: $0) }
        let forRight = value(left).flatMap { $0.moved(isBelow ? step : -step) }.map { set(right, to: $0) }
        return (forLeft ?? []) + (forRight ?? [])
    }

    private func membership(_ left: NodeID, _ right: NodeID, _ wanted: Bool) -> [Change] {
        guard case .entity(let uid)? = value(left), let target = value(right) else { return [] }
        let groups: [EntityUID]
        switch target {
        case .entity(let group): groups = [group]
        case .set(let set): groups = set.elements.compactMap { if case .entity(let group) = $0 { group } else { nil } }.sorted()
        default: return []
        }
        // One is enough to be in; only who is directly in leaves so simply.
        return groups.filter { $0 != uid && (wanted || now.entities[uid]?.parents.contains($0) == true) }
            .map { change(.membership(uid, in: $0), to: .bool(wanted)) }
    }

    /// The set holds all of `members`, or not all of them any more.
    private func containment(_ set: NodeID, _ members: [Value]?, _ wanted: Bool) -> [Change] {
        guard let members, let place = place(set) else { return [] }
        let held: [Value]
        if case .set(let current)? = value(set) { held = current.elements } else { held = [] }
        let changed = wanted ? held + members : held.filter { $0 != members.first }
        return [change(place, to: .set(SetValue(changed)))]
    }

    private func removal(_ set: NodeID, _ members: [Value]?) -> [Change] {
        guard let members, let place = place(set), case .set(let current)? = value(set) else { return [] }
        return [change(place, to: .set(SetValue(current.elements.filter { !members.contains($0) })))]
    }

    /// What it would be is told by what is asked of it next.
    private func presence(of path: [Text], in base: NodeID, _ wanted: Bool) -> [Change] {
        guard let place = place(below: base, path) else { return [] }
        return [change(place, to: wanted ? .bool(true) : nil)]
    }

    private func likeness(_ base: NodeID, _ pattern: Pattern, _ wanted: Bool) -> [Change] {
        let literal = String(String.UnicodeScalarView(pattern.elements.compactMap { if case .scalar(let scalar) = $0 { scalar } else { nil } }))
        let text = wanted ? literal : ""
        return pattern.matches(Text(text)) == wanted ? set(base, to: .string(Text(text))) : []
    }

    private func call(_ function: ExtensionFunction, _ left: NodeID, _ right: NodeID, _ wanted: Bool) -> [Change] {
        switch function {
        case .lessThan: order(.less, left, right, wanted)
        case .lessThanOrEqual: order(.lessEqual, left, right, wanted)
        case .greaterThan: order(.greater, left, right, wanted)
        case .greaterThanOrEqual: order(.greaterEqual, left, right, wanted)
        case .isInRange where wanted: value(right).map { set(left, to: $0) } ?? []
        default: []
        }
    }

    // MARK: Values and places

    private func value(_ id: NodeID) -> Value? {
        if case .literal(let value) = tree[id].kind { return value }
        if case .variable(let variable) = tree[id].kind { return now.request.value(of: variable) }
        if case .value(let value) = values[id] { return value }
        // Not reached, because what stands before it erred.
        if case .call(let function, let arguments) = tree[id].kind, function.isConstructor, let text = arguments.first.flatMap({ value($0) }) {
            return try? function.apply([text])
        }
        return place(id).flatMap { now.value(at: $0) }
    }

    private func elements(_ id: NodeID) -> [Value]? {
        guard case .set(let set)? = value(id) else { return nil }
        return set.elements
    }

    private func set(_ id: NodeID, to value: Value) -> [Change] { place(id).map { [change($0, to: value)] } ?? [] }

    private func change(_ place: Change.Place, to value: Value?) -> Change { Change(place: place, from: now.value(at: place), to: value) }

    private func place(_ id: NodeID) -> Change.Place? {
        guard case .attribute(let base, let name) = tree[id].kind else { return nil }
        return place(below: base, [name])
    }

    private func place(below base: NodeID, _ path: [Text]) -> Change.Place? {
        var path = path
        var base = base
        while true {
            if case .variable(.context) = tree[base].kind { return .context(path) }
            if case .entity(let uid)? = value(base) { return .attribute(uid, path) }
            guard case .attribute(let next, let name) = tree[base].kind else { return nil }
            path.insert(name, at: 0)
            base = next
        }
    }

    /// Some value that is not this one.
    private static func other(_ value: Value) -> Value? {
        switch value {
        case .bool(let holds): .bool(!holds)
        case .string(let text): .string(Text(text.string.isEmpty ? "x" : ""))
        default: value.moved(1) ?? value.moved(-1)
        }
    }
}

extension Value {
    /// By so many of the smallest steps that there are; nil where there are none, or it would be beyond the range.
    fileprivate func moved(_ steps: Int64) -> Value? {
        switch self {
        case .long(let number): number.moved(steps).map { .long($0) }
        case .datetime(let time): time.milliseconds.moved(steps).map { .datetime(DatetimeValue(milliseconds: $0)) }
        case .duration(let time): time.milliseconds.moved(steps).map { .duration(DurationValue(milliseconds: $0)) }
        case .decimal(let number): number.tenThousandths.moved(steps).map { .decimal(DecimalValue(tenThousandths: $0)) }
        default: nil
        }
    }
}

extension Int64 {
    fileprivate func moved(_ steps: Int64) -> Int64? {
        let (sum, overflowed) = addingReportingOverflow(steps)
        return overflowed ? nil : sum
    }
}
