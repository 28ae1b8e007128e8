import Testing

@testable import Trust

@Suite struct CompactJWSTests {
    @Test func aTokenHoldsForItsTypeKeyAndBytesOnly() throws {
        let key = try ES256PrivateKey.generate()
        let other = try ES256PrivateKey.generate()
        let payload = Array(#"{"tenant":"acme"}"#.utf8)
        let token = try CompactJWS.sign(payload, type: "delegation+jwt", with: key)
        #expect(try CompactJWS.verify(token, type: "delegation+jwt", keys: [other.publicKey, key.publicKey]) == payload)
        #expect(throws: TrustError.notAuthentic) { try CompactJWS.verify(token, type: "session+jwt", keys: [key.publicKey]) }
        #expect(throws: TrustError.notAuthentic) { try CompactJWS.verify(token, type: "delegation+jwt", keys: [other.publicKey]) }
        #expect(throws: TrustError.notAuthentic) { try CompactJWS.verify(token + "A", type: "delegation+jwt", keys: [key.publicKey]) }
        let parts = token.split(separator: ".")
        let none = Base64.encodeURL(Array(#"{"alg":"none"}"#.utf8))
        let changed = Base64.encodeURL(Array(#"{"tenant":"evil"}"#.utf8))
        for forged in ["", "..", "\(none).\(parts[1]).", "\(parts[0]).\(changed).\(parts[2])", "\(parts[0]).\(parts[1])"] {
            #expect(throws: TrustError.notAuthentic) { try CompactJWS.verify(forged, type: "delegation+jwt", keys: [key.publicKey]) }
        }
    }
}
