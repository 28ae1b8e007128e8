extension FunctionLibrary {
    /// The optional extension. `or` and `orValue` are here for their signatures: the evaluator leaves their second operand alone where
    /// the first has a value.
    static let optionals: [CELFunction] = [
        CELFunction("optional.of", "(A) -> optional(A)") { meter, operands throws(CELEvaluationError) in
            guard let value = operands.only else { return nil }
            return try meter.optional(value)
        },
        CELFunction("optional.ofNonZeroValue", "(A) -> optional(A)") { meter, operands throws(CELEvaluationError) in
            guard let value = operands.only else { return nil }
            return value.isZero ? .optional(nil) : try meter.optional(value)
        },
        CELFunction("optional.none", "() -> optional(A)") { _, operands in operands.isEmpty ? .optional(nil) : nil },
        CELFunction("hasValue", "optional(A).() -> bool") { _, operands in
            guard case .optional(let value)? = operands.only else { return nil }
            return .bool(value != nil)
        },
        CELFunction("value", "optional(A).() -> A") { _, operands throws(CELEvaluationError) in
            guard case .optional(let value)? = operands.only else { return nil }
            guard let value else {
                throw CELEvaluationError(.noSuchKey, "this optional has no value", suggestion: "give one with orValue(…)")
            }
            return value
        },
        CELFunction("or", "optional(A).(optional(A)) -> optional(A)") { _, _ in nil },
        CELFunction("orValue", "optional(A).(A) -> A") { _, _ in nil },
        CELFunction("optional.unwrap", "(list(optional(A))) -> list(A)", body: unwrapped),
        CELFunction("unwrapOpt", "list(optional(A)).() -> list(A)", body: unwrapped),
    ]

    private static let unwrapped: CELFunction.Body = { meter, operands throws(CELEvaluationError) in
        guard case .list(let list)? = operands.only else { return nil }
        try meter.make(elements: list.count)
        var values: [CELValue] = []
        for value in list.values {
            guard case .optional(let inner) = value else { throw .noOverload("optional.unwrap", [value]) }
            if let inner { values.append(inner) }
        }
        return try meter.list(values)
    }
}
