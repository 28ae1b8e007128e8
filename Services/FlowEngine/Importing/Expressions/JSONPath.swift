/// A JSONPath as the States Language uses it. What picks more than one place is recognised, and has no equal in an expression.
struct JSONPath {
    enum Step: Hashable {
        case member(String)
        case index(Int)
        /// A wildcard, slice, filter, union or descent.
        case several(String)
    }

    enum Root: Hashable {
        case data
        /// `$$`: the context object.
        case context
        case variable(String)
    }

    var root: Root
    var steps: [Step]

    /// What `ResultPath` may be: one place in the data.
    var isReference: Bool { steps.allSatisfy { if case .several = $0 { false } else { true } } }

    init(_ text: String) throws(TranslationFailure) {
        var rest = Array(text.unicodeScalars)[...]
        guard rest.first == "$", text.utf8.count <= 4_096 else { throw TranslationFailure(reason: "a path begins with $") }
        rest.removeFirst()
        if rest.first == "$" {
            root = .context
            rest.removeFirst()
        } else {
            let name = String(String.UnicodeScalarView(rest.prefix { $0.isNamePart }))
            rest.removeFirst(name.unicodeScalars.count)
            root = name.isEmpty ? .data : .variable(name)
        }
        steps = []
        while let first = rest.first {
            rest.removeFirst()
            switch first {
            case ".": steps.append(try Self.dotted(&rest))
            case "[": steps.append(try Self.bracketed(&rest))
            default: throw TranslationFailure(reason: "'\(text)' is no JSONPath: '\(first)' is not expected")
            }
        }
    }

    private static func dotted(_ rest: inout ArraySlice<Unicode.Scalar>) throws(TranslationFailure) -> Step {
        if rest.first == "." {
            rest.removeFirst()
            if rest.first == "[" { rest.removeFirst(); _ = try bracketed(&rest); return .several("..") }
        } else if rest.first == "*" {
            rest.removeFirst()
            return .several("*")
        }
        let name = String(String.UnicodeScalarView(rest.prefix { $0.isNamePart || $0 == "-" || $0 == "*" || $0 == " " || $0.value > 127 }))
        // `length()` and its like.
        rest.removeFirst(name.unicodeScalars.count)
        if rest.first == "(", let close = rest.firstIndex(of: ")") {
            rest = rest[(close + 1)...]
            return .several("\(name)()")
        }
        guard !name.isEmpty else { throw TranslationFailure(reason: "a path has a name after its dot") }
        return .member(name)
    }

    private static func bracketed(_ rest: inout ArraySlice<Unicode.Scalar>) throws(TranslationFailure) -> Step {
        var depth = 1
        var quote: Unicode.Scalar?
        var inner = String.UnicodeScalarView()
        var isEscaped = false
        while let next = rest.first {
            rest.removeFirst()
            if let open = quote {
                if isEscaped { isEscaped = false } else if next == "\\" { isEscaped = true } else if next == open { quote = nil }
            } else if next == "'" || next == "\"" {
                quote = next
            } else if next == "[" || next == "(" {
                depth += 1
            } else if next == "]" || next == ")" {
                depth -= 1
                if depth == 0 { return try step(String(inner)) }
            }
            inner.append(next)
        }
        throw TranslationFailure(reason: "a bracket of the path is never closed")
    }

    private static func step(_ text: String) throws(TranslationFailure) -> Step {
        let text = text.trimmingSpaces
        guard let first = text.first else { throw TranslationFailure(reason: "the brackets of a path are empty") }
        if let index = Int(text) { return .index(index) }
        let isQuoted = (first == "'" || first == "\"") && text.count >= 2 && text.last == first
        if isQuoted, !text.dropFirst().dropLast().contains(first) { return .member(String(text.dropFirst().dropLast())) }
        let several = first == "?" || first == "(" || first == "*" || first == "@" || text.contains(":") || text.contains(",")
        guard several else { throw TranslationFailure(reason: "'[\(text)]' is no part of a JSONPath") }
        return .several("[\(text)]")
    }

    /// - Parameter root: What each root is in CEL.
    func cel(_ name: (Root) -> String?) throws(TranslationFailure) -> String {
        if root == .context { return try contextCEL() }
        guard var text = name(root) else { throw TranslationFailure(reason: "nothing sets what it begins with") }
        if case .member? = steps.first, CELSpelling.isList(text) { throw CELSpelling.ofEach }
        for step in steps {
            guard text.utf8.count <= CELSpelling.lengthMax else { throw CELSpelling.tooLong }
            switch step {
            case .member(let name): text = CELSpelling.member(name, of: text)
            case .index(let index) where index >= 0: text += "[\(index)]"
            case .index(let index): text = "\(text)[size(\(text)) - \(-index)]"
            case .several(let what): throw TranslationFailure(reason: "\(what) picks several places; write a filter or map in CEL")
            }
        }
        return text
    }

    private func contextCEL() throws(TranslationFailure) -> String {
        let names = steps.map { if case .member(let name) = $0 { name } else { "" } }
        if names.starts(with: ["Execution", "Input"]) { return names.dropFirst(2).reduce("trigger") { CELSpelling.member($1, of: $0) } }
        switch names {
        case ["Execution", "Id"], ["Execution", "Name"]: return "run.id"
        case ["Execution", "StartTime"]: return "run.started_at"
        case ["State", "Name"]: return "run.node"
        case ["StateMachine", "Name"]: return "run.flow"
        case ["StateMachine", "Id"]: return "run.version"
        case ["Map", "Item", "Value"]: return "item"
        case ["Map", "Item", "Index"]: return "item_index"
        default:
            if names.starts(with: ["Map", "Item", "Value"]) { return names.dropFirst(3).reduce("item") { CELSpelling.member($1, of: $0) } }
            throw TranslationFailure(reason: "the context object has no equal of \(names.joined(separator: "."))")
        }
    }
}

extension Unicode.Scalar {
    var isNamePart: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) || ("0"..."9").contains(self) || self == "_" }
}

extension String {
    var trimmingSpaces: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
