internal import JSON
public import Trust

/// Delegation tokens as the gateway signs them and every service checks them: compact JWS, ES256 only.
public enum DelegationToken {
    static let type = "provable-delegation+jwt"
    /// Clocks of two machines may differ by so many seconds.
    static let clockSkewSeconds: Int64 = 5
    /// A longer life is refused even where the gateway signed it.
    static let lifetimeSecondsMax: Int64 = 900

    public static func sign(_ claims: DelegationClaims, with key: ES256PrivateKey) throws(TrustError) -> String {
        try CompactJWS.sign(claims.json.encoded(), type: type, with: key)
    }
}

/// Checks tokens against the gateway's public keys: the current one and, during rotation, the one before.
public struct SignedDelegationVerifier: DelegationVerifier {
    private let keys: [ES256PublicKey]
    private let verified = VerifiedTokens()

    public init(keys: [ES256PublicKey]) { self.keys = keys }

    public func verify(_ token: String, now: Int64) throws(DelegationFailure) -> DelegationClaims {
        let digest = SHA256Digest(hashing: Array(token.utf8))
        let known = verified.claims(of: digest)
        guard let claims = known ?? signed(token), claims.issuedAt <= now + DelegationToken.clockSkewSeconds else { throw .invalid }
        guard now < claims.expiresAt + DelegationToken.clockSkewSeconds else { throw .expired }
        if known == nil { verified.put(claims, for: digest, now: now) }
        return claims
    }

    /// What the gateway has signed; nil where it has not, or where no token says so.
    private func signed(_ token: String) -> DelegationClaims? {
        guard let payload = try? CompactJWS.verify(token, type: DelegationToken.type, keys: keys),
            let json = try? JSONValue(parsing: payload), let claims = DelegationClaims(json: json),
            claims.expiresAt > claims.issuedAt, claims.expiresAt - claims.issuedAt <= DelegationToken.lifetimeSecondsMax
        else { return nil }
        return claims
    }
}
