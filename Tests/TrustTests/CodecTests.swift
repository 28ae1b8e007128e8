import Testing

@testable import Trust

@Suite struct CodecTests {
    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")])
    func base64OfRFC4648(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test(arguments: ["Zg", "Zg=", "Zg===", "Zh==", "Zm9v=", "Zm9v====", "Zm 9", "Zm-_", "=", "====", "Zg==Zg=="])
    func base64HasOneSpelling(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func urlAlphabet() {
        #expect(Base64.encodeURL([0xfb, 0xff]) == "-_8")
        #expect(Base64.decodeURL("-_8") == [0xfb, 0xff])
        #expect(Base64.decodeURL("-_8=") == nil)
        #expect(Base64.decodeURL("+/8") == nil)
        #expect(Base64.decodeURL("-_9") == nil)
        #expect(Base64.decodeURL("A") == nil)
    }

    @Test func hexadecimal() {
        #expect(Hexadecimal.encode([0, 0xab, 0xff]) == "00abff")
        #expect(Hexadecimal.decode("00ABff") == [0, 0xab, 0xff])
        #expect(Hexadecimal.decode("0") == nil)
        #expect(Hexadecimal.decode("0g") == nil)
    }
}
