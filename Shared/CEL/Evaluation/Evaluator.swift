/// Walks a tree once. Recursion is bounded by the parser's depth limit, cost by the step budget.
struct Evaluator {
    private let variables: [String: CELValue]
    private var scopes: [(name: String, value: CELValue)] = []
    private var steps: Int

    init(variables: [String: CELValue], steps: Int) {
        self.variables = variables
        self.steps = steps
    }

    mutating func evaluate(_ node: SyntaxNode) throws(CELEvaluationError) -> CELValue {
        do throws(CELEvaluationError) {
            try spend(1)
            return try value(of: node)
        } catch {
            var placed = error
            placed.position = error.position ?? node.position
            throw placed
        }
    }

    mutating func spend(_ cost: Int) throws(CELEvaluationError) {
        steps -= cost
        guard steps >= 0 else {
            throw CELEvaluationError(.limit, "the expression takes too many steps", suggestion: "work on less data, or split it over several nodes")
        }
    }

    private mutating func value(of node: SyntaxNode) throws(CELEvaluationError) -> CELValue {
        switch node.kind {
        case .literal(let value): return value
        case .identifier(let name): return try variable(name)
        case .select(let base, let member): return try self.member(member, of: try evaluate(base))
        case .presence(let base, let member): return .bool(try has(member, in: try evaluate(base)))
        case .index(let base, let key): return try element(try evaluate(key), of: try evaluate(base))
        case .call(let function, let receiver, let arguments): return try call(function, receiver, arguments)
        case .list(let elements): return .list(CELList(try values(of: elements)))
        case .map(let entries): return try map(entries)
        case .message(let name):
            throw CELEvaluationError(.unknownFunction, "there is no message type '\(name)'", suggestion: "write a map: {\"field\": value}")
        case .unary(let operation, let count, let operand): return try unary(operation, count, try evaluate(operand))
        case .binary(let operation, let left, let right):
            let left = try evaluate(left)
            let right = try evaluate(right)
            return try binary(operation, left, right)
        case .all(let terms): return try logical(terms, deciding: false)
        case .any(let terms): return try logical(terms, deciding: true)
        case .conditional(let condition, let then, let otherwise):
            let decision = try evaluate(condition)
            guard case .bool(let isTrue) = decision else { throw .noOverload("_?_:_", [decision]) }
            return try evaluate(isTrue ? then : otherwise)
        case .comprehension(let comprehension): return try comprehend(comprehension)
        }
    }

    mutating func values(of nodes: [SyntaxNode]) throws(CELEvaluationError) -> [CELValue] {
        var values: [CELValue] = []
        for node in nodes { values.append(try evaluate(node)) }
        return values
    }

    // MARK: Names

    private func variable(_ name: String) throws(CELEvaluationError) -> CELValue {
        if let scope = scopes.last(where: { $0.name == name }) { return scope.value }
        if let value = variables[name] { return value }
        if let type = CELType(rawValue: name) { return .type(type) }
        let nearest = Spelling.nearest(to: name, in: variables.keys)
        throw CELEvaluationError(
            .undeclared, "there is no variable '\(name)'",
            suggestion: nearest.map { "did you mean '\($0)'?" } ?? "there are: \(variables.keys.sorted().joined(separator: ", "))")
    }

    private func member(_ name: String, of value: CELValue) throws(CELEvaluationError) -> CELValue {
        guard case .map(let map) = value else {
            throw CELEvaluationError(.noSuchOverload, "a \(value.type.rawValue) has no member '\(name)'")
        }
        guard let member = map[name] else { throw missing(name, in: map) }
        return member
    }

    private func has(_ name: String, in value: CELValue) throws(CELEvaluationError) -> Bool {
        guard case .map(let map) = value else {
            throw CELEvaluationError(.noSuchOverload, "a \(value.type.rawValue) has no members")
        }
        return map[name] != nil
    }

    private func missing(_ name: String, in map: CELMap) -> CELEvaluationError {
        let names = map.keys.prefix(64).compactMap(\.stringValue)
        let nearest = Spelling.nearest(to: name, in: names)
        return CELEvaluationError(
            .noSuchKey, "there is no '\(name)' here",
            suggestion: nearest.map { "did you mean '\($0)'?" }
                ?? "guard it with has(…), or look at what there is: \(names.sorted().prefix(8).joined(separator: ", "))")
    }

    private func element(_ key: CELValue, of value: CELValue) throws(CELEvaluationError) -> CELValue {
        switch value {
        case .map(let map):
            if let element = map[key] { return element }
            if case .string(let name) = key { throw missing(name, in: map) }
            guard CELMap.Key(key) != nil else { throw .noOverload("_[_]", [value, key]) }
            throw CELEvaluationError(.noSuchKey, "there is no such key in this map")
        case .list(let list):
            guard let position = key.listIndex else {
                throw CELEvaluationError(.invalidArgument, "a list's index is an int, not a \(key.type.rawValue)")
            }
            guard position >= 0, position < list.count else {
                throw CELEvaluationError(
                    .outOfRange, "index \(position) is outside of a list of \(list.count)", suggestion: "guard it with size(…) > \(position)")
            }
            return list[position]
        default: throw .noOverload("_[_]", [value, key])
        }
    }

