internal import JSON

extension JQ {
    /// What names are in CEL where the expression stands.
    struct Names {
        /// What `.` is.
        var data: String
        /// A variable, without its `$`; with what follows it where that makes one name: `workflow.input`.
        var variable: (String) -> String?
    }

    func cel(_ names: Names) throws(TranslationFailure) -> String { try cel(names, depth: 0) }

    private func cel(_ names: Names, depth: Int) throws(TranslationFailure) -> String {
        // What a pipe hands on, and a list counted from its end, stand in the translation more than once.
        guard names.data.utf8.count <= CELSpelling.lengthMax else { throw CELSpelling.tooLong }
        switch self {
        case .identity: return names.data
        case .variable, .member: return try path(names, isOptional: false, depth)
        case .literal(let value): return CELSpelling.literal(value)
        case .text(let segments):
            var parts: [String] = []
            for segment in segments {
                switch segment {
                case .literal(let text): parts.append(CELSpelling.string(text))
                case .expression(let value): parts.append("string(\(try value.cel(names, depth: depth)))")
                }
            }
            return "(\(parts.joined(separator: " + ")))"
        case .index(let base, .literal(let value)):
            guard let index = value.intValue else { throw TranslationFailure(reason: "an index is a whole number") }
            let base = try base.cel(names, depth: depth)
            guard base.utf8.count <= CELSpelling.lengthMax else { throw CELSpelling.tooLong }
            return index >= 0 ? "\(base)[\(index)]" : "\(base)[size(\(base)) - \(-index)]"
        case .index(let base, let index): return "\(try base.cel(names, depth: depth))[\(try index.cel(names, depth: depth))]"
        case .pipe(let first, let second):
            var inner = names
            inner.data = try first.cel(names, depth: depth)
            return try second.cel(inner, depth: depth)
        case .binary(let sign, let left, let right): return try Self.binary(sign, left, right, names, depth)
        case .minus(let value): return "(-\(try value.cel(names, depth: depth)))"
        case .call(let name, let arguments): return try Self.call(name, arguments, names, depth)
        case .object(let members):
            var parts: [String] = []
            for (key, value) in members { parts.append("\(try key.cel(names, depth: depth)): \(try value.cel(names, depth: depth))") }
            return "{\(parts.joined(separator: ", "))}"
        case .array(let inner): return try Self.array(inner, names, depth)
        case .condition(let test, let yes, let no):
            let other = try no?.cel(names, depth: depth) ?? names.data
            return "(\(try test.cel(names, depth: depth)) ? \(try yes.cel(names, depth: depth)) : \(other))"
        case .iterate: throw TranslationFailure(reason: "'[]' outside of a list gives several values")
        case .other(let what): throw TranslationFailure(reason: "\(what) has no equal in CEL")
        }
    }

    /// - Parameter isOptional: A member that is missing is none, as jq has it, and no error.
    private func path(_ names: Names, isOptional: Bool, _ depth: Int) throws(TranslationFailure) -> String {
        var members: [String] = []
        var base = self
        while case .member(let inner, let name) = base {
            members.insert(name, at: 0)
            base = inner
        }
        var text: String
        if case .variable(let name) = base {
            (text, members) = try Self.root(name, members, names)
        } else {
            text = try base.cel(names, depth: depth)
        }
        for name in members {
            text = isOptional ? (name.isCELName ? "\(text).?\(name)" : "\(text)[?\(CELSpelling.string(name))]") : CELSpelling.member(name, of: text)
        }
        return text
    }

    /// The longest name that is known: `$workflow.input` is one thing.
    private static func root(_ name: String, _ members: [String], _ names: Names) throws(TranslationFailure) -> (String, [String]) {
        for length in stride(from: min(members.count, 3), through: 0, by: -1) {
            let whole = ([name] + members.prefix(length)).joined(separator: ".")
            if let known = names.variable(whole) { return (known, Array(members.dropFirst(length))) }
        }
        throw TranslationFailure(reason: "$\(([name] + members).joined(separator: ".")) has no equal here")
    }

    private var hasMembers: Bool { if case .member = self { isPath } else { false } }

    private static func binary(_ sign: String, _ left: JQ, _ right: JQ, _ names: Names, _ depth: Int) throws(TranslationFailure) -> String {
        // jq reads a missing member as null.
        if sign == "==" || sign == "!=", case .literal(.null) = right, left.hasMembers {
            return "(\(try left.path(names, isOptional: true, depth)).orValue(null) \(sign) null)"
        }
        if sign == "//", left.hasMembers {
            return "\(try left.path(names, isOptional: true, depth)).orValue(\(try right.cel(names, depth: depth)))"
        }
        if sign == "+" || sign == "*" {
            if case .object = left { throw TranslationFailure(reason: "CEL cannot merge objects; write the members out") }
            if case .object = right { throw TranslationFailure(reason: "CEL cannot merge objects; write the members out") }
        }
        let (a, b) = (try left.cel(names, depth: depth), try right.cel(names, depth: depth))
        switch sign {
        case "==", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "%": return "(\(a) \(sign) \(b))"
        case "and": return "(\(a) && \(b))"
        case "or": return "(\(a) || \(b))"
        default: throw TranslationFailure(reason: "the operator \(sign) has no equal in CEL")
        }
    }

