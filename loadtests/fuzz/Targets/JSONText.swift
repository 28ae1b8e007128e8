internal import JSON

/// Documents, read strictly, and RFC 8785's form of them.
enum JSONText {
    static func run(_ bytes: [UInt8], _ peak: PeakMeter) throws(BrokenPromise) {
        var parsed: JSONValue?
        let grown = peak { parsed = try? JSONValue(parsing: bytes) }
        try require(grown <= 1024 * bytes.count + 65_536, "parsing \(bytes.count) bytes took \(grown)")
        guard let parsed else { return }
        let encoded = parsed.encoded()
        guard let again = try? JSONValue(parsing: encoded) else { throw BrokenPromise(description: "what was encoded can be parsed") }
        try require(again.encoded() == encoded, "a value survives a round trip")
        try canonical(parsed)
    }

    /// The canonical form of a canonical form is itself.
    private static func canonical(_ value: JSONValue) throws(BrokenPromise) {
        guard let canonical = try? value.canonical() else { return }
        guard let again = try? JSONValue(parsing: canonical) else { throw BrokenPromise(description: "the canonical form is JSON") }
        // A double that is whole and beyond 2^53 reads back as an integer, which cannot be told exactly and is refused.
        guard let second = try? again.canonical() else { return }
        try require(second == canonical, "the canonical form is a fixed point")
    }

    static let seeds: [[UInt8]] = [
        #"{"a": [1, -2.5e10, 0.1, true, false, null, "ä\u00e4\ud83d\ude00\n\"\\/"], "": {}, "b": []}"#,
        "[9007199254740993,1e308,-0,1E-7,123456789012345678901]",
        #""\u0000\ud800""#, "[[[[[[]]]]]]", "{\"a\":1,\"a\":2}",
    ].map { Array($0.utf8) }

    static let words = ["true", "false", "null", "\\u", "\\ud83d\\ude00", "e+", "E-", "1e308", "\"\":", "{\"a\":", "[["]
}
