extension ConditionChecker {
    /// The answer of an operator whose two parts were checked.
    mutating func binary(_ frame: Frame, _ op: BinaryOperator, _ left: NodeID, _ right: NodeID) -> Answer {
        switch op {
        case .equal: return equal(frame, left, right)
        case .notEqual:
            let answer = equal(frame, left, right)
            return Answer(type: negated(answer.type), isSound: answer.isSound)
        case .less, .lessEqual, .greater, .greaterEqual: return comparison(frame, left, right)
        case .add, .subtract, .multiply:
            let a = expect(.long, frame.base, left)
            let b = expect(.long, frame.base + 1, right)
            return Answer(type: TypeTable.long, isSound: a.isSound && b.isSound)
        case .in: return isIn(frame.base, frame.base + 1, left, right)
        case .contains: return contains(frame, left, right)
        case .containsAll, .containsAny: return containsMany(frame, left, right)
        case .hasTag: return hasTag(frame, left, right)
        case .getTag: return getTag(frame, left, right)
        }
    }

    private mutating func equal(_ frame: Frame, _ left: NodeID, _ right: NodeID) -> Answer {
        let (a, b) = (answers[frame.base], answers[frame.base + 1])
        var answer = Answer(type: TypeTable.bool, isSound: a.isSound && b.isSound)
        if let a = a.type, let b = b.type, areDisjoint(a, b) {
            answer.type = TypeTable.no
        } else if let a = literal(left), let b = literal(right) {
            answer.type = TypeTable.bool(a == b)
        } else if !agree(a.type, b.type, frame.node, "both sides of the comparison") {
            answer.isSound = false
        }
        return answer
    }

    /// Whether no value is of both types; that is said of entities only.
    private func areDisjoint(_ a: TypeID, _ b: TypeID) -> Bool {
        guard a != b, case .entity(let one) = types[a], case .entity(let other) = types[b] else { return false }
        return !one.contains(where: other.contains)
    }

    /// The value of a literal, and the action of the request.
    private func literal(_ node: NodeID) -> Value? {
        switch tree[node].kind {
        case .literal(let value): value
        case .variable(.action): .entity(schema.actions[environment.action].uid)
        default: nil
        }
    }

    /// Whether types may be compared; in strict validation they must have a common one.
    private mutating func agree(_ a: TypeID?, _ b: TypeID?, _ node: NodeID, _ what: String) -> Bool {
        guard mode == .strict, let a, let b else { return true }
        return joined([a, b], node, what) != nil
    }

    private mutating func comparison(_ frame: Frame, _ left: NodeID, _ right: NodeID) -> Answer {
        let (a, b) = (answers[frame.base], answers[frame.base + 1])
        var answer = Answer(type: TypeTable.bool, isSound: a.isSound && b.isSound)
        guard let one = a.type, let other = b.type else { return Answer(type: TypeTable.bool, isSound: false) }
        let ordered: [TypeID] = [TypeTable.long, TypeTable.datetime, TypeTable.duration]
        if one == other, ordered.contains(one) { return answer }
        answer.isSound = false
        let pairs = [(one, other, right), (other, one, left)]
        if let (wanted, found, node) = pairs.first(where: { $0.0 == TypeTable.long }) ?? pairs.first(where: { ordered.contains($0.0) }) {
            report(.unexpectedType, node, "expected \(describe(wanted)), found \(describe(found))", suggestion: advice(found))
        } else {
            for (_, found, node) in pairs.reversed() {
                report(.unexpectedType, node, "expected Long, datetime or duration, found \(describe(found))", suggestion: advice(found))
            }
        }
        return answer
    }

    private func advice(_ type: TypeID) -> String? {
        type == TypeTable.decimal ? "decimals are compared by `.lessThan(…)` and the like" : nil
    }

    private mutating func contains(_ frame: Frame, _ left: NodeID, _ right: NodeID) -> Answer {
        let set = expect(.set, frame.base, left)
        let element = answers[frame.base + 1]
        var answer = Answer(type: TypeTable.bool, isSound: set.isSound && element.isSound)
        guard let type = set.type, case .set(let elements) = types[type] else { return answer }
        if !agree(elements, element.type, frame.node, "the elements of the set and what is looked for") { answer.isSound = false }
        return answer
    }

