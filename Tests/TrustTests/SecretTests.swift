import Testing

@testable import Trust

@Suite struct SecretTests {
    @Test func aSecretPrintsNowhere() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump([secret], to: &dumped)
        for text in ["\(secret)", String(describing: secret), String(reflecting: secret), "\([secret])", "\(Optional(secret) as Any)", dumped] {
            #expect(!text.contains("hunter2"))
            #expect(text.contains("<redacted>") || text.contains("Secret"))
        }
        #expect(secret.exposedText == "hunter2")
    }

    @Test func sealedBytesOpenOnlyWithTheirKeyAndContext() throws {
        let key = Secret(SecureRandom.bytes(32))
        let message = Array("the vendor's token".utf8)
        let sealed = try AES256GCM.seal(message, key: key, aad: Array("acme".utf8))
        #expect(try AES256GCM.open(sealed, key: key, aad: Array("acme".utf8)) == message)
        #expect(throws: TrustError.notAuthentic) { try AES256GCM.open(sealed, key: key, aad: Array("other".utf8)) }
        #expect(throws: TrustError.notAuthentic) { try AES256GCM.open(sealed, key: Secret(SecureRandom.bytes(32)), aad: Array("acme".utf8)) }
        for index in sealed.indices {
            var flipped = sealed
            flipped[index] ^= 1
            #expect(throws: TrustError.notAuthentic) { try AES256GCM.open(flipped, key: key, aad: Array("acme".utf8)) }
        }
        #expect(throws: TrustError.notAuthentic) { try AES256GCM.open(Array(sealed.prefix(27)), key: key) }
        #expect(try AES256GCM.open(AES256GCM.seal([], key: key), key: key).isEmpty)
        #expect(throws: TrustError.self) { try AES256GCM.seal(message, key: Secret("short")) }
    }

    @Test func aKnownCiphertextOpens() throws {
        // GCM specification, test case 14: key and nonce of zeros, sixteen zero bytes.
        let key = Secret([UInt8](repeating: 0, count: 32))
        let sealed = [UInt8](repeating: 0, count: 12) + (Hexadecimal.decode("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919") ?? [])
        #expect(try AES256GCM.open(sealed, key: key) == [UInt8](repeating: 0, count: 16))
    }
}

@Suite struct KeyEncryptionKeyTests {
    @Test func aFileHoldsThirtyTwoBytesInHexadecimalAndNothingElse() throws {
        let bytes = (0..<32).map { UInt8($0) }
        let key = try #require(KeyEncryptionKey(hexadecimal: Array((Hexadecimal.encode(bytes) + "\n").utf8)))
        #expect(key.id == KeyEncryptionKey(Secret(bytes))?.id)
        let sealed = try key.seal([1, 2], aad: [3])
        #expect(try key.open(sealed, aad: [3]) == [1, 2])
        #expect(throws: TrustError.self) { try key.open(sealed, aad: [4]) }
        for wrong in [bytes, Array("short".utf8), Array(Hexadecimal.encode(Array(bytes.dropLast())).utf8), []] {
            #expect(KeyEncryptionKey(hexadecimal: wrong) == nil)
        }
    }
}
