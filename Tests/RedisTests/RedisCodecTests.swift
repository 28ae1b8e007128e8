import Testing

@testable import Redis

@Suite struct RedisCodecTests {
    func read(_ text: String, maximumBytes: Int = 1 << 20) throws -> [RedisValue] {
        let reader = try #require(RedisReplyReader(maximumBytes: maximumBytes))
        var values: [RedisValue] = []
        // Byte by byte, so that no reply depends on where the network cut it.
        for byte in text.utf8 {
            try withUnsafeBytes(of: byte) { try reader.feed($0) }
            while let value = try reader.next() { values.append(value) }
        }
        return values
    }

    @Test func everyKindOfReplyIsRead() throws {
        #expect(try read("+OK\r\n") == [.status("OK")])
        #expect(try read("-ERR no\r\n") == [.error("ERR no")])
        #expect(try read(":-12\r\n") == [.int(-12)])
        #expect(try read("$-1\r\n$0\r\n\r\n$3\r\na\0b\r\n") == [.null, .bytes([]), .bytes([97, 0, 98])])
        #expect(try read("*2\r\n*0\r\n*2\r\n:1\r\n$1\r\nx\r\n") == [.array([.array([]), .array([.int(1), .bytes([120])])])])
    }

    @Test func commandsAreFramedByLengthWhateverTheyContain() throws {
        let command = try #require(RedisCommand([Array("SET".utf8), [], Array("%s\r\n\0".utf8)]))
        #expect(String(decoding: command.bytes, as: UTF8.self) == "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$5\r\n%s\r\n\0\r\n")
        #expect(RedisCommand([]) == nil)
    }

    @Test(arguments: [
        "?\r\n", "$x\r\n", "*1000000000\r\n", "*1048577\r\n", ":1x\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n",
    ])
    func garbageAndClaimsOfHugeArraysAreRefused(text: String) {
        #expect(throws: RedisError.self) { try read(text) }
    }

    @Test func aReplyBeyondTheCapIsRefused() {
        #expect(throws: RedisError.self) { try read("$200\r\n" + String(repeating: "x", count: 200) + "\r\n", maximumBytes: 100) }
    }

    @Test func theCapCountsAllPiecesOfAReplyAndBeginsAnewWithTheNext() throws {
        // Ninety bytes in thirty pieces, of which the parser lets go one by one; then the same again.
        let reply = "*10\r\n" + String(repeating: "$3\r\nabc\r\n", count: 10)
        #expect(throws: RedisError.self) { try read(reply, maximumBytes: 90) }
        #expect(try read(reply + reply + reply, maximumBytes: 95).count == 3)
    }

    @Test func depthIsBounded() throws {
        func nested(_ depth: Int) -> String { String(repeating: "*1\r\n", count: depth) + ":1\r\n" }
        #expect(try read(nested(7)).count == 1)
        #expect(throws: RedisError.self) { try read(nested(9)) }
    }

    @Test func elementsAreBoundedOverTheWholeReply() throws {
        // Each array alone would be allowed.
        #expect(throws: RedisError.self) { try read("*700000\r\n*700000\r\n") }
        #expect(try read("*2\r\n*1\r\n:1\r\n*1\r\n:2\r\n").count == 1)
    }

    /// Whatever comes, the reader answers or refuses; nothing else.
    @Test func randomBytesNeitherCrashNorHang() throws {
        var state: UInt64 = 7
        let alphabet = Array("+-:$*0123456789\r\nabc".utf8)
        for _ in 0..<2_000 {
            let reader = try #require(RedisReplyReader(maximumBytes: 1 << 12))
            do {
                for _ in 0..<40 {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    try withUnsafeBytes(of: alphabet[Int(state >> 33) % alphabet.count]) { try reader.feed($0) }
                    while try reader.next() != nil {}
                }
            } catch is RedisError {}
        }
    }
}
