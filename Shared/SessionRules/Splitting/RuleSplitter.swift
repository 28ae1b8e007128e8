internal import Cedar

/// Takes the session rules out of a text of policies: macros are read and expanded, each `temporal` block becomes an attribute of the
/// context, and what is left is ordinary Cedar.
struct RuleSplitter {
    /// A `temporal` block, its macros expanded.
    struct Block {
        var name: String
        /// Where it stands in the text of ordinary policies.
        var plainOffset: Int
        var span: SourceSpan
        var formula: Formula
    }

    let source: RuleText
    private let tokens: [RuleToken]
    private let limits: RuleLimits
    private var reader: DefinitionReader
    /// Where a definition that begins at an offset ends.
    private var definitionEnds: [Int: Int] = [:]
    /// What a block may call.
    private var callable: [String: MacroDefinition] = [:]
    private(set) var plain = PlainText()
    private(set) var blocks: [Block] = []
    private var names = RuleNames()
    private(set) var diagnostics: [RuleDiagnostic] = []
    /// Whether what is left cannot be read because a block does not end.
    private(set) var isCut = false

    init(_ source: RuleText, limits: RuleLimits) throws(RuleDiagnostic) {
        self.source = source
        self.limits = limits
        guard source.bytes.count <= limits.size else {
            throw source.fault("the text has \(source.bytes.count) bytes; at most \(limits.size) are accepted", SourceSpan(0, 0))
        }
        var lexer = RuleLexer(source)
        tokens = try lexer.tokens()
        reader = DefinitionReader(tokens, of: source, limits: limits)
    }

    mutating func split() {
        readDefinitions()
        guard diagnostics.isEmpty else { return }
        callable = StandardMacros.definitions.merging(reader.temporal) { _, own in own }.filter { reader.cedar[$0.key] == nil }
        var index = 0
        var copied = 0
        while tokens[index].kind != .end, diagnostics.count < limits.diagnostics {
            if let upper = definitionEnds[tokens[index].span.lower] {
                let span = SourceSpan(tokens[index].span.lower, upper)
                plain.copy(SourceSpan(copied, span.lower), of: source)
                plain.replace(span, by: "", of: source)
                copied = span.upper
                while tokens[index].kind != .end, tokens[index].span.lower < span.upper { index += 1 }
                continue
            }
            (index, copied) = splitPolicy(from: index, copied)
        }
        plain.copy(SourceSpan(copied, source.bytes.count), of: source)
    }

    /// All definitions come before all calls, wherever they stand.
    private mutating func readDefinitions() {
        var index = 0
        while tokens[index].kind != .end {
            guard tokens[index].isWord("def"), tokens[index + 1].isWord("temporal") || tokens[index + 1].isWord("cedar") else {
                index = endOfPolicy(from: index)
                continue
            }
            let start = tokens[index].span.lower
            reader.move(to: index)
            do throws(RuleDiagnostic) {
                try reader.readDefinition()
                index = reader.cursor
                definitionEnds[start] = tokens[index - 1].span.upper
            } catch {
                diagnostics.append(error)
                guard diagnostics.count < limits.diagnostics else { return }
                index = endOfPolicy(from: index)
            }
        }
    }

    /// Behind the `;` that ends what begins at `start`.
    private func endOfPolicy(from start: Int) -> Int {
        var depth = 0
        var index = start
        while tokens[index].kind != .end {
            let token = tokens[index]
            index += 1
            guard token.kind == .mark else { continue }
            switch token.text {
            case "{", "(", "[": depth += 1
            case "}", ")", "]": depth = max(0, depth - 1)
            case ";" where depth == 0: return index
            default: break
            }
        }
        return index
    }

    /// - Returns: The token and the offset behind the policy.
    private mutating func splitPolicy(from start: Int, _ begin: Int) -> (Int, Int) {
        let end = endOfPolicy(from: start)
        var copied = begin
        var index = start
        while index < end {
            let token = tokens[index]
            if token.isWord("temporal"), tokens[index + 1].isMark("{"), index == start || !isMember(index) {
                guard let close = Brackets.end(of: index + 1, in: tokens) else {
                    diagnostics.append(source.fault("this `{` is never closed", tokens[index + 1].span, suggestion: "add `}`"))
                    isCut = true
                    return (end, copied)
                }
                let isClause = index > start && (tokens[index - 1].isWord("when") || tokens[index - 1].isWord("unless"))
                let span = SourceSpan(token.span.lower, tokens[close].span.upper)
                plain.copy(SourceSpan(copied, span.lower), of: source)
                let name = read(tokens[(index + 2)...close], span)
                plain.replace(span, by: isClause ? "{context.session.\(name)}" : "(context.session.\(name))", of: source)
                copied = span.upper
                index = close + 1
            } else if token.isWord("guardrails"), tokens[index + 1].isMark("{"), index > start, isClause(index - 1) {
                plain.copy(SourceSpan(copied, token.span.lower), of: source)
                plain.replace(token.span, by: "", of: source)
                copied = token.span.upper
                index += 1
            } else if let (text, close) = expansion(at: index, after: start) {
                plain.copy(SourceSpan(copied, token.span.lower), of: source)
                plain.replace(SourceSpan(token.span.lower, tokens[close].span.upper), by: text, of: source)
                copied = tokens[close].span.upper
                index = close + 1
            } else {
                index += 1
            }
        }
        return (end, copied)
    }

