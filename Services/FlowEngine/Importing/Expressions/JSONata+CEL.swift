extension JSONata {
    /// - Parameter variable: What a variable's name is in CEL, `states.input` and the like included.
    func cel(_ variable: (String) -> String?) throws(TranslationFailure) -> String {
        switch self {
        case .text(let text): return CELSpelling.string(text)
        case .number(let text), .word(let text): return text
        case .variable(let name):
            guard let known = variable(name) else { throw TranslationFailure(reason: "$\(name) has no equal here") }
            return known
        case .name(let name): return try Self.implicit(name, variable)
        case .path: return try path(variable)
        case .index(let base, let index):
            guard case .number(let number) = index else { throw TranslationFailure(reason: "a predicate has no equal; write filter in CEL") }
            return "\(try base.cel(variable))[\(number)]"
        case .minus(let value): return "-(\(try value.cel(variable)))"
        case .binary(let name, let left, let right): return try Self.binary(name, left, right, variable)
        case .condition(let test, let yes, let no):
            guard let no else { throw TranslationFailure(reason: "a condition without an else has no equal") }
            return "(\(try test.cel(variable)) ? \(try yes.cel(variable)) : \(try no.cel(variable)))"
        case .block(let parts):
            guard parts.count == 1 else { throw TranslationFailure(reason: "a block of several expressions has no equal") }
            return "(\(try parts[0].cel(variable)))"
        case .array(let values):
            var parts: [String] = []
            for value in values { parts.append(try value.cel(variable)) }
            return "[\(parts.joined(separator: ", "))]"
        case .object(let members):
            var parts: [String] = []
            for (key, value) in members { parts.append("\(try key.cel(variable)): \(try value.cel(variable))") }
            return "{\(parts.joined(separator: ", "))}"
        case .call(let function, let arguments): return try Self.call(function, arguments, variable)
        case .other(let what, _): throw TranslationFailure(reason: "\(what) has no equal in CEL")
        }
    }

    private static func implicit(_ name: String, _ variable: (String) -> String?) throws(TranslationFailure) -> String {
        guard let base = variable("") else { throw TranslationFailure(reason: "a name without a variable before it has no equal here") }
        return CELSpelling.member(name, of: base)
    }

    /// The names of `$a.b.c`, where it is nothing else.
    private var names: [String]? {
        switch self {
        case .variable(let name): return ["$" + name]
        case .path(let left, .name(let name)): return left.names.map { $0 + [name] }
        default: return nil
        }
    }

    private func path(_ variable: (String) -> String?) throws(TranslationFailure) -> String {
        // The longest known beginning: `$states.context.Execution.Input` is one thing.
        if let names, let first = names.first {
            for length in stride(from: names.count, through: 1, by: -1) {
                let name = ([String(first.dropFirst())] + names[1..<length]).joined(separator: ".")
                guard let known = variable(name) else { continue }
                guard length == names.count || !CELSpelling.isList(known) else { throw CELSpelling.ofEach }
                return names[length...].reduce(known) { CELSpelling.member($1, of: $0) }
            }
            throw TranslationFailure(reason: "\(names.joined(separator: ".")) has no equal here")
        }
        guard case .path(let left, let right) = self else { throw TranslationFailure(reason: "it is no path") }
        switch right {
        case .name(let name): return CELSpelling.member(name, of: try left.cel(variable))
        case .text(let name): return CELSpelling.member(name, of: try left.cel(variable))
        case .index(.name(let name), .number(let number)): return "\(CELSpelling.member(name, of: try left.cel(variable)))[\(number)]"
        default: throw TranslationFailure(reason: "a step that maps over values has no equal; write map in CEL")
        }
    }

    private static func binary(
        _ name: String, _ left: JSONata, _ right: JSONata, _ variable: (String) -> String?
    ) throws(TranslationFailure) -> String {
        let (a, b) = (try left.cel(variable), try right.cel(variable))
        switch name {
        case "=": return "(\(a) == \(b))"
        case "!=", "<", ">", "<=", ">=", "in", "+", "-", "*", "/", "%": return "(\(a) \(name) \(b))"
        case "and": return "(\(a) && \(b))"
        case "or": return "(\(a) || \(b))"
        case "&": return "(string(\(a)) + string(\(b)))"
        default: throw TranslationFailure(reason: "the operator \(name) has no equal in CEL")
        }
    }

    private static func call(
        _ function: JSONata, _ arguments: [JSONata], _ variable: (String) -> String?
    ) throws(TranslationFailure) -> String {
        guard case .variable(let name) = function else { throw TranslationFailure(reason: "a call of a computed function has no equal") }
        var parts: [String] = []
        for argument in arguments { parts.append(try argument.cel(variable)) }
        switch (name, parts.count) {
        case ("count", 1), ("length", 1): return "size(\(parts[0]))"
        case ("string", 1): return "string(\(parts[0]))"
        case ("number", 1): return "double(\(parts[0]))"
        case ("not", 1): return "!(\(parts[0]))"
        case ("exists", 1):
            guard arguments[0].names.map({ $0.count > 1 }) == true else {
                throw TranslationFailure(reason: "$exists of what is no path has no equal")
            }
            return "has(\(parts[0]))"
        case ("contains", 2): return "\(parts[0]).contains(\(parts[1]))"
        case ("uppercase", 1): return "\(parts[0]).upperAscii()"
        case ("lowercase", 1): return "\(parts[0]).lowerAscii()"
        case ("trim", 1): return "\(parts[0]).trim()"
        case ("split", 2): return "\(parts[0]).split(\(parts[1]))"
        case ("join", 1): return "\(parts[0]).join()"
        case ("join", 2): return "\(parts[0]).join(\(parts[1]))"
        case ("floor", 1): return "math.floor(\(parts[0]))"
        case ("ceil", 1): return "math.ceil(\(parts[0]))"
        case ("abs", 1): return "math.abs(\(parts[0]))"
        case ("distinct", 1): return "\(parts[0]).distinct()"
        case ("reverse", 1): return "\(parts[0]).reverse()"
        default: throw TranslationFailure(reason: "$\(name) has no equal in CEL; let an operation do it")
        }
    }
}
