internal import CEL

/// A condition of a diagram in CEL: the part that the expression languages of process engines (JUEL, FEEL) and CEL have in common.
enum ConditionText {
    private static let words = [
        "and": "&&", "or": "||", "not": "!", "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "mod": "%", "div": "/",
    ]

    /// - Parameter base: Where variables stand.
    static func cel(_ text: String, base: String) throws(TranslationFailure) -> String {
        guard text.utf8.count <= CELSpelling.lengthMax else { throw CELSpelling.tooLong }
        var inner = text.trimmingSpaces
        if inner.hasPrefix("${") || inner.hasPrefix("#{"), inner.hasSuffix("}") {
            inner = String(inner.dropFirst(2).dropLast())
        } else if inner.hasPrefix("=") {
            inner = String(inner.dropFirst())
        }
        let cel = try translated(Array(inner.unicodeScalars), base)
        guard let expression = try? CELExpression(parsing: cel), expression.unknownFunctions.isEmpty else {
            throw TranslationFailure(reason: "it is no condition that CEL has, too")
        }
        return cel
    }

    private static func translated(_ scalars: [Unicode.Scalar], _ base: String) throws(TranslationFailure) -> String {
        var made = ""
        var index = 0
        while index < scalars.count {
            let next = scalars[index]
            if next == "'" || next == "\"" {
                guard let end = scalars[(index + 1)...].firstIndex(of: next) else { throw TranslationFailure(reason: "a text is never closed") }
                made += CELSpelling.string(String(String.UnicodeScalarView(scalars[(index + 1)..<end])))
                index = end + 1
            } else if next.isNamePart {
                var end = index
                while end < scalars.count, scalars[end].isNamePart || scalars[end] == "." { end += 1 }
                let word = String(String.UnicodeScalarView(scalars[index..<end]))
                var after = end
                while after < scalars.count, scalars[after] == " " { after += 1 }
                made += try self.word(word, isCalled: after < scalars.count && scalars[after] == "(", base)
                index = end
            } else if next == "<", index + 1 < scalars.count, scalars[index + 1] == ">" {
                made += "!="
                index += 2
            } else if next == "=" {
                let before = index > 0 ? scalars[index - 1] : " "
                let isDouble = index + 1 < scalars.count && scalars[index + 1] == "="
                made += ["<", ">", "!"].contains(before) ? "=" : "=="
                index += isDouble ? 2 : 1
            } else {
                made.unicodeScalars.append(next)
                index += 1
            }
        }
        return made.trimmingSpaces
    }

    private static func word(_ word: String, isCalled: Bool, _ base: String) throws(TranslationFailure) -> String {
        if let sign = words[word] { return sign }
        if ["true", "false", "null"].contains(word) || word.unicodeScalars.first.map({ ("0"..."9").contains($0) }) ?? false { return word }
        guard !isCalled else { throw TranslationFailure(reason: "'\(word)(…)' has no equal in CEL") }
        return word.split(separator: ".").reduce(base) { CELSpelling.member(String($1), of: $0) }
    }
}
