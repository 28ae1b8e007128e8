internal import Glibc

extension FunctionLibrary {
    /// The math extension.
    static let maths: [CELFunction] = [
        extreme("math.greatest") { $1.isLess(than: $0, orEqual: false) },
        extreme("math.least") { $0.isLess(than: $1, orEqual: false) },
        rounding("math.ceil", .up),
        rounding("math.floor", .down),
        rounding("math.round", .toNearestOrAwayFromZero),
        rounding("math.trunc", .towardZero),
        CELFunction("math.abs", "(int) -> int", "(uint) -> uint", "(double) -> double") { _, operands throws(CELEvaluationError) in
            switch operands.only {
            case .int(let value):
                guard value != .min else { throw .overflow("math.abs", "int") }
                return .int(abs(value))
            case .uint(let value): return .uint(value)
            case .double(let value): return .double(value.magnitude)
            default: return nil
            }
        },
        CELFunction("math.sign", "(int) -> int", "(uint) -> uint", "(double) -> double") { _, operands in
            switch operands.only {
            case .int(let value): .int(value.signum())
            case .uint(let value): .uint(value == 0 ? 0 : 1)
            case .double(let value): .double(value.isNaN || value == 0 ? value : value < 0 ? -1 : 1)
            default: nil
            }
        },
        CELFunction("math.sqrt", "(double) -> double", "(int) -> double", "(uint) -> double") { _, operands in
            switch operands.only {
            case .int(let value): .double(Double(value).squareRoot())
            case .uint(let value): .double(Double(value).squareRoot())
            case .double(let value): .double(value.squareRoot())
            default: nil
            }
        },
        test("math.isNaN", \.isNaN),
        test("math.isInf", \.isInfinite),
        test("math.isFinite", \.isFinite),
    ]

    private static func rounding(_ name: String, _ rule: FloatingPointRoundingRule) -> CELFunction {
        CELFunction(name, "(double) -> double") { _, operands in
            guard case .double(let value)? = operands.only else { return nil }
            return .double(value.rounded(rule))
        }
    }

    private static func test(_ name: String, _ property: @escaping @Sendable (Double) -> Bool) -> CELFunction {
        CELFunction(name, "(double) -> bool") { _, operands in
            guard case .double(let value)? = operands.only else { return nil }
            return .bool(property(value))
        }
    }

    /// Of numbers of any types, or of one list of them.
    private static func extreme(_ name: String, _ isBetter: @escaping @Sendable (CELValue, CELValue) -> Bool?) -> CELFunction {
        CELFunction(
            name, "(int...) -> int", "(uint...) -> uint", "(double...) -> double", "(number...) -> dyn", "(list(int)) -> int",
            "(list(uint)) -> uint", "(list(double)) -> double", "(list(number)) -> dyn"
        ) { meter, operands throws(CELEvaluationError) in
            var numbers = operands
            if case .list(let list)? = operands.only { numbers = list.values }
            try meter.spend(numbers.count)
            guard var best = numbers.first, numbers.allSatisfy(\.isNumber) else {
                if numbers.isEmpty, !operands.isEmpty { throw CELEvaluationError(.invalidArgument, "\(name) of an empty list") }
                return nil
            }
            for number in numbers.dropFirst() where isBetter(number, best) == true { best = number }
            return best
        }
    }
}

extension CELValue {
    fileprivate var isNumber: Bool {
        switch self {
        case .int, .uint, .double: true
        default: false
        }
    }
}
