internal import Cedar
internal import JSON

/// What policies say before any approval is looked at.
struct Weighed: Sendable {
    var verdict: Verdict
    var determining: [PolicyID] = []
    var satisfiedPermits: [PolicyID] = []
    var satisfiedForbids: [PolicyID] = []
    var errors: [PolicyError] = []
    /// All that stand in the way, in the order of their policies.
    var gates: [Gate] = []
    /// With what must be redacted replaced.
    var input: JSONValue
    /// Empty where the verdict's own words are made of its gates and permits.
    var reason = ""

    var redacts: Bool { gates.contains { $0.kind == .redact } }
}
