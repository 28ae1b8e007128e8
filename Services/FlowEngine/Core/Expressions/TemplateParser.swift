internal import CEL
internal import JSON

/// Finds the expressions in a document's strings.
struct TemplateParser {
    struct Failure {
        var pointer: String
        var message: String
        var fix: String
    }

    private(set) var failures: [Failure] = []

    mutating func parse(_ value: JSONValue, at pointer: String) -> Template { Template(part: part(value, at: pointer)) }

    private mutating func part(_ value: JSONValue, at pointer: String) -> Template.Part {
        switch value {
        case .string(let text): return string(text, at: pointer)
        case .array(let values):
            return folded(.array(values.enumerated().map { part($0.element, at: "\(pointer)/\($0.offset)") }), of: value)
        case .object(let members):
            return folded(
                .object(members.map { Template.Member(key: $0.key, part: part($0.value, at: "\(pointer)/\($0.key.pointerToken)")) }), of: value)
        default: return .literal(value)
        }
    }

    /// What holds no expression is a literal as a whole, so that it is copied and not rebuilt; an object keeps its members visible.
    private func folded(_ part: Template.Part, of value: JSONValue) -> Template.Part {
        if case .array(let parts) = part, parts.allSatisfy({ if case .literal = $0 { true } else { false } }) { return .literal(value) }
        return part
    }

    private mutating func string(_ text: String, at pointer: String) -> Template.Part {
        var segments: [Template.Segment] = []
        var literal = String.UnicodeScalarView()
        let scalars = Array(text.unicodeScalars)
        var index = 0
        while index < scalars.count {
            if scalars[index...].starts(with: "$${".unicodeScalars) {
                literal.append(contentsOf: "${".unicodeScalars)
                index += 3
            } else if scalars[index...].starts(with: "${".unicodeScalars) {
                guard let end = ExpressionEnd.find(in: scalars, from: index + 2) else {
                    fail(pointer, "'${' is never closed", fix: "close the expression with }, or write $${ for a literal ${")
                    return .literal(.string(text))
                }
                if !literal.isEmpty { segments.append(.literal(String(literal))) }
                literal = .init()
                guard let expression = expression(String(String.UnicodeScalarView(scalars[(index + 2)..<end])), at: pointer) else {
                    return .literal(.string(text))
                }
                segments.append(.expression(expression))
                index = end + 1
            } else {
                literal.append(scalars[index])
                index += 1
            }
        }
        if case .expression(let only)? = segments.first, segments.count == 1, literal.isEmpty { return .expression(only) }
        if !literal.isEmpty || segments.isEmpty { segments.append(.literal(String(literal))) }
        if case .literal(let only)? = segments.first, segments.count == 1 { return .literal(.string(only)) }
        return .text(segments)
    }

    mutating func expression(_ source: String, at pointer: String) -> CELText? {
        do throws(CELSyntaxError) {
            let expression = try CELExpression(parsing: source)
            for unknown in expression.unknownFunctions {
                fail(
                    pointer, "there is no function '\(unknown.name)' (column \(unknown.position.column))",
                    fix: unknown.suggestion.isEmpty ? "use one of CEL's standard functions" : "did you mean '\(unknown.suggestion)'?")
            }
            return CELText(expression: expression, pointer: pointer)
        } catch {
            fail(
                pointer,
                "\(source.isEmpty ? "the expression" : "'\(source.prefix(80))'") is no CEL: \(error.message) (column \(error.position.column))",
                fix: error.suggestion.isEmpty ? "correct the expression" : error.suggestion)
            return nil
        }
    }

    private mutating func fail(_ pointer: String, _ message: String, fix: String) {
        failures.append(Failure(pointer: pointer, message: message, fix: fix))
    }
}

/// The brace that ends an expression: braces of maps and anything in string literals do not.
enum ExpressionEnd {
    static func find(in scalars: [Unicode.Scalar], from start: Int) -> Int? {
        var depth = 0
        var index = start
        while index < scalars.count {
            switch scalars[index] {
            case "{": depth += 1
            case "}":
                if depth == 0 { return index }
                depth -= 1
            case "'", "\"":
                guard let end = endOfString(in: scalars, from: index, isRaw: isRaw(scalars, before: index, start)) else { return nil }
                index = end
            default: break
            }
            index += 1
        }
        return nil
    }

    private static func isRaw(_ scalars: [Unicode.Scalar], before index: Int, _ start: Int) -> Bool {
        guard index > start else { return false }
        return scalars[index - 1] == "r" || scalars[index - 1] == "R"
    }

    private static func endOfString(in scalars: [Unicode.Scalar], from start: Int, isRaw: Bool) -> Int? {
        let quote = scalars[start]
        let isTriple = start + 2 < scalars.count && scalars[start + 1] == quote && scalars[start + 2] == quote
        var index = start + (isTriple ? 3 : 1)
        while index < scalars.count {
            if scalars[index] == "\\", !isRaw {
                index += 2
                continue
            }
            if scalars[index] == quote {
                if !isTriple { return index }
                if index + 2 < scalars.count, scalars[index + 1] == quote, scalars[index + 2] == quote { return index + 2 }
            }
            index += 1
        }
        return nil
    }
}

extension String {
    /// Escaped for a JSON pointer (RFC 6901).
    package var pointerToken: String {
        var token = ""
        for character in unicodeScalars { token += character == "~" ? "~0" : character == "/" ? "~1" : String(character) }
        return token
    }
}
