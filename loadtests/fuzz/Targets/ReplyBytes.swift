internal import Redis

/// What a Redis server answers, cut as a network may cut it.
enum ReplyBytes {
    private static let replyBytesMax = 64 << 10
    /// Eight bytes for each element that a reply may announce before one has arrived.
    private static let announcedBytesMax = 8 << 20

    /// The first byte says into what pieces the rest is cut.
    static func run(_ bytes: [UInt8], _ peak: PeakMeter) throws(BrokenPromise) {
        guard let first = bytes.first else { return }
        var sizeMax = 0
        let grown = peak { sizeMax = read(bytes.dropFirst(), inPiecesOf: Int(first) + 1) }
        try require(sizeMax <= replyBytesMax, "a reply is held to its cap: \(sizeMax)")
        try require(grown <= 2 * (announcedBytesMax + replyBytesMax), "a reply of \(bytes.count) bytes took \(grown)")
    }

    private static func read(_ bytes: ArraySlice<UInt8>, inPiecesOf piece: Int) -> Int {
        guard let reader = RedisReplyReader(maximumBytes: replyBytesMax) else { return 0 }
        var sizeMax = 0
        do {
            for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: piece) {
                let part = bytes[start..<min(bytes.endIndex, start + piece)]
                try part.withUnsafeBytes { try reader.feed($0) }
                while let value = try reader.next() { sizeMax = max(sizeMax, size(of: value)) }
            }
        } catch {
            // Refused: the connection would end here.
        }
        return sizeMax
    }

    private static func size(of value: RedisValue) -> Int {
        switch value {
        case .null, .int: 1
        case .status(let text), .error(let text): text.utf8.count / 3
        case .bytes(let bytes): bytes.count
        case .array(let values): values.reduce(0) { $0 + size(of: $1) }
        }
    }

    static var seeds: [[UInt8]] {
        [
            "\u{0}+OK\r\n-ERR no\r\n:42\r\n$3\r\nabc\r\n$-1\r\n*-1\r\n*0\r\n", "\u{7}*2\r\n*2\r\n$1\r\na\r\n:1\r\n$0\r\n\r\n",
            "\u{1}*1048576\r\n*7\r\n",
            "\u{63}*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", "\u{3}$65000\r\nab",
        ].map { Array($0.utf8) }
    }
}
