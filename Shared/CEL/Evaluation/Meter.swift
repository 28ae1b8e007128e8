/// What an evaluation may still cost, and what it may make.
struct Meter {
    let limits: CELLimits
    private var steps: Int

    init(_ limits: CELLimits) {
        self.limits = limits
        steps = limits.steps
    }

    mutating func spend(_ cost: Int) throws(CELEvaluationError) {
        precondition(cost >= 0, "nothing is given back")
        guard cost <= steps else {
            steps = 0
            throw CELEvaluationError(
                .limit, "the expression takes more than \(limits.steps) steps", suggestion: "work on less data, or split it over several nodes")
        }
        steps -= cost
    }

    /// For a string or bytes about to be made.
    mutating func make(bytes: Int) throws(CELEvaluationError) {
        guard bytes <= limits.textBytes else {
            throw CELEvaluationError(
                .limit, "this would make a text of more than \(limits.textBytes) bytes", suggestion: "work on less data")
        }
        try spend(bytes / 16)
    }

    /// For a list or map about to be made.
    mutating func make(elements: Int) throws(CELEvaluationError) {
        guard elements <= limits.elements else {
            throw CELEvaluationError(
                .limit, "this would make a list or map of more than \(limits.elements) elements", suggestion: "work on less data")
        }
        try spend(elements)
    }

    // MARK: Values

    /// Every list that is made comes from here, so that none is too deep to be walked.
    mutating func list(_ values: [CELValue]) throws(CELEvaluationError) -> CELValue { try shallow(.list(CELList(values))) }

    /// Nil where a key has no key's type or comes twice.
    mutating func map(_ entries: [(key: CELValue, value: CELValue)]) throws(CELEvaluationError) -> CELValue? {
        guard let map = CELMap(entries) else { return nil }
        return try shallow(.map(map))
    }

    mutating func optional(_ value: CELValue) throws(CELEvaluationError) -> CELValue { try shallow(.optional(value)) }

    private func shallow(_ value: CELValue) throws(CELEvaluationError) -> CELValue {
        guard value.depth <= limits.valueDepth else {
            throw CELEvaluationError(
                .limit, "this would make a value nested deeper than \(limits.valueDepth) levels", suggestion: "nest less")
        }
        return value
    }
}
