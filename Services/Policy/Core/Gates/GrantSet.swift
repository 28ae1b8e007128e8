internal import Cedar

/// What `context.grants` holds: `approval`, the roles that approved, and `redact`, the paths that will be taken out.
struct GrantSet: Hashable, Sendable {
    private(set) var approvals: [String] = []
    private(set) var redactions: [String] = []

    static let none = GrantSet()

    /// What a request is first asked with.
    static let noneValue = GrantSet.none.value

    func adding(_ gate: Gate) -> GrantSet {
        var result = self
        switch gate.kind {
        case .approval: result.approvals.append(gate.role)
        case .redact: result.redactions += gate.redactedPaths.map { $0.joined(separator: ".") }
        }
        return result
    }

    func opens(_ gate: Gate) -> Bool {
        switch gate.kind {
        case .approval: approvals.contains(gate.role)
        case .redact: gate.redactedPaths.allSatisfy { redactions.contains($0.joined(separator: ".")) }
        }
    }

    var value: Value {
        let roles = approvals.map { Value.entity(Question.role($0)) }
        let paths = redactions.map { Value.string(Text($0)) }
        return .record(RecordValue([("approval", .set(SetValue(roles))), ("redact", .set(SetValue(paths)))]))
    }
}
