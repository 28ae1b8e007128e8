internal import Identity
internal import RPC
internal import Trust

/// Delegation tokens, as they come and as somebody with the key could have signed them.
enum TokenText {
    private static let key = try? ES256PrivateKey.generate()
    private static let now: Int64 = 1_780_000_000

    /// An even first byte: the rest is the token. An odd one: the rest is what was signed.
    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let key, let first = bytes.first else { return }
        let verifier = SignedDelegationVerifier(keys: [key.publicKey])
        let rest = Array(bytes.dropFirst())
        guard first % 2 == 1 else {
            return try require((try? verifier.verify(text(rest), now: now)) == nil, "nothing unsigned is taken")
        }
        guard let token = try? CompactJWS.sign(rest, type: "provable-delegation+jwt", with: key),
            let claims = try? verifier.verify(token, now: now)
        else { return }
        try require(!claims.principal.isEmpty && claims.certificateThumbprint.count == 32, "a token says who, and through what")
        try require(claims.expiresAt - claims.issuedAt <= 900, "no token lives longer than it may")
        guard let again = try? DelegationToken.sign(claims, with: key) else { throw BrokenPromise(description: "claims can be signed") }
        try require(again.utf8.count > 8192 || (try? verifier.verify(again, now: now)) == claims, "claims survive a round trip")
    }

    static func seeds() throws -> [[UInt8]] {
        guard let tenant = TenantID(bytes: [UInt8](1...16)) else { return [] }
        let claims = DelegationClaims(
            tenant: tenant, principal: "ann", roles: ["operator", "ä"], issuedAt: now, expiresAt: now + 300,
            certificateThumbprint: Array(repeating: 7, count: 32), originTenant: tenant)
        let stranger = try DelegationToken.sign(claims, with: ES256PrivateKey.generate())
        let payload = stranger.split(separator: ".").dropFirst().first.flatMap { Base64.decodeURL($0) } ?? []
        return [[1] + payload, [0] + Array(stranger.utf8), [0] + Array("a.b.c".utf8)]
    }

    static let words = [
        "\"iss\"", "\"gateway\"", "\"aud\"", "\"provable-mesh\"", "\"tenant\"", "\"sub\"", "\"roles\"", "\"iat\"", "\"exp\"", "\"cnf\"",
        "\"x5t#S256\"",
        "\"origin\"", "1780000000", "1780000900",
    ]
}
