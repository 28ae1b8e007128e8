public enum Decision: String, Hashable, Sendable { case allow, deny }

/// The answer to a request, with all that explains it.
public struct Response: Hashable, Sendable {
    public let decision: Decision
    /// The permits whose scope and conditions hold.
    public let satisfiedPermits: [PolicyID]
    /// The forbids whose scope and conditions hold.
    public let satisfiedForbids: [PolicyID]
    /// The policies that could not be evaluated, and were skipped.
    public let errors: [PolicyError]

    /// The policies that decided: the forbids that hold, or else the permits that hold. None where nothing permits.
    public var reasons: [PolicyID] { satisfiedForbids.isEmpty ? satisfiedPermits : satisfiedForbids }
}

/// A policy that was skipped, and why.
public struct PolicyError: Hashable, Sendable {
    public let policy: PolicyID
    public let effect: Effect
    public let error: EvaluationError
}
