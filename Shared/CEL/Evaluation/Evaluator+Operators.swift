extension Evaluator {
    func unary(_ operation: SyntaxNode.UnaryOperator, _ count: Int, _ operand: CELValue) throws(CELEvaluationError) -> CELValue {
        var value = operand
        for _ in 0..<count {
            switch (operation, value) {
            case (.not, .bool(let isTrue)): value = .bool(!isTrue)
            case (.negate, .double(let number)): value = .double(-number)
            case (.negate, .int(let number)):
                let (result, overflow) = Int64(0).subtractingReportingOverflow(number)
                guard !overflow else { throw .overflow("-", "int") }
                value = .int(result)
            default: throw .noOverload(operation.rawValue, [value])
            }
        }
        return value
    }

    mutating func binary(_ operation: SyntaxNode.BinaryOperator, _ left: CELValue, _ right: CELValue) throws(CELEvaluationError) -> CELValue {
        switch operation {
        case .equal, .notEqual:
            try spend(min(left.extent, right.extent))
            return .bool(left.equals(right) == (operation == .equal))
        case .less: return try compared(operation, left.isLess(than: right, orEqual: false), left, right)
        case .lessOrEqual: return try compared(operation, left.isLess(than: right, orEqual: true), left, right)
        case .greater: return try compared(operation, right.isLess(than: left, orEqual: false), left, right)
        case .greaterOrEqual: return try compared(operation, right.isLess(than: left, orEqual: true), left, right)
        case .in: return .bool(try contains(right, left))
        case .add, .subtract, .multiply, .divide, .remainder: return try arithmetic(operation, left, right)
        }
    }

    private mutating func compared(
        _ operation: SyntaxNode.BinaryOperator, _ result: Bool?, _ left: CELValue, _ right: CELValue
    ) throws(CELEvaluationError) -> CELValue {
        try spend(min(left.extent, right.extent))
        guard let result else { throw .noOverload(operation.rawValue, [left, right]) }
        return .bool(result)
    }

    private mutating func contains(_ container: CELValue, _ element: CELValue) throws(CELEvaluationError) -> Bool {
        switch container {
        case .list(let list):
            try spend(list.count)
            return list.values.contains { $0.equals(element) }
        case .map(let map): return map[element] != nil
        default: throw .noOverload("in", [element, container])
        }
    }

    private mutating func arithmetic(
        _ operation: SyntaxNode.BinaryOperator, _ left: CELValue, _ right: CELValue
    ) throws(CELEvaluationError) -> CELValue {
        switch (left, right) {
        case (.int(let a), .int(let b)): return .int(try integer(operation, a, b, "int"))
        case (.uint(let a), .uint(let b)): return .uint(try integer(operation, a, b, "uint"))
        case (.double(let a), .double(let b)):
            switch operation {
            case .add: return .double(a + b)
            case .subtract: return .double(a - b)
            case .multiply: return .double(a * b)
            case .divide: return .double(a / b)
            default: throw .noOverload(operation.rawValue, [left, right])
            }
        default:
            guard operation == .add, let joined = try joined(left, right) else { throw mixed(operation, left, right) }
            return joined
        }
    }

    private mutating func joined(_ left: CELValue, _ right: CELValue) throws(CELEvaluationError) -> CELValue? {
        try spend(left.extent + right.extent)
        switch (left, right) {
        case (.string(let a), .string(let b)): return .string(a + b)
        case (.bytes(let a), .bytes(let b)): return .bytes(a + b)
        case (.list(let a), .list(let b)): return .list(CELList(a.values + b.values))
        default: return nil
        }
    }

    private func integer<Number: FixedWidthInteger>(
        _ operation: SyntaxNode.BinaryOperator, _ a: Number, _ b: Number, _ type: String
    ) throws(CELEvaluationError) -> Number {
        if b == 0, operation == .divide || operation == .remainder {
            throw CELEvaluationError(.divisionByZero, "division by zero", suggestion: "guard it: b != 0 ? a / b : 0")
        }
        let (result, overflow) =
            switch operation {
            case .add: a.addingReportingOverflow(b)
            case .subtract: a.subtractingReportingOverflow(b)
            case .multiply: a.multipliedReportingOverflow(by: b)
            case .divide: a.dividedReportingOverflow(by: b)
            default: a.remainderReportingOverflow(dividingBy: b)
            }
        guard !overflow else { throw .overflow(operation.rawValue, type) }
        return result
    }

    private func mixed(_ operation: SyntaxNode.BinaryOperator, _ left: CELValue, _ right: CELValue) -> CELEvaluationError {
        var error = CELEvaluationError.noOverload(operation.rawValue, [left, right])
        switch (left, right) {
        case (.string, _): error.suggestion = "convert the right side with string(…)"
        case (_, .string): error.suggestion = "convert the left side with string(…)"
        case (.double, _), (_, .double): error.suggestion = "convert the other side with double(…)"
        case (.uint, .int), (.int, .uint): error.suggestion = "convert one side with int(…) or uint(…)"
        default: break
        }
        return error
    }
}

extension CELValue {
    /// What copying or comparing it costs in steps.
    var extent: Int {
        switch self {
        case .string(let value): value.utf8.count / 16
        case .bytes(let value): value.count / 16
        case .list(let value): value.count
        case .map(let value): value.count
        default: 0
        }
    }
}

extension CELEvaluationError {
    static func overflow(_ operation: String, _ type: String) -> CELEvaluationError {
        CELEvaluationError(.overflow, "\(operation) leaves the range of \(type)")
    }
}
