internal import Cedar

extension EventSchema {
    /// Reads an event schema:
    /// `[max_window = 30d] {['decision'] 'event' '<' A '>' '::' kind '{' fields '}'}`.
    public init(parsing text: String, limits: RuleLimits = .default) throws(RuleSyntaxError) {
        let source = RuleText(text)
        do throws(RuleDiagnostic) {
            guard source.bytes.count <= limits.size else {
                throw source.fault("the text has \(source.bytes.count) bytes; at most \(limits.size) are accepted", SourceSpan(0, 0))
            }
            var lexer = RuleLexer(source)
            var parser = EventSchemaParser(source: source, tokens: try lexer.tokens(), limits: limits)
            self = try parser.parse()
        } catch {
            throw RuleSyntaxError(diagnostics: [error])
        }
    }
}

private struct EventSchemaParser {
    let source: RuleText
    let tokens: [RuleToken]
    let limits: RuleLimits
    var cursor = 0
    var binder = ""

    mutating func parse() throws(RuleDiagnostic) -> EventSchema {
        var windowMax = EventSchema.windowMaxDefault
        if peek.isWord("max_window"), tokens[min(cursor + 1, tokens.count - 1)].isMark("=") {
            cursor += 2
            windowMax = try interval()
        }
        var kinds: [EventSchema.Kind] = []
        while peek.kind != .end { kinds.append(try kind(after: kinds)) }
        guard kinds.contains(where: \.isDecision) else {
            throw source.fault("no event is decided", SourceSpan(0, 0), suggestion: "write `decision event <A>::request { … }`")
        }
        return EventSchema(kinds: kinds, windowMaxMicros: windowMax)
    }

    private mutating func interval() throws(RuleDiagnostic) -> Int64 {
        let amount = peek
        guard amount.kind == .integer else { throw unexpected("a window such as `24h`") }
        cursor += 1
        guard let unit = IntervalUnit.micros[peek.text] else { throw unexpected("`s`, `m`, `h` or `d`") }
        cursor += 1
        guard let count = Int64(amount.text), case let (micros, overflow) = count.multipliedReportingOverflow(by: unit), !overflow, micros > 0 else {
            throw source.fault("the longest window is zero, or too long", amount.span)
        }
        return micros
    }

    private mutating func kind(after others: [EventSchema.Kind]) throws(RuleDiagnostic) -> EventSchema.Kind {
        let isDecision = consumeWord("decision")
        guard consumeWord("event") else { throw unexpected("`event` or `decision event`") }
        try expect("<")
        binder = try word()
        try expect(">")
        try expect("::")
        let place = peek.span
        let name = try word()
        guard !others.contains(where: { $0.name == name }) else { throw source.fault("the kind `\(name)` is declared twice", place) }
        try expect("{")
        return EventSchema.Kind(name: name, isDecision: isDecision, fields: try fields(0))
    }

    /// Up to the `}`, which is taken.
    private mutating func fields(_ depth: Int) throws(RuleDiagnostic) -> [EventSchema.Field] {
        guard depth < limits.depth else { throw source.fault("fields are nested deeper than \(limits.depth) levels", peek.span) }
        var fields: [EventSchema.Field] = []
        while !consume("}") {
            let place = peek.span
            let field = peek.isMark(".") ? try spread() : try named(depth)
            guard !fields.contains(where: { $0.name == field.name }) else { throw source.fault("the field `\(field.name)` is declared twice", place) }
            fields.append(field)
            guard consume(",") else {
                try expect("}")
                break
            }
        }
        return fields
    }

    /// `...inputs(A)` or `...outputs(A)`
    private mutating func spread() throws(RuleDiagnostic) -> EventSchema.Field {
        for _ in 0..<3 { try expect(".") }
        let name = peek
        guard name.isWord("inputs") || name.isWord("outputs") else { throw unexpected("`inputs` or `outputs`") }
        cursor += 1
        try selectorArgument()
        return EventSchema.Field(name: String(name.text.dropLast()), content: .spread)
    }

    private mutating func selectorArgument() throws(RuleDiagnostic) {
        try expect("(")
        guard peek.isWord(binder) else { throw unexpected("`\(binder)`, the action that the event is of") }
        cursor += 1
        try expect(")")
    }

    private mutating func named(_ depth: Int) throws(RuleDiagnostic) -> EventSchema.Field {
        let isPinned = peek.isWord("pin") && tokens[min(cursor + 1, tokens.count - 1)].kind == .identifier
        if isPinned { cursor += 1 }
        let place = peek.span
        let name = try word()
        try expect(":")
        if consume("{") {
            guard !isPinned else { throw source.fault("a group cannot be pinned", place, suggestion: "pin a field inside of it") }
            return EventSchema.Field(name: name, content: .group(try fields(depth + 1)))
        }
        var type = [try word()]
        while consume("::") { type.append(try word()) }
        if type == ["principalType"] || type == ["resourceType"] {
            try selectorArgument()
        } else if type == ["inputs"] || type == ["outputs"] {
            throw source.fault("`\(type[0])` is no type", place, suggestion: "write `...\(type[0])(\(binder))`")
        }
        var field = EventSchema.Field(name: name, content: .leaf(type: type.joined(separator: "::")))
        if consume("=") {
            guard isPinned else { throw source.fault("only a pinned field has a value", place, suggestion: "write `pin \(name): …`") }
            field.pin = try reference()
        } else if isPinned {
            throw source.fault("the pinned field `\(name)` has no value", place, suggestion: "write `= context.…`, `= principal` or `= resource`")
        }
        return field
    }

    private mutating func reference() throws(RuleDiagnostic) -> EventSchema.Reference {
        let root = peek
        guard root.isWord("context") || root.isWord("principal") || root.isWord("resource") else {
            throw unexpected("`context.…`, `principal` or `resource`")
        }
        cursor += 1
        var path: [String] = []
        while consume(".") { path.append(try word()) }
        if root.text == "context" {
            guard !path.isEmpty else { throw unexpected("`.` and an attribute of the context") }
            return .context(path)
        }
        return .scope(root.text == "principal" ? .principal : .resource, path)
    }

    // MARK: Tokens

    private var peek: RuleToken { tokens[cursor] }

    private mutating func consume(_ mark: String) -> Bool {
        guard peek.isMark(mark) else { return false }
        cursor += 1
        return true
    }

    private mutating func consumeWord(_ word: String) -> Bool {
        guard peek.isWord(word) else { return false }
        cursor += 1
        return true
    }

    private mutating func expect(_ mark: String) throws(RuleDiagnostic) { guard consume(mark) else { throw unexpected("`\(mark)`") } }

    private mutating func word() throws(RuleDiagnostic) -> String {
        guard peek.kind == .identifier else { throw unexpected("a name") }
        cursor += 1
        return tokens[cursor - 1].text
    }

    private func unexpected(_ expected: String) -> RuleDiagnostic {
        let found = peek.kind == .end ? "the text ends" : "found `\(source[peek.span])`"
        return source.fault("expected \(expected), \(found)", peek.span)
    }
}
