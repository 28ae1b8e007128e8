extension Parser {
    /// `Name := IDENT {'::' IDENT}`, up to a `::` that is followed by no identifier.
    mutating func parseName() throws(SyntaxDiagnostic) -> Text {
        let start = peek.span
        var parts = [try parseIdentifier()]
        while peek.kind == .doubleColon, peek(1).kind == .identifier {
            advance()
            parts.append(try parseIdentifier())
        }
        guard !parts.contains(TypeName.reservedNamespace) else {
            throw fault("the name `\(TypeName.reservedNamespace)` is kept for Cedar itself", start.joined(to: previous.span))
        }
        return Text(parts.joined(separator: "::"))
    }

    /// The type after an `is`.
    mutating func parseTypeName() throws(SyntaxDiagnostic) -> Text {
        guard peek.kind == .identifier else {
            throw unexpected("the name of an entity type", suggestion: peek.kind == .string ? "leave the quotes out" : nil)
        }
        let start = peek.span
        let name = try parseName()
        if peek.kind == .doubleColon || peek.kind == .dot || peek.kind == .leftParen || peek.kind == .leftBracket {
            throw fault("`is` takes the name of an entity type only", start.joined(to: peek.span), suggestion: "use `==` to compare with an entity")
        }
        return name
    }

    /// An identifier that is no reserved word.
    mutating func parseIdentifier() throws(SyntaxDiagnostic) -> String {
        let token = try expect(.identifier, "a name")
        guard !token.word.isReserved else {
            throw fault(
                "`\(source[token.span])` is a reserved word and names nothing", token.span,
                suggestion: "as an attribute write [\"\(source[token.span])\"]")
        }
        return source[token.span]
    }

    /// The string that a token stands for.
    func unescaped(_ token: Token) throws(SyntaxDiagnostic) -> Text {
        do {
            return Text(try StringEscapes.unescape(body(of: token)))
        } catch {
            throw fault(error.reason, SourceSpan(error.lower, error.upper))
        }
    }

    func pattern(_ token: Token) throws(SyntaxDiagnostic) -> Pattern {
        do {
            return try StringEscapes.pattern(body(of: token))
        } catch {
            throw fault(error.reason, SourceSpan(error.lower, error.upper))
        }
    }

    private func body(of token: Token) -> ArraySlice<UInt8> { source.bytes[token.span.lower + 1..<token.span.upper - 1] }
}
