extension Checker {
    mutating func unary(_ operation: SyntaxNode.UnaryOperator, _ count: Int, _ operand: SyntaxNode, at position: CELPosition) -> CELStaticType {
        let type = check(operand)
        let signatures = operation == .not ? OperatorSignatures.not : OperatorSignatures.negation
        let known = types.resolve(type)
        let trial = resolve(operation.rawValue, signatures, [known], [operand], at: position)
        return operation == .not ? .bool : trial
    }

    mutating func comprehend(_ comprehension: SyntaxNode.Comprehension, at position: CELPosition) -> CELStaticType {
        let range = types.resolve(check(comprehension.range))
        let variables = variableTypes(of: range, comprehension)
        let names = Array(zip(comprehension.variables, variables))
        let outer = facts
        if let predicate = comprehension.predicate { expectBool(predicate, "the condition of \(comprehension.macro.rawValue)()", binding: names) }
        let result = comprehension.transform.map { check($0, binding: names, after: comprehension.predicate) } ?? .dyn
        facts = outer
        switch comprehension.macro {
        case .all, .exists, .existsOne: return .bool
        case .filter, .sortBy: return .list(variables[0])
        case .map, .transformList: return .list(result)
        case .transformMap: return .map(variables[0], result)
        case .transformMapEntry:
            let (key, value) = (types.fresh(), types.fresh())
            if !types.assign(result, to: .map(key, value)) {
                report(
                    "transformMapEntry() makes a map of each entry, but this is \(types.resolve(result, isFinal: true))",
                    fix: "write {key: value}", at: comprehension.transform?.start ?? position)
            }
            return types.resolve(.map(key, value))
        }
    }

    private mutating func expectBool(_ node: SyntaxNode, _ what: String, binding names: [(String, CELStaticType)]) {
        let type = check(node, binding: names)
        if !types.assign(type, to: .bool) {
            report(
                "\(what) must be true or false, but this is \(types.resolve(type, isFinal: true))", fix: "compare it, for example with ==",
                at: node.start)
        }
    }

    /// A transform sees what its condition has made sure of.
    private mutating func check(
        _ node: SyntaxNode, binding names: [(String, CELStaticType)], after predicate: SyntaxNode?
    ) -> CELStaticType {
        let outer = facts
        defer { facts = outer }
        guard let predicate else { return check(node, binding: names) }
        facts.forget(Set(names.map(\.0)))
        facts.add(predicate, isTrue: true)
        return check(node, bindingKeepingFacts: names)
    }

    private mutating func variableTypes(of range: CELStaticType, _ comprehension: SyntaxNode.Comprehension) -> [CELStaticType] {
        let isPair = comprehension.variables.count == 2
        switch range {
        case .list(let element): return isPair ? [.int, element] : [element]
        case .map(let key, let value) where comprehension.macro != .sortBy: return isPair ? [key, value] : [key]
        case .object(let object) where comprehension.macro != .sortBy: return isPair ? [.string, object.commonType] : [.string]
        case .dyn, .message: return isPair ? [.dyn, .dyn] : [.dyn]
        case .variable:
            _ = types.assign(.dyn, to: range)
            return isPair ? [.dyn, .dyn] : [.dyn]
        case .union(let parts):
            let ranges = parts.filter(\.isRange)
            if let other = parts.first(where: { !$0.isRange }), !ranges.isEmpty {
                warn(
                    "this may be \(other), which \(comprehension.macro.rawValue)() cannot walk",
                    fix: other == .null ? "guard it: x != null && …" : "check it first", at: comprehension.range.start)
            }
            if ranges.count == 1 { return variableTypes(of: ranges[0], comprehension) }
            if !ranges.isEmpty { return isPair ? [.dyn, .dyn] : [.dyn] }
        default: break
        }
        report(
            "\(comprehension.macro.rawValue)() walks a list or a map, but this is \(types.resolve(range, isFinal: true))",
            fix: "put it into a list: […]", at: comprehension.range.start)
        return isPair ? [.dyn, .dyn] : [.dyn]
    }

    mutating func optionalMap(_ map: SyntaxNode.OptionalMap, at position: CELPosition) -> CELStaticType {
        let inner = types.fresh()
        let target = check(map.target)
        let name = map.isFlat ? "optFlatMap" : "optMap"
        if !types.assign(target, to: .optional(inner)) {
            report(
                "\(name)() is called on an optional, but this is \(types.resolve(target, isFinal: true))", fix: "write optional.of(…)", at: position)
        }
        let result = check(map.result, binding: [(map.variable, types.resolve(inner))])
        guard map.isFlat else { return .optional(result) }
        let flat = types.fresh()
        if !types.assign(result, to: .optional(flat)) {
            report("the result of optFlatMap() must be an optional", fix: "use optMap(), or optional.of(…)", at: map.result.start)
        }
        return .optional(types.resolve(flat))
    }
}

extension CELStaticType {
    fileprivate var isRange: Bool {
        switch self {
        case .list, .map, .object, .dyn: true
        default: false
        }
    }
}