    private func isClause(_ index: Int) -> Bool { tokens[index].isWord("when") || tokens[index].isWord("unless") }

    /// Whether what stands before a name makes it a part of another one.
    private func isMember(_ index: Int) -> Bool { tokens[index - 1].isMark(".") || tokens[index - 1].isMark("::") }

    /// - Returns: What the block is called.
    private mutating func read(_ body: ArraySlice<RuleToken>, _ span: SourceSpan) -> String {
        do throws(RuleDiagnostic) {
            var parser = FormulaParser(body, of: source, limits: limits)
            let parsed = try parser.parseBlock()
            var expander = MacroExpander(source: source, definitions: callable, limits: limits)
            let formula = try expander.expand(parsed)
            try SafetyCheck(source: source).check(formula)
            let name = names.name(of: formula)
            blocks.append(Block(name: name, plainOffset: plain.bytes.count, span: span, formula: formula))
            return name
        } catch {
            diagnostics.append(error)
            return "unreadable"
        }
    }

    // MARK: Macros of Cedar

    /// The text of the macro that is called at `index`, and the `)` of the call; nil where none is.
    private mutating func expansion(at index: Int, after start: Int) -> (String, Int)? {
        guard isCall(index, after: start) else { return nil }
        do throws(RuleDiagnostic) {
            var budget = limits.expandedSize - plain.bytes.count
            return try expand(index, 0, &budget)
        } catch {
            diagnostics.append(error)
            return nil
        }
    }

    private func isCall(_ index: Int, after start: Int) -> Bool {
        let token = tokens[index]
        guard token.kind == .identifier, tokens[index + 1].isMark("("), index > start, !isMember(index) else { return false }
        return reader.cedar[token.text] != nil
    }

    private func expand(_ index: Int, _ depth: Int, _ budget: inout Int) throws(RuleDiagnostic) -> (String, Int) {
        let name = tokens[index]
        guard let macro = reader.cedar[name.text], let close = Brackets.end(of: index + 1, in: tokens) else {
            throw source.fault("this `(` is never closed", tokens[index + 1].span)
        }
        guard depth < limits.depth else { throw source.fault("calls are nested deeper than \(limits.depth) levels", name.span) }
        let ranges = arguments(from: index + 2, to: close)
        guard ranges.count == macro.parameters.count else {
            throw source.fault("`\(macro.name)` takes \(macro.parameters.count) arguments, and has \(ranges.count)", name.span)
        }
        var values: [String: String] = [:]
        for (parameter, range) in zip(macro.parameters, ranges) { values[parameter] = try text(of: range, depth + 1, &budget) }
        var result = "("
        for token in macro.tokens {
            result += token.kind == .parameter ? "(\(values[token.text] ?? ""))" : source[token.span]
            result += " "
            guard result.utf8.count <= budget else {
                throw source.fault("the macros make the text longer than \(limits.expandedSize) bytes", name.span)
            }
        }
        budget -= result.utf8.count
        return (result + ")", close)
    }

    private func text(of range: Range<Int>, _ depth: Int, _ budget: inout Int) throws(RuleDiagnostic) -> String {
        var result = ""
        var index = range.lowerBound
        while index < range.upperBound {
            if isCall(index, after: range.lowerBound - 1) {
                let (inner, close) = try expand(index, depth, &budget)
                result += inner + " "
                index = close + 1
            } else {
                result += source[tokens[index].span] + " "
                index += 1
            }
            guard result.utf8.count <= budget else {
                throw source.fault("the macros make the text longer than \(limits.expandedSize) bytes", tokens[range.lowerBound].span)
            }
        }
        return result
    }

    /// What stands between the commas of a call.
    private func arguments(from first: Int, to close: Int) -> [Range<Int>] {
        guard first < close else { return [] }
        var ranges: [Range<Int>] = []
        var start = first
        var depth = 0
        for index in first..<close where tokens[index].kind == .mark {
            switch tokens[index].text {
            case "(", "{", "[": depth += 1
            case ")", "}", "]": depth -= 1
            case "," where depth == 0:
                ranges.append(start..<index)
                start = index + 1
            default: break
            }
        }
        return ranges + [start..<close]
    }
}
