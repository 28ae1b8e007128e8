/// Why a delegation token was not taken.
public enum DelegationFailure: Error, Hashable, Sendable {
    /// Not a token of this form, or not signed by the gateway.
    case invalid
    case expired
}

/// Checks delegation tokens; injected, so that tests can do without keys.
public protocol DelegationVerifier: Sendable {
    /// - Parameter now: Seconds since 1970.
    func verify(_ token: String, now: Int64) throws(DelegationFailure) -> DelegationClaims
}
