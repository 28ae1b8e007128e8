internal import Cedar

/// One sentence that says why, for a person.
enum Sentence {
    static func denied(by policies: [PolicyID], _ errors: [PolicyError]) -> String {
        let erring = errors.filter { policies.contains($0.policy) && $0.effect == .forbid }
        guard let error = erring.first, erring.count == policies.count else {
            return "denied by \(list(policies.map(\.description)))"
        }
        return "denied because \(error.policy) could not be evaluated: \(error.error)"
    }

    static func passed(_ judgement: Judgement) -> String {
        if judgement.gates.isEmpty { return "allowed by \(list(judgement.satisfiedPermits.map(\.description)))" }
        let parts = judgement.gates.map { gate in
            switch gate.kind {
            case .approval: "\(gate.policy) requires approval by \(gate.role)"
            case .redact: "\(gate.policy) redacts \(list(gate.redactedPaths.map { $0.joined(separator: ".") }))"
            }
        }
        return list(parts)
    }

    private static let shown = 5

    private static func list(_ items: [String]) -> String {
        let rest = items.count - shown
        return items.prefix(shown).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
