/// How the files of the web page are sent.
public enum AssetRules {
    private static let hashLengthMin = 8

    /// Names hold the hash of their content, where the build made them (`main-6GG6RFMX.js`); the others may change.
    public static func cacheControl(of name: String) -> String {
        let stem = name.split(separator: ".").first ?? ""
        let hash = stem.split(separator: "-").last ?? ""
        let isHashed = stem.contains("-") && hash.utf8.count >= hashLengthMin && (hash.utf8.allSatisfy(isBase32) || hash.utf8.allSatisfy(isHex))
        return isHashed ? "public, max-age=31536000, immutable" : "no-cache"
    }

    /// The best encoding that the client takes: `br`, `gzip` or nil.
    public static func encoding(accepting header: String, available: Set<String>) -> String? {
        let accepted = header.split(separator: ",").compactMap { part -> String? in
            let pieces = part.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let name = pieces.first, !pieces.dropFirst().contains(where: { $0 == "q=0" || $0.hasPrefix("q=0.0") }) else { return nil }
            return name.lowercased()
        }
        return ["br", "gzip"].first { available.contains($0) && (accepted.contains($0) || accepted.contains("*")) }
    }

    /// Nil for what the page does not consist of.
    public static func mediaType(of name: String) -> String? {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "txt": "text/plain; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "woff2": "font/woff2"
        case "json": "application/json"
        default: nil
        }
    }

    /// As esbuild writes it.
    private static func isBase32(_ byte: UInt8) -> Bool { isDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
    private static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
