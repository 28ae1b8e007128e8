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

    private static func isIdentifier(_ part: Substring.UTF8View) -> Bool { isAttribute(String(decoding: part, as: UTF8.self)) }

    /// Whether a name may be written without quotes, as an attribute behind a dot is.
    static func isAttribute(_ name: String) -> Bool { isWord(name) && !Word(name).isReserved && name != reservedNamespace }

    /// Whether a name has only letters, digits and underscores, and no digit first.
    static func isWord(_ name: String) -> Bool {
        guard let first = name.utf8.first, Lexer.isWordStart(first) else { return false }
        return name.utf8.allSatisfy { Lexer.isWordStart($0) || $0.isASCIIDigit }
    }

    /// The namespace that Cedar keeps for itself.
    static let reservedNamespace = "__cedar"

    /// The part after the last `::`.
    static func basename(of name: Text) -> String {
        String(name.string.split(separator: ":").last ?? "")
    }
}
