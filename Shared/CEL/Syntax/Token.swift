struct Token: Sendable {
    enum Kind: Equatable, Sendable {
        case identifier(String)
        /// In backticks: a member's name that is no identifier.
        case quotedIdentifier(String)
        /// The magnitude: a sign before it is an operator until the parser joins them.
        case int(UInt64)
        case uint(UInt64)
        case double(Double)
        case string(String)
        case bytes([UInt8])
        case punctuation(Punctuation)
        case end
    }

    enum Punctuation: String, Sendable, CaseIterable {
        case equal = "==", notEqual = "!=", lessOrEqual = "<=", greaterOrEqual = ">=", and = "&&", or = "||"
        case less = "<", greater = ">", plus = "+", minus = "-", star = "*", slash = "/", percent = "%", not = "!"
        case leftParen = "(", rightParen = ")", leftBracket = "[", rightBracket = "]", leftBrace = "{", rightBrace = "}"
        case dot = ".", comma = ",", question = "?", colon = ":"
    }

    var kind: Kind
    var position: CELPosition

    /// As it is named in an error.
    var name: String {
        switch kind {
        case .identifier(let name): "'\(name)'"
        case .quotedIdentifier(let name): "`\(name)`"
        case .int(let value): "the number \(value)"
        case .uint(let value): "the number \(value)u"
        case .double(let value): "the number \(value)"
        case .string: "a string"
        case .bytes: "a bytes literal"
        case .punctuation(let punctuation): "'\(punctuation.rawValue)'"
        case .end: "the end of the expression"
        }
    }
}
