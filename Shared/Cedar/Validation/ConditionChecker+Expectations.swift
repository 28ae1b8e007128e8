extension ConditionChecker {
    /// What an operator takes.
    enum Expected {
        case bool, long, string, entity, set, entityOrRecord, entityOrEntities
        case exactly(TypeID)

        var words: String {
            switch self {
            case .bool: "Bool"
            case .long: "Long"
            case .string: "String"
            case .entity: "an entity"
            case .set: "a set"
            case .entityOrRecord: "an entity or a record"
            case .entityOrEntities: "an entity or a set of entities"
            case .exactly: ""
            }
        }
    }

    /// The answer of a part, or one of no type where the operator does not take it.
    mutating func expect(_ expected: Expected, _ index: Int, _ node: NodeID, suggestion: String? = nil) -> Answer {
        var answer = answers[index]
        guard let type = answer.type else { return Answer(type: nil, isSound: false) }
        if matches(type, expected) { return answer.isSound ? answer : Answer(type: type, isSound: false) }
        var words = expected.words
        if case .exactly(let wanted) = expected { words = describe(wanted) }
        report(.unexpectedType, node, "expected \(words), found \(describe(type))", suggestion: suggestion ?? advice(type, expected))
        answer = Answer(type: nil, isSound: false)
        return answer
    }

    private func matches(_ type: TypeID, _ expected: Expected) -> Bool {
        let node = types[type]
        if node == .never { return true }
        switch (expected, node) {
        case (.bool, .bool), (.long, .long), (.string, .string), (.entity, .entity), (.set, .set), (.entityOrRecord, .entity),
            (.entityOrRecord, .record), (.entityOrEntities, .entity), (.entity, .anyEntity), (.entityOrRecord, .anyEntity),
            (.entityOrEntities, .anyEntity):
            return true
        case (.entityOrEntities, .set(let element)):
            switch types[element] {
            case .entity, .anyEntity, .never: return true
            default: return false
            }
        case (.exactly(let wanted), _): return wanted == type || (wanted == TypeTable.bool && matches(type, .bool))
        default: return false
        }
    }

    /// What people mean who write this.
    private func advice(_ type: TypeID, _ expected: Expected) -> String? {
        switch (expected, types[type]) {
        case (.set, .entity): "use `in` to ask for an entity's parents"
        case (.set, .record), (.set, .string): "`contains` is asked of sets; use `has` for records and `like` for strings"
        case (.entityOrRecord, .set): "use `.contains(…)` for sets"
        case (.entityOrRecord, .string): "use `like` for strings"
        case (.string, .entity): "use `is` or `==` for entities"
        case (.entity, .set), (.entityOrEntities, .set): "use `.contains(…)` for sets"
        case (.bool, .string), (.bool, .long): "compare it with `==`"
        case (.long, .string): "strings cannot be added, nor compared by order"
        default: nil
        }
    }
}
