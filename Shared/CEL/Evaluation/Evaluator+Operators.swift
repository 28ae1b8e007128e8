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
            return .bool(try meter.areEqual(left, right) == (operation == .equal))
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
        try meter.spend(min(left.extent, right.extent))
        guard let result else { throw .noOverload(operation.rawValue, [left, right]) }
        return .bool(result)
    }

    private mutating func contains(_ container: CELValue, _ element: CELValue) throws(CELEvaluationError) -> Bool {
        switch container {
        case .list(let list): return try meter.contains(list, element)
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
        case (.double(let a), .double(let b)) where operation != .remainder: return .double(double(operation, a, b))
        default: break
        }
        if let moment = try time(operation, left, right) { return moment }
        guard operation == .add, let joined = try joined(left, right) else { throw mixed(operation, left, right) }
        return joined
    }

    private func double(_ operation: SyntaxNode.BinaryOperator, _ a: Double, _ b: Double) -> Double {
        switch operation {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        default: a / b
        }
    }

    /// Sums and differences of moments and spans.
    private func time(
        _ operation: SyntaxNode.BinaryOperator, _ left: CELValue, _ right: CELValue
    ) throws(CELEvaluationError) -> CELValue? {
        func duration(_ total: Int128) throws(CELEvaluationError) -> CELValue {
            guard let duration = CELDuration(totalNanoseconds: total) else { throw .overflow(operation.rawValue, "duration") }
            return .duration(duration)
        }
        func timestamp(_ total: Int128) throws(CELEvaluationError) -> CELValue {
            guard let timestamp = CELTimestamp(totalNanoseconds: total) else { throw .overflow(operation.rawValue, "timestamp") }
            return .timestamp(timestamp)
        }
        switch (operation, left, right) {
        case (.add, .duration(let a), .duration(let b)): return try duration(a.totalNanoseconds + b.totalNanoseconds)
        case (.subtract, .duration(let a), .duration(let b)): return try duration(a.totalNanoseconds - b.totalNanoseconds)
        case (.subtract, .timestamp(let a), .timestamp(let b)): return try duration(a.totalNanoseconds - b.totalNanoseconds)
        case (.add, .timestamp(let a), .duration(let b)), (.add, .duration(let b), .timestamp(let a)):
            return try timestamp(a.totalNanoseconds + b.totalNanoseconds)
        case (.subtract, .timestamp(let a), .duration(let b)): return try timestamp(a.totalNanoseconds - b.totalNanoseconds)
        default: return nil
        }
    }

    private mutating func joined(_ left: CELValue, _ right: CELValue) throws(CELEvaluationError) -> CELValue? {
        switch (left, right) {
        case (.string(let a), .string(let b)):
            try meter.make(bytes: a.utf8.count + b.utf8.count)
            return .string(a + b)
        case (.bytes(let a), .bytes(let b)):
            try meter.make(bytes: a.count + b.count)
            return .bytes(a + b)
        case (.list(let a), .list(let b)):
            try meter.make(elements: a.count + b.count)
            return try meter.list(a.values + b.values)
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

extension CELEvaluationError {
    static func overflow(_ operation: String, _ type: String) -> CELEvaluationError {
        CELEvaluationError(.overflow, "\(operation) leaves the range of \(type)")
    }
}
