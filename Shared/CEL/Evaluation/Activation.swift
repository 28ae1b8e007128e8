/// The values that free names have.
struct Activation {
    private let variables: [String: CELValue]
    /// Some variable has a dot in its name, so that `a.b` may be one.
    private let hasQualifiedNames: Bool

    init(_ variables: [String: CELValue]) {
        self.variables = variables
        hasQualifiedNames = variables.keys.contains { $0.utf8.contains(UInt8(ascii: ".")) }
    }

    func value(_ name: Plan.Name) -> CELValue? {
        for candidate in name.candidates {
            if let value = variables[candidate] ?? CELType(rawValue: candidate).map(CELValue.type) { return value }
        }
        return nil
    }

    /// The same for a name with dots. Nearly always there is none, and nothing to look up.
    func qualified(_ name: Plan.Name) -> CELValue? {
        guard hasQualifiedNames || name.candidates.count > 1 || name.isType else { return nil }
        return value(name)
    }

    func undeclared(_ name: Plan.Name) -> CELEvaluationError {
        let nearest = Spelling.nearest(to: name.text, in: variables.keys)
        let names = variables.keys.sorted().prefix(16).joined(separator: ", ")
        return CELEvaluationError(
            .undeclared, "there is no variable '\(name.text)'",
            suggestion: nearest.map { "did you mean '\($0)'?" } ?? (names.isEmpty ? "there are no variables here" : "there are: \(names)"))
    }
}
