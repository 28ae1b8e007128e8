/// A word or mark of a policy text.
struct Token: Sendable {
    let kind: Kind
    /// Which of the language's own words an identifier is.
    let word: Word
    let span: SourceSpan

    enum Kind: UInt8, Sendable {
        case identifier, integer, string, slot, end
        case at, dot, comma, semicolon, colon, doubleColon
        case leftParen, rightParen, leftBrace, rightBrace, leftBracket, rightBracket
        case equal, notEqual, less, lessEqual, greater, greaterEqual, assign
        case or, and, plus, minus, star, slash, percent, not
        /// Only schemas have it.
        case question
    }
}

/// The words that mean something in Cedar. The first nine are reserved: nothing may be named by them.
enum Word: UInt8, Sendable {
    case `true`, `false`, `if`, then, `else`, `in`, `is`, like, has
    case permit, forbid, when, unless, principal, action, resource, context
    case other

    var isReserved: Bool { rawValue <= Word.has.rawValue }

    private static let byText: [String: Word] = [
        "true": .true, "false": .false, "if": .if, "then": .then, "else": .else, "in": .in, "is": .is, "like": .like, "has": .has,
        "permit": .permit, "forbid": .forbid, "when": .when, "unless": .unless,
        "principal": .principal, "action": .action, "resource": .resource, "context": .context,
    ]

    init(_ text: String) { self = Word.byText[text] ?? .other }
}
