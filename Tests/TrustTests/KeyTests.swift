import Testing

@testable import Trust

@Suite struct KeyTests {
    let message = Array("what was done".utf8)

    @Test func es256SignsVerifiesAndTravelsAsPEM() throws {
        let key = try ES256PrivateKey.generate()
        let again = try ES256PrivateKey(pem: key.pem().exposedText)
        let signature = try again.sign(message)
        #expect(key.publicKey.verify(signature: signature, message: message))
        #expect(key.publicKey.verify(signature: signature, digest: SHA256Digest(hashing: message)))
        #expect(!key.publicKey.verify(signature: signature, message: message + [0]))
        #expect(!key.publicKey.verify(signature: signature + [0], message: message))
        #expect(!key.publicKey.verify(signature: [], message: message))
        let published = try ES256PublicKey(pem: key.publicKey.pem())
        #expect(published == key.publicKey && published.keyID == SHA256Digest(hashing: published.subjectPublicKeyInfo).hex)
        #expect(try !ES256PrivateKey.generate().publicKey.verify(signature: signature, message: message))
        #expect(!"\(key)".contains("PRIVATE"))
    }

    @Test func rubbishIsNoKey() throws {
        #expect(throws: TrustError.self) { try ES256PrivateKey(pem: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n") }
        #expect(throws: TrustError.self) { try ES256PublicKey(pem: "") }
        let ed25519 = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n"
        #expect(throws: TrustError.malformed("the key is not on the curve P-256")) { try ES256PublicKey(pem: ed25519) }
    }

    @Test func signaturesHaveTwoEncodings() throws {
        let key = try ES256PrivateKey.generate()
        for round in 0..<64 {
            let der = try key.sign([UInt8(round)])
            let raw = try #require(ES256Signature.raw(fromDER: der))
            #expect(raw.count == 64 && ES256Signature.der(fromRaw: raw) == der)
            #expect(ES256Signature.raw(fromDER: der + [0]) == nil)
            #expect(ES256Signature.raw(fromDER: Array(der.dropLast())) == nil)
        }
        #expect(ES256Signature.der(fromRaw: [1]) == nil)
        #expect(ES256Signature.raw(fromDER: [0x30, 6, 2, 1, 0x80, 2, 1, 1]) == nil)
        #expect(ES256Signature.raw(fromDER: [0x30, 7, 2, 2, 0, 1, 2, 1, 1]) == nil)
    }

    @Test func ed25519OfRFC8032() throws {
        let seed = try #require(Hexadecimal.decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
        let key = try Ed25519PrivateKey(seed: Secret(seed))
        #expect(Hexadecimal.encode(key.publicKey.bytes) == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        let signature = try key.sign([])
        #expect(
            Hexadecimal.encode(signature)
                == "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")
        #expect(key.publicKey.verify(signature: signature, message: []))
        #expect(!key.publicKey.verify(signature: signature, message: [0]))
        #expect(throws: TrustError.self) { try Ed25519PrivateKey(seed: Secret([1, 2])) }
    }
}