    private static func array(_ inner: JQ?, _ names: Names, _ depth: Int) throws(TranslationFailure) -> String {
        switch inner {
        case nil: return "[]"
        case .call(",", let elements)?:
            var parts: [String] = []
            for element in elements { parts.append(try element.cel(names, depth: depth)) }
            return "[\(parts.joined(separator: ", "))]"
        case .iterate(let base)?: return try base.cel(names, depth: depth)
        case let value?:
            // `[.items[] | f]` is a map, and with select a filter.
            if case .pipe(let first, let rest) = value, let (list, steps) = first.iterated(rest) { return try mapped(list, steps, names, depth) }
            if case .member(.iterate(let base), let name) = value { return try mapped(base, .member(.identity, name), names, depth) }
            return "[\(try value.cel(names, depth: depth))]"
        }
    }

    /// The list that a pipe begins with, and what is done with each of its elements.
    private func iterated(_ rest: JQ) -> (JQ, JQ)? {
        switch self {
        case .iterate(let list): return (list, rest)
        case .pipe(let first, let second): return first.iterated(.pipe(second, rest))
        default: return nil
        }
    }

    private static func mapped(_ list: JQ, _ step: JQ, _ names: Names, _ depth: Int) throws(TranslationFailure) -> String {
        let source = try list.cel(names, depth: depth)
        return try mapped(text: source, step, names, depth)
    }

    private static func mapped(text: String, _ step: JQ, _ names: Names, _ depth: Int) throws(TranslationFailure) -> String {
        let element = depth == 0 ? "e" : "e\(depth)"
        var inner = names
        inner.data = element
        switch step {
        case .call("select", let arguments) where arguments.count == 1:
            return "\(text).filter(\(element), \(try arguments[0].cel(inner, depth: depth + 1)))"
        case .pipe(.call("select", let arguments), let rest) where arguments.count == 1:
            let kept = "\(text).filter(\(element), \(try arguments[0].cel(inner, depth: depth + 1)))"
            return try mapped(text: kept, rest, names, depth)
        default: return "\(text).map(\(element), \(try step.cel(inner, depth: depth + 1)))"
        }
    }

    private static let plain: [String: @Sendable (String) -> String] = [
        "length": { "size(\($0))" }, "not": { "!(\($0))" }, "tostring": { "string(\($0))" }, "tonumber": { "double(\($0))" },
        "keys": { "\($0).map(k, k).sort()" }, "ascii_downcase": { "\($0).lowerAscii()" }, "ascii_upcase": { "\($0).upperAscii()" },
        "trim": { "\($0).trim()" }, "first": { "\($0)[0]" }, "last": { "\($0).last().value()" }, "reverse": { "\($0).reverse()" },
        "unique": { "\($0).distinct().sort()" }, "sort": { "\($0).sort()" }, "any": { "\($0).exists(e, e)" }, "all": { "\($0).all(e, e)" },
        "floor": { "math.floor(\($0))" }, "ceil": { "math.ceil(\($0))" }, "round": { "math.round(\($0))" }, "abs": { "math.abs(\($0))" },
        "sqrt": { "math.sqrt(\($0))" }, "flatten": { "\($0).flatten()" },
    ]

    private static let withText: [String: @Sendable (String, String) -> String] = [
        "startswith": { "\($0).startsWith(\($1))" }, "endswith": { "\($0).endsWith(\($1))" }, "test": { "\($0).matches(\($1))" },
        "split": { "\($0).split(\($1))" }, "join": { "\($0).join(\($1))" }, "has": { "(\($1) in \($0))" },
        "contains": { "\($0).contains(\($1))" },
    ]

    private static func call(_ name: String, _ arguments: [JQ], _ names: Names, _ depth: Int) throws(TranslationFailure) -> String {
        let data = names.data
        if arguments.isEmpty, let made = plain[name] { return made(data) }
        guard let first = arguments.first else { throw TranslationFailure(reason: "'\(name)' has no equal in CEL; let an operation do it") }
        if arguments.count == 1, let made = withText[name] {
            if name == "contains" {
                guard case .literal(.string) = first else { throw TranslationFailure(reason: "'contains' has an equal for texts only") }
            }
            return made(data, try first.cel(names, depth: depth))
        }
        let element = depth == 0 ? "e" : "e\(depth)"
        var inner = names
        inner.data = element
        switch (name, arguments.count) {
        case ("map", 1): return try mapped(text: data, first, names, depth)
        case ("any", 1): return "\(data).exists(\(element), \(try first.cel(inner, depth: depth + 1)))"
        case ("all", 1): return "\(data).all(\(element), \(try first.cel(inner, depth: depth + 1)))"
        case ("sort_by", 1): return "\(data).sortBy(\(element), \(try first.cel(inner, depth: depth + 1)))"
        case ("gsub", 2): return "regex.replace(\(data), \(try first.cel(names, depth: depth)), \(try arguments[1].cel(names, depth: depth)))"
        default: throw TranslationFailure(reason: "'\(name)' has no equal in CEL; let an operation do it")
        }
    }
}
