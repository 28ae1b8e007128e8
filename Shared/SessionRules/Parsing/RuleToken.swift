internal import Cedar

/// A token of policies, macros, session rules and event schemas: the marks of all of them.
struct RuleToken: Sendable {
    enum Kind: Sendable { case identifier, integer, string, parameter, binder, mark, end }

    var kind: Kind
    /// A mark's spelling, or an identifier's or number's text; empty for strings.
    var text: String
    var span: SourceSpan

    func isMark(_ mark: String) -> Bool { kind == .mark && text == mark }
    func isWord(_ word: String) -> Bool { kind == .identifier && text == word }
}
