/// The names of entity types: identifiers joined by `::`, as JSON carries them.
enum TypeName {
    /// Nil unless `name` is a type's name without spaces, reserved words and Cedar's own namespace.
    static func parse(_ name: String) -> Text? {
        let parts = name.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        // "A::B" splits into A, an empty part, and B.
        guard parts.count % 2 == 1 else { return nil }
        for (index, part) in parts.enumerated() {
            if index % 2 == 1 {
                guard part.isEmpty else { return nil }
            } else {
                guard isIdentifier(part) else { return nil }
            }
        }
        return Text(name)
    }

    private static func isIdentifier(_ part: Substring.UTF8View) -> Bool {
        guard let first = part.first, Lexer.isWordStart(first) else { return false }
        let isWord = part.allSatisfy { Lexer.isWordStart($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let text = String(decoding: part, as: UTF8.self)
        return isWord && !Word(text).isReserved && text != reservedNamespace
    }

    /// The namespace that Cedar keeps for itself.
    static let reservedNamespace = "__cedar"

    /// The part after the last `::`.
    static func basename(of name: Text) -> String {
        String(name.string.split(separator: ":").last ?? "")
    }
}
