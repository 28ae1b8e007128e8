/// Finds how many entities after each other a policy looks into: `principal.boss.name` looks into two (Cedar's RFC 76).
///
/// What a policy of level n needs of the entities of a request is ``Entities/slice(for:level:)``.
struct LevelChecker {
    private struct Target {
        let node: NodeID
        /// Attributes that are taken from records on the way, the last first.
        var path: [Text]
        var level: Int
    }

    let levelMax: Int
    /// It has checked the conditions, and kept what it found.
    private var checker: ConditionChecker
    private var waiting: [NodeID] = []
    private(set) var faults: [ConditionChecker.Fault] = []
    private var seen: Set<ConditionChecker.Fault> = []

    init(_ checker: ConditionChecker, levelMax: Int) {
        self.checker = checker
        self.levelMax = levelMax
    }

    mutating func check(_ root: NodeID) {
        waiting = [root]
        // What is never evaluated was never checked, and does not count.
        while let node = waiting.popLast() { if checker.kept[Int(node.index)] != nil { visit(node) } }
    }

    private mutating func visit(_ node: NodeID) {
        switch checker.tree[node].kind {
        case .binary(.in, let left, let right), .binary(.hasTag, let left, let right), .binary(.getTag, let left, let right):
            check(Target(node: left, path: [], level: 0), at: node)
            waiting.append(right)
        case .is(let operand, _, let ancestor?):
            waiting += [operand, ancestor]
            if checker.kept[Int(ancestor.index)] != nil { check(Target(node: operand, path: [], level: 0), at: node) }
        case .attribute(let base, _):
            if isEntity(base) { check(Target(node: base, path: [], level: 0), at: node) } else { waiting.append(base) }
        case .has(let base, let path): has(base, path, node)
        case let kind: waiting += kind.children
        }
    }

    private func isEntity(_ node: NodeID) -> Bool { checker.kept[Int(node.index)]?.type.map(isEntity) == true }

    private func isEntity(_ type: TypeID) -> Bool {
        switch checker.types[type] {
        case .entity, .anyEntity: true
        default: false
        }
    }

    /// Each name of a path is asked of what those before it lead to.
    private mutating func has(_ base: NodeID, _ path: [Text], _ node: NodeID) {
        guard var type = checker.kept[Int(base.index)]?.type else { return }
        if !isEntity(type) { waiting.append(base) }
        var taken: [(name: Text, isFromEntity: Bool)] = []
        for name in path {
            if isEntity(type) {
                var target = Target(node: base, path: [], level: 0)
                for step in taken.reversed() {
                    if step.isFromEntity { target.level += 1 } else { target.path.append(step.name) }
                }
                check(target, at: node)
            }
            guard let next = checker.declaredType(of: name, in: type) else { return }
            taken.append((name, isEntity(type)))
            type = next
        }
    }

    private mutating func check(_ target: Target, at node: NodeID) {
        let level = level(of: target)
        guard level >= levelMax else { return }
        report(.levelExceeded, node, "this looks into \(level + 1) entities after each other; at most \(levelMax) are allowed")
    }

    /// How many entities are looked into to find the one that is meant: the most of all ways there are to it.
    private mutating func level(of target: Target) -> Int {
        var most = 0
        var targets = [target]
        while var target = targets.popLast() {
            guard checker.kept[Int(target.node.index)] != nil else { continue }
            switch checker.tree[target.node].kind {
            case .literal(.entity(let uid)):
                if uid != checker.schema.actions[checker.environment.action].uid {
                    report(.literalDereferenced, target.node, "\(uid) is looked into, which is no entity of the request")
                }
                most = max(most, target.level)
            case .conditional(let test, let then, let otherwise):
                waiting.append(test)
                targets += [
                    Target(node: then, path: target.path, level: target.level), Target(node: otherwise, path: target.path, level: target.level),
                ]
            case .attribute(let base, let name):
                if isEntity(base) { target.level += 1 } else { target.path.append(name) }
                targets.append(Target(node: base, path: target.path, level: target.level))
            case .binary(.getTag, let left, let right):
                waiting.append(right)
                targets.append(Target(node: left, path: target.path, level: target.level + 1))
            case .record(let members):
                let name = target.path.popLast()
                for member in members {
                    if member.key == name {
                        targets.append(Target(node: member.value, path: target.path, level: target.level))
                    } else {
                        waiting.append(member.value)
                    }
                }
            default: most = max(most, target.level)
            }
        }
        return most
    }

    private mutating func report(_ code: ValidationFinding.Code, _ node: NodeID, _ message: String) {
        let fault = ConditionChecker.Fault(code: code, span: checker.tree[node].span, message: message, suggestion: nil)
        if seen.insert(fault).inserted { faults.append(fault) }
    }

    /// The same for another kind of request.
    mutating func look(_ checker: ConditionChecker) { self.checker = checker }
}
