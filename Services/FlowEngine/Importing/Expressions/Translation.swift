internal import FlowEngineCore
internal import JSON

/// Why an expression of another language has no equal here.
struct TranslationFailure: Error {
    var reason: String
    /// The definition is wrong, and not merely without an equal.
    var isFault = false
}

/// CEL's spelling of names and literals.
enum CELSpelling {
    /// Of a translation; an expression of a flow is no longer.
    static let lengthMax = 16_384
    static let tooLong = TranslationFailure(reason: "it becomes longer than \(lengthMax) characters")

    static let ofEach = TranslationFailure(reason: "a member of a list is one of each of its elements there; write map in CEL")

    /// Whether a translation made here is a list for sure: what branches and bodies leave behind.
    static func isList(_ cel: String) -> Bool { cel.hasPrefix("[") || cel.contains(".output.map(body, ") }

    private static let reserved: Set<String> = [
        "in", "true", "false", "null", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]

    static func isName(_ name: String) -> Bool { name.isVariableName && !reserved.contains(name) }

    static func member(_ name: String, of base: String) -> String {
        isName(name) ? "\(base).\(name)" : "\(base)[\(string(name))]"
    }

    static func string(_ text: String) -> String {
        var quoted = "'"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'": quoted += "\\'"
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "'"
    }

    static func literal(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): string(text)
        case .array(let values): "[" + values.map(literal).joined(separator: ", ") + "]"
        case .object(let members): "{" + members.map { "\(string($0.key)): \(literal($0.value))" }.joined(separator: ", ") + "}"
        default: value.encodedString()
        }
    }

    /// What stands for an expression that could not be translated: publishing refuses the call, so that nobody runs it by mistake.
    static func unmapped(_ source: String) -> String { "unmapped(\(string(String(source.prefix(400)))))" }
}

extension String {
    /// Whether a member of this name can stand after a dot.
    var isCELName: Bool { CELSpelling.isName(self) }
}
