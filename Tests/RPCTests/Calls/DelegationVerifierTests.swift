import Identity
import Testing
import Trust

@testable import RPC

@Suite struct DelegationVerifierTests {
    let key: ES256PrivateKey
    let verifier: SignedDelegationVerifier

    init() throws {
        key = try ES256PrivateKey.generate()
        verifier = SignedDelegationVerifier(keys: [key.publicKey])
    }

    func claims(_ principal: String = "dana@acme.example") -> DelegationClaims {
        DelegationClaims(
            tenant: .acme, principal: principal, roles: ["admin"], issuedAt: 1000, expiresAt: 1060,
            certificateThumbprint: [UInt8](repeating: 1, count: 32))
    }

    @Test func aTokenSaysTheSameEachTime() throws {
        let token = try DelegationToken.sign(claims(), with: key)
        for now: Int64 in [1000, 1030, 1059] { #expect(try verifier.verify(token, now: now) == claims()) }
    }

    /// It was checked before, and is known; that does not make it live longer.
    @Test func aKnownTokenExpires() throws {
        let token = try DelegationToken.sign(claims(), with: key)
        _ = try verifier.verify(token, now: 1000)
        #expect(throws: DelegationFailure.expired) { try verifier.verify(token, now: 1066) }
        #expect(throws: DelegationFailure.invalid) { try verifier.verify(token, now: 900) }
    }

    @Test func aChangedTokenIsNotTheKnownOne() throws {
        let token = try DelegationToken.sign(claims(), with: key)
        _ = try verifier.verify(token, now: 1000)
        for index in stride(from: 0, to: token.utf8.count, by: 7) {
            var bytes = Array(token.utf8)
            bytes[index] = bytes[index] == 0x41 ? 0x42 : 0x41
            let changed = String(decoding: bytes, as: UTF8.self)
            #expect(throws: DelegationFailure.invalid) { try verifier.verify(changed, now: 1000) }
        }
        let other = try DelegationToken.sign(claims(), with: try ES256PrivateKey.generate())
        #expect(throws: DelegationFailure.invalid) { try verifier.verify(other, now: 1000) }
    }

    @Test func theMemoryHasABoundAndMakesRoom() throws {
        let known = VerifiedTokens()
        for index in 0...VerifiedTokens.countMax { known.put(claims(), for: SHA256Digest(hashing: Array("\(index)".utf8)), now: 1000) }
        let beyond = SHA256Digest(hashing: Array("\(VerifiedTokens.countMax)".utf8))
        #expect(known.claims(of: SHA256Digest(hashing: Array("0".utf8))) != nil && known.claims(of: beyond) == nil)
        // All of these have expired.
        known.put(claims(), for: beyond, now: 2000)
        #expect(known.claims(of: beyond) != nil && known.claims(of: SHA256Digest(hashing: Array("0".utf8))) == nil)
    }
}
