/// Names of entity types: identifiers, joined by `::`.
enum CedarName {
    private static let reserved: Set<String> = ["true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar"]

    /// What to do about a name that is none; nil where it is one.
    static func fix(forType name: String) -> String? {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        // Between two parts of a name there is one empty one: a::b splits into a, nothing, b.
        let isJoined = parts.count % 2 == 1 && parts.enumerated().allSatisfy { $0.offset % 2 == 0 || $0.element.isEmpty }
        let words = parts.enumerated().filter { $0.offset % 2 == 0 }.map { String($0.element) }
        if isJoined, words.allSatisfy(isIdentifier) {
            guard let word = words.first(where: { reserved.contains($0) }) else { return nil }
            return "\(word) is a word of the policy language: choose another name"
        }
        let mended = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
        let advice = isIdentifier(mended) && mended.contains(where: { $0 != "_" }) ? ", for example \(mended)" : ""
        return "use letters, digits and _, not beginning with a digit, joined by ::\(advice)"
    }

    private static func isIdentifier(_ word: String) -> Bool {
        guard let first = word.utf8.first, !isDigit(first) else { return false }
        return word.utf8.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "_") }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
}
