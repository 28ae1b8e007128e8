/// Walks a plan once. Recursion is bounded by the parser's depth limit, cost by the meter.
struct Evaluator {
    let plan: Plan
    private let activation: Activation
    var meter: Meter
    /// What macros have bound; nil where a binding is not evaluated yet.
    var slots: [CELValue?]
    /// Errors of bindings, which are evaluated once like values.
    var failures: [Int: CELEvaluationError] = [:]

    init(plan: Plan, variables: [String: CELValue], limits: CELLimits) {
        self.plan = plan
        activation = Activation(variables)
        meter = Meter(limits)
        slots = Array(repeating: nil, count: plan.slots)
    }

    mutating func evaluate(_ index: Plan.Index) throws(CELEvaluationError) -> CELValue {
        do throws(CELEvaluationError) {
            try meter.spend(1)
            return try value(of: plan.operations[Int(index)])
        } catch {
            var placed = error
            placed.position = error.position ?? plan.positions[Int(index)]
            throw placed
        }
    }

    func children(_ span: Plan.Span) -> ArraySlice<Plan.Index> { plan.children[Int(span.start)..<Int(span.start + span.count)] }

    func position(_ index: Plan.Index) -> CELPosition { plan.positions[Int(index)] }

    private mutating func value(of operation: Plan.Operation) throws(CELEvaluationError) -> CELValue {
        switch operation {
        case .constant(let number): return plan.constants[Int(number)]
        case .local(let slot): return slots[Int(slot)] ?? .null
        case .lazyLocal(let group, let offset): return try bound(plan.groups[Int(group)], Int(offset))
        case .variable(let name): return try variable(plan.names[Int(name)])
        case .qualified(let name, let otherwise):
            if let value = activation.qualified(plan.names[Int(name)]) { return value }
            return try evaluate(otherwise)
        case .select(let base, let member, let isOptional):
            return try self.member(plan.members[Int(member)], of: try evaluate(base), isOptional: isOptional)
        case .presence(let base, let member): return .bool(try has(plan.members[Int(member)], in: try evaluate(base)))
        case .index(let base, let key, let isOptional):
            let base = try evaluate(base)
            return try element(try evaluate(key), of: base, isOptional: isOptional)
        case .call(let function, let arguments): return try call(plan.functions[Int(function)], arguments)
        case .unknownCall(let name): throw FunctionLibrary.standard.unknown(plan.members[Int(name)])
        case .matches(let text, let regex): return try matches(try evaluate(text), plan.regexes[Int(regex)])
        case .fallback(let first, let second, let isUnwrapped): return try fallback(first, second, isUnwrapped)
        case .list(let span): return try list(span)
        case .sparseList(let span, let optional): return try sparseList(span, plan.flags[Int(optional)])
        case .map(let span): return try map(span, nil)
        case .sparseMap(let span, let optional): return try map(span, plan.flags[Int(optional)])
        case .message(let name):
            throw CELEvaluationError(
                .unknownFunction, "there is no message type '\(plan.members[Int(name)])'", suggestion: "write a map: {\"field\": value}")
        case .unary(let operation, let count, let operand): return try unary(operation, Int(count), try evaluate(operand))
        case .binary(let operation, let left, let right):
            let left = try evaluate(left)
            return try binary(operation, left, try evaluate(right))
        case .all(let terms): return try logical(terms, deciding: false)
        case .any(let terms): return try logical(terms, deciding: true)
        case .conditional(let condition, let then, let otherwise):
            let decision = try evaluate(condition)
            guard case .bool(let isTrue) = decision else { throw .noOverload("_?_:_", [decision], at: position(condition)) }
            return try evaluate(isTrue ? then : otherwise)
        case .comprehension(let number): return try comprehend(plan.comprehensions[Int(number)])
        case .bindings(let group, let result): return try bind(plan.groups[Int(group)], result)
        case .optionalMap(let target, let slot, let result, let isFlat): return try optionalMap(target, Int(slot), result, isFlat)
        }
    }

    private func variable(_ name: Plan.Name) throws(CELEvaluationError) -> CELValue {
        guard let value = activation.value(name) else { throw activation.undeclared(name) }
        return value
    }

    private mutating func call(_ function: CELFunction, _ arguments: Plan.Span) throws(CELEvaluationError) -> CELValue {
        var operands: [CELValue] = []
        operands.reserveCapacity(Int(arguments.count))
        for argument in children(arguments) { operands.append(try evaluate(argument)) }
        guard let result = try function.body(&meter, operands) else { throw .noOverload(function.name, operands) }
        return result
    }

    private mutating func matches(_ text: CELValue, _ regex: RegularExpression) throws(CELEvaluationError) -> CELValue {
        guard case .string(let text) = text else { throw .noOverload("matches", [text, .string("")]) }
        return .bool(try regex.matches(text, &meter))
    }

    // MARK: Logic

    /// Commutative: a term that decides wins over errors on either side of it.
    private mutating func logical(_ terms: Plan.Span, deciding: Bool) throws(CELEvaluationError) -> CELValue {
        var failure: CELEvaluationError?
        for term in children(terms) {
            do throws(CELEvaluationError) {
                let value = try evaluate(term)
                guard case .bool(let isTrue) = value else { throw .noOverload(deciding ? "_||_" : "_&&_", [value], at: position(term)) }
                if isTrue == deciding { return .bool(deciding) }
            } catch {
                guard error.reason != .limit else { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return .bool(!deciding)
    }

    // MARK: Bindings

    private mutating func bind(_ group: Plan.BindingGroup, _ result: Plan.Index) throws(CELEvaluationError) -> CELValue {
        // A comprehension around it comes here once for each element.
        for offset in group.values.indices {
            slots[group.firstSlot + offset] = nil
            failures[group.firstSlot + offset] = nil
        }
        return try evaluate(result)
    }

    /// Those before it are evaluated first, so that a long chain of them is not a deep one.
    private mutating func bound(_ group: Plan.BindingGroup, _ offset: Int) throws(CELEvaluationError) -> CELValue {
        for earlier in 0...offset where slots[group.firstSlot + earlier] == nil && failures[group.firstSlot + earlier] == nil {
            do throws(CELEvaluationError) {
                slots[group.firstSlot + earlier] = try evaluate(group.values[earlier])
            } catch {
                guard error.reason != .limit else { throw error }
                failures[group.firstSlot + earlier] = error
            }
        }
        if let failure = failures[group.firstSlot + offset] { throw failure }
        return slots[group.firstSlot + offset] ?? .null
    }
}

extension CELEvaluationError {
    static func noOverload(_ operation: String, _ operands: [CELValue], at position: CELPosition? = nil) -> CELEvaluationError {
        let types = operands.map(\.type.rawValue).joined(separator: ", ")
        return CELEvaluationError(.noSuchOverload, "\(operation) is not defined for (\(types))", at: position)
    }
}
