import Testing

@testable import Trust

@Suite struct DigestTests {
    @Test func sha256OfFIPSExamples() {
        #expect(SHA256Digest(hashing: Array("abc".utf8)).hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(SHA256Digest(hashing: [UInt8]()).hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func aHasherCanBeUsedAgain() {
        var hasher = SHA256Hasher()
        hasher.update(Array("ab".utf8))
        hasher.update(byte: UInt8(ascii: "c"))
        let first = hasher.finish()
        hasher.update(Array("abc".utf8))
        #expect(first == hasher.finish())
        #expect(hasher.finish() == SHA256Digest(hashing: [UInt8]()))
    }

    @Test func digestsRoundTripAndOrderByBytes() throws {
        let digest = SHA256Digest(hashing: Array("x".utf8))
        #expect(SHA256Digest(hex: digest.hex) == digest)
        #expect(SHA256Digest(bytes: digest.bytes) == digest)
        #expect(SHA256Digest(bytes: digest.bytes.dropLast()) == nil)
        let low = try #require(SHA256Digest(bytes: [UInt8](repeating: 0, count: 31) + [1]))
        let high = try #require(SHA256Digest(bytes: [1] + [UInt8](repeating: 0, count: 31)))
        #expect(low < high && !(high < low))
    }

    @Test func hmacOfRFC4231() {
        let key = [UInt8](repeating: 0x0b, count: 20)
        let code = HMACSHA256.authenticationCode(key: key, message: Array("Hi There".utf8))
        #expect(Hexadecimal.encode(code) == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        #expect(HMACSHA256.isValid(code, key: key, message: Array("Hi There".utf8)))
        #expect(!HMACSHA256.isValid(code, key: key, message: Array("Hi there".utf8)))
        // An empty key is the key of zeros, not the one that was used last.
        let empty = Hexadecimal.encode(HMACSHA256.authenticationCode(key: [], message: []))
        #expect(empty == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }
}