    private mutating func containsMany(_ frame: Frame, _ left: NodeID, _ right: NodeID) -> Answer {
        let a = expect(.set, frame.base, left)
        let b = expect(.set, frame.base + 1, right, suggestion: "use `.contains(…)` for a single value")
        var answer = Answer(type: TypeTable.bool, isSound: a.isSound && b.isSound)
        if !agree(a.type, b.type, frame.node, "the sets") { answer.isSound = false }
        return answer
    }

    // MARK: Hierarchies

    /// `left in right`, by the answers of both.
    mutating func isIn(_ leftAnswer: Int, _ rightAnswer: Int, _ left: NodeID, _ right: NodeID) -> Answer {
        let a = expect(.entity, leftAnswer, left)
        let b = expect(.entityOrEntities, rightAnswer, right)
        guard a.isSound, b.isSound else { return Answer(type: TypeTable.bool, isSound: false) }
        if case .entity(let uid)? = literal(left), TypeName.isAction(uid.type), let uids = literals(right) {
            return Answer(type: actionIsIn(uid, uids))
        }
        guard let lower = entityTypes(a.type), let upper = entityTypes(b.type) else { return Answer(type: TypeTable.bool) }
        let isPossible = lower.contains { lower in upper.contains { schema.canBe(lower, in: $0) } }
        return Answer(type: isPossible ? TypeTable.bool : TypeTable.no)
    }

    /// The entities that a literal or a set of nothing but literals names.
    private func literals(_ node: NodeID) -> [EntityUID]? {
        var nodes = [node]
        if case .set(let elements) = tree[node].kind { nodes = elements }
        var uids: [EntityUID] = []
        for node in nodes {
            guard case .entity(let uid)? = literal(node) else { return nil }
            uids.append(uid)
        }
        return uids
    }

    /// Actions are all in the schema, so that this is known. An action is in nothing but actions.
    func actionIsIn(_ uid: EntityUID, _ uids: [EntityUID]) -> TypeID {
        let upper = uids.filter { TypeName.isAction($0.type) }
        guard let action = schema.action(uid) else { return TypeTable.bool }
        return TypeTable.bool(
            upper.contains { other in other == uid || schema.actionPlace(other).map { action.ancestors.contains(Int32($0)) } == true })
    }

    /// Of an entity, or of the entities in a set.
    private func entityTypes(_ type: TypeID?) -> [Int32]? {
        guard let type else { return nil }
        switch types[type] {
        case .entity(let places): return places
        case .set(let element):
            if case .entity(let places) = types[element] { return places }
            return nil
        default: return nil
        }
    }

    // MARK: Tags

    private mutating func tag(_ left: NodeID, _ right: NodeID) -> Capability {
        Capability(on: shapes.shape(of: left), name: shapes.shape(of: right), isTag: true)
    }

    private func tagTypes(_ type: TypeID?) -> [TypeID] {
        if let type, types[type] == .anyEntity { return schema.entityTypes.compactMap(\.tags) }
        return (entityTypes(type) ?? []).compactMap { schema[$0].tags }
    }

    private mutating func hasTag(_ frame: Frame, _ left: NodeID, _ right: NodeID) -> Answer {
        let a = expect(.entity, frame.base, left)
        let b = expect(.string, frame.base + 1, right)
        guard a.type != nil else { return Answer(type: nil, isSound: false) }
        let capability = tag(left, right)
        var answer = Answer(type: TypeTable.bool, isSound: a.isSound && b.isSound)
        if tagTypes(a.type).isEmpty {
            answer.type = TypeTable.no
        } else if frame.prior.contains(capability) {
            answer.type = TypeTable.yes
        }
        if answer.isSound { answer.capabilities = Capabilities([capability]) }
        return answer
    }

    private mutating func getTag(_ frame: Frame, _ left: NodeID, _ right: NodeID) -> Answer {
        let a = expect(.entity, frame.base, left)
        let b = expect(.string, frame.base + 1, right)
        guard let type = a.type else { return Answer(type: nil, isSound: false) }
        guard frame.prior.contains(tag(left, right)) else {
            report(
                .unsafeTag, frame.node, "\(describe(type)) may not have this tag",
                suggestion: "ask with `.hasTag(…) &&` first, of the same entity and with the same key")
            return Answer(type: nil, isSound: false)
        }
        let possible = tagTypes(type)
        guard !possible.isEmpty else {
            report(.noTags, frame.node, "\(describe(type)) has no tags")
            return Answer(type: nil, isSound: false)
        }
        guard let joined = joined(possible, frame.node, "the tags of \(describe(type))") else { return Answer(type: nil, isSound: false) }
        return Answer(type: joined, isSound: a.isSound && b.isSound)
    }
}
