extension Lexer {
    mutating func numberLiteral(from start: CELPosition) throws(CELSyntaxError) -> Token.Kind {
        if current == "0", peek(1) == "x" || peek(1) == "X" { return try hexadecimal(from: start) }
        var text = digits()
        var isFloat = false
        if current == ".", peek(1)?.isDigit == true {
            advance()
            text += "." + digits()
            isFloat = true
        }
        if let exponent = exponent() {
            text += exponent
            isFloat = true
        }
        if isFloat {
            guard let value = Double(text.hasPrefix(".") ? "0" + text : text) else { throw CELSyntaxError("this number is malformed", at: start) }
            guard value.isFinite else { throw CELSyntaxError("this number does not fit in a double", at: start) }
            try refuseTrailingName(from: start)
            return .double(value)
        }
        return try integer(UInt64(text), from: start)
    }

    private mutating func hexadecimal(from start: CELPosition) throws(CELSyntaxError) -> Token.Kind {
        advance()
        advance()
        var text = ""
        while let scalar = current, scalar.hexValue != nil { text.unicodeScalars.append(scalar); advance() }
        guard !text.isEmpty else { throw CELSyntaxError("hexadecimal digits are missing after 0x", at: start) }
        return try integer(UInt64(text, radix: 16), from: start)
    }

    private mutating func integer(_ magnitude: UInt64?, from start: CELPosition) throws(CELSyntaxError) -> Token.Kind {
        guard let magnitude else {
            throw CELSyntaxError("this integer does not fit in 64 bits", suggestion: "write a double, with a point", at: start)
        }
        if current == "u" || current == "U" {
            advance()
            try refuseTrailingName(from: start)
            return .uint(magnitude)
        }
        try refuseTrailingName(from: start)
        return .int(magnitude)
    }

    private mutating func digits() -> String {
        var text = ""
        while let scalar = current, scalar.isDigit { text.unicodeScalars.append(scalar); advance() }
        return text
    }

    private mutating func exponent() -> String? {
        guard current == "e" || current == "E" else { return nil }
        let signed = peek(1) == "+" || peek(1) == "-"
        guard peek(signed ? 2 : 1)?.isDigit == true else { return nil }
        var text = "e"
        advance()
        if signed { text.unicodeScalars.append(advance()) }
        return text + digits()
    }

    private func refuseTrailingName(from start: CELPosition) throws(CELSyntaxError) {
        guard let scalar = current, scalar.isIdentifierStart else { return }
        throw CELSyntaxError("a number ends in '\(scalar)'", suggestion: "put an operator or a space between them", at: start)
    }
}