    private mutating func map(_ entries: [(key: SyntaxNode, value: SyntaxNode)]) throws(CELEvaluationError) -> CELValue {
        var values: [(key: CELValue, value: CELValue)] = []
        for entry in entries {
            let key = try evaluate(entry.key)
            values.append((key, try evaluate(entry.value)))
        }
        guard let map = CELMap(values) else {
            throw CELEvaluationError(.invalidArgument, "a map's keys are distinct ints, uints, bools or strings")
        }
        return .map(map)
    }

    // MARK: Logic

    /// Commutative: a term that decides wins over errors on either side of it.
    private mutating func logical(_ terms: [SyntaxNode], deciding: Bool) throws(CELEvaluationError) -> CELValue {
        var failure: CELEvaluationError?
        for term in terms {
            do throws(CELEvaluationError) {
                let value = try evaluate(term)
                guard case .bool(let isTrue) = value else {
                    let operation = deciding ? "_||_" : "_&&_"
                    throw .noOverload(operation, [value], at: term.position)
                }
                if isTrue == deciding { return .bool(deciding) }
            } catch {
                guard error.reason != .limit else { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return .bool(!deciding)
    }

    // MARK: Macros

    private mutating func comprehend(_ comprehension: SyntaxNode.Comprehension) throws(CELEvaluationError) -> CELValue {
        let range = try evaluate(comprehension.range)
        let elements: [CELValue]
        switch range {
        case .list(let list): elements = list.values
        case .map(let map): elements = map.keys
        default: throw .noOverload(comprehension.macro.rawValue, [range])
        }
        try spend(elements.count)
        switch comprehension.macro {
        case .all: return try quantify(comprehension, elements, deciding: false)
        case .exists: return try quantify(comprehension, elements, deciding: true)
        case .existsOne: return .bool(try matching(comprehension, elements).count == 1)
        case .filter: return .list(CELList(try matching(comprehension, elements)))
        case .map: return .list(CELList(try transformed(comprehension, elements)))
        }
    }

    private mutating func quantify(
        _ comprehension: SyntaxNode.Comprehension, _ elements: [CELValue], deciding: Bool
    ) throws(CELEvaluationError) -> CELValue {
        var failure: CELEvaluationError?
        for element in elements {
            do throws(CELEvaluationError) {
                if try holds(comprehension, for: element) == deciding { return .bool(deciding) }
            } catch {
                guard error.reason != .limit else { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return .bool(!deciding)
    }

    private mutating func matching(_ comprehension: SyntaxNode.Comprehension, _ elements: [CELValue]) throws(CELEvaluationError) -> [CELValue] {
        var matching: [CELValue] = []
        for element in elements where try holds(comprehension, for: element) { matching.append(element) }
        return matching
    }

    private mutating func transformed(_ comprehension: SyntaxNode.Comprehension, _ elements: [CELValue]) throws(CELEvaluationError) -> [CELValue] {
        var results: [CELValue] = []
        for element in elements where try holds(comprehension, for: element) {
            guard let transform = comprehension.transform else { continue }
            results.append(try evaluate(transform, binding: comprehension.variable, to: element))
        }
        return results
    }

    private mutating func holds(_ comprehension: SyntaxNode.Comprehension, for element: CELValue) throws(CELEvaluationError) -> Bool {
        guard let predicate = comprehension.predicate else { return true }
        let value = try evaluate(predicate, binding: comprehension.variable, to: element)
        guard case .bool(let holds) = value else { throw .noOverload(comprehension.macro.rawValue, [value], at: predicate.position) }
        return holds
    }

    private mutating func evaluate(_ node: SyntaxNode, binding name: String, to value: CELValue) throws(CELEvaluationError) -> CELValue {
        scopes.append((name, value))
        defer { scopes.removeLast() }
        return try evaluate(node)
    }
}

extension CELValue {
    /// A list's index: an int, or another number that is one.
    fileprivate var listIndex: Int? {
        switch self {
        case .int(let value): Int(exactly: value)
        case .uint(let value): Int(exactly: value)
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }
}

extension CELEvaluationError {
    static func noOverload(_ operation: String, _ operands: [CELValue], at position: CELPosition? = nil) -> CELEvaluationError {
        let types = operands.map(\.type.rawValue).joined(separator: ", ")
        return CELEvaluationError(.noSuchOverload, "\(operation) is not defined for (\(types))", at: position)
    }
}
