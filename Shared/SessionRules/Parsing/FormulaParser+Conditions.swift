internal import Cedar

extension FormulaParser {
    /// `Condition := Conjunct {'&&' Conjunct}`
    mutating func parseCondition() throws(RuleDiagnostic) -> Formula {
        let first = try parseConjunct()
        return try goOn(with: first)
    }

    /// The conjuncts behind one that is read already.
    private mutating func goOn(with first: Formula) throws(RuleDiagnostic) -> Formula {
        var parts = [first]
        while consume("&&") { parts.append(try parseConjunct()) }
        return Formula.all(parts, SourceSpan(first.span.lower, previousUpper))
    }

    /// `Conjunct := {'!'} Primary ['since' Within Atom]`
    private mutating func parseConjunct() throws(RuleDiagnostic) -> Formula {
        guard case .formula(let formula) = try parseConjunctOrTerm(acceptsTerm: false) else { throw unexpected("a condition") }
        return formula
    }

    /// A condition, or what else may be handed to a macro: a window, a value, an aggregate.
    mutating func parseArgument() throws(RuleDiagnostic) -> MacroCall.Argument {
        if peek.kind == .integer, peek(1).kind == .identifier { return .interval(try parseInterval()) }
        let first = try parseConjunctOrTerm(acceptsTerm: true)
        guard case .formula(let formula) = first else { return first }
        return .formula(try goOn(with: formula))
    }

    private mutating func parseConjunctOrTerm(acceptsTerm: Bool) throws(RuleDiagnostic) -> MacroCall.Argument {
        let start = peek.span.lower
        var negations: [Int] = []
        while peek.isMark("!"), !isAtEnd {
            negations.append(advance().span.lower)
            guard negations.count <= limits.depth else { throw fault("conditions are nested deeper than \(limits.depth) levels", peek.span) }
        }
        let primary = try nested { (parser) throws(RuleDiagnostic) in
            try parser.parsePrimary(acceptsTerm: acceptsTerm && negations.isEmpty, isAtom: false)
        }
        guard case .formula(var formula) = primary else { return primary }
        for lower in negations.reversed() { formula = try self.formula(.not(formula), from: lower) }
        guard peek.isWord("since"), peek(1).isWord("within") else { return .formula(formula) }
        advance()
        let window = try parseWithin()
        let anchor = try parseAtom()
        return .formula(try self.formula(.since(formula, window, anchor), from: start))
    }

    /// What `formerly`, `previous` and the right of `since` take without parentheses.
    private mutating func parseAtom() throws(RuleDiagnostic) -> Formula {
        guard !peek.isMark("!") else {
            throw fault("a negation must stand in parentheses here", peek.span, suggestion: "write (!…)")
        }
        let atom = try nested { (parser) throws(RuleDiagnostic) in try parser.parsePrimary(acceptsTerm: false, isAtom: true) }
        guard case .formula(let formula) = atom else { throw unexpected("a condition") }
        return formula
    }

    private mutating func parsePrimary(acceptsTerm: Bool, isAtom: Bool) throws(RuleDiagnostic) -> MacroCall.Argument {
        let start = peek.span.lower
        if peek.isWord("formerly") || peek.isWord("previous"), peek(1).isWord("within") {
            let isFormerly = peek.text == "formerly"
            guard !isAtom else {
                throw fault("an operator must stand in parentheses here", peek.span, suggestion: "write (\(peek.text) within …)")
            }
            advance()
            let window = try parseWithin()
            let body = try parseAtom()
            return .formula(try formula(isFormerly ? .formerly(window, body) : .previous(window, body), from: start))
        }
        if peek.isWord("formerly") || peek.isWord("previous"), peek(1).kind == .identifier || peek(1).isMark("(") || peek(1).kind == .integer {
            throw fault("`\(peek.text)` needs a window", peek(1).span, suggestion: "write `\(peek.text) within 1h …`")
        }
        if peek.isWord("exists"), peek(1).isMark("(") {
            guard !isAtom else { throw fault("`exists` must stand in parentheses here", peek.span, suggestion: "write (exists …)") }
            advance()
            let binder = try parseBinder()
            try expect(".", "`.` behind the variable")
            let body = try nested { (parser) throws(RuleDiagnostic) in try parser.parseCondition() }
            return .formula(try formula(.exists(binder, body), from: start))
        }
        if peek.isWord("tp"), peek(1).isMark("(") {
            advance()
            advance()
            let name = try parseBinderName()
            try expect(")", "`)`")
            return .formula(try formula(.timepoint(name), from: start))
        }
        if peek.isMark("("), !startsAggregateInParentheses() { return try parseParentheses(acceptsTerm, from: start) }
        return try parseReference(acceptsTerm, from: start)
    }

    /// `(…)`: a condition, or a macro call or parameter that is compared with what follows.
    private mutating func parseParentheses(_ acceptsTerm: Bool, from start: Int) throws(RuleDiagnostic) -> MacroCall.Argument {
        advance()
        let inner = try nested { (parser) throws(RuleDiagnostic) in try parser.parseArgument() }
        try expect(")", "`&&` or `)`")
        switch inner {
        case .interval: throw fault("a window is no condition", SourceSpan(start, previousUpper))
        case .term(let term):
            if acceptsTerm, relation == nil { return .term(term) }
            return .formula(try comparison(term, from: start))
        case .formula(let body):
            if relation != nil, let term = body.asTerm { return .formula(try comparison(term, from: start)) }
            return .formula(Formula(kind: body.kind, span: SourceSpan(start, previousUpper)))
        }
    }

    /// An event, a macro call, a macro's parameter, or a value that is compared.
    private mutating func parseReference(_ acceptsTerm: Bool, from start: Int) throws(RuleDiagnostic) -> MacroCall.Argument {
        if peek.kind == .parameter {
            let name = advance().text
            if relation != nil {
                return .formula(try comparison(Term(kind: .parameter(name), span: SourceSpan(start, previousUpper)), from: start))
            }
            let reference = try formula(.parameter(name), from: start)
            return .formula(try refinements(of: reference, from: start))
        }
        if peek.kind == .identifier, peek(1).isMark("("), peek.text != "decimal" {
            let call = try parseCall()
            let result = try formula(.call(call), from: start)
            if relation != nil, let term = result.asTerm { return .formula(try comparison(term, from: start)) }
            return .formula(result)
        }
        if let pattern = try parseEventPattern() {
            let event = try formula(.event(pattern), from: start)
            return .formula(try refinements(of: event, from: start))
        }
        let term = try parseTerm()
        if acceptsTerm, relation == nil { return .term(term) }
        return .formula(try comparison(term, from: start))
    }

    private mutating func refinements(of base: Formula, from start: Int) throws(RuleDiagnostic) -> Formula {
        var base = base
        while peek.isMark("{"), !isAtEnd {
            advance()
            base = try formula(.refined(base, try parseFields()), from: start)
        }
        return base
    }

    private mutating func parseCall() throws(RuleDiagnostic) -> MacroCall {
        let name = advance().text
        advance()
        var arguments: [MacroCall.Argument] = []
        while !peek.isMark(")") {
            arguments.append(try nested { (parser) throws(RuleDiagnostic) in try parser.parseArgument() })
            guard consume(",") else { break }
        }
        try expect(")", "`,` or `)`")
        return MacroCall(name: name, arguments: arguments)
    }

    // MARK: Windows

    private mutating func parseWithin() throws(RuleDiagnostic) -> Window {
        guard consumeWord("within") else { throw unexpected("`within` and a window") }
        if peek.kind == .parameter { return .parameter(advance().text) }
        return .micros(try parseInterval())
    }

    private mutating func parseInterval() throws(RuleDiagnostic) -> Int64 {
        guard peek.kind == .integer else { throw unexpected("a window such as `1h`") }
        let amount = advance()
        guard peek.kind == .identifier, let unit = IntervalUnit.micros[peek.text], !isAtEnd else { throw unexpected("`s`, `m`, `h` or `d`") }
        let span = SourceSpan(amount.span.lower, advance().span.upper)
        guard let count = Int64(amount.text), case let (micros, overflow) = count.multipliedReportingOverflow(by: unit), !overflow else {
            throw fault("the window is too long", span)
        }
        return micros
    }

    // MARK: Comparisons

    /// The relation under the cursor.
    var relation: Relation? {
        guard peek.kind == .mark, !isAtEnd else { return nil }
        return Relation(rawValue: peek.text)
    }

    private mutating func comparison(_ left: Term, from start: Int) throws(RuleDiagnostic) -> Formula {
        guard let relation else { throw unexpected("`==`, `<`, `<=`, `>` or `>=`") }
        advance()
        let right = try nested { (parser) throws(RuleDiagnostic) in try parser.parseOperand() }
        return try formula(.comparison(relation, left, right), from: start)
    }
}

enum IntervalUnit {
    static let micros: [String: Int64] = ["s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000]
}

extension Formula {
    /// A macro's call or parameter where it stands for a value.
    var asTerm: Term? {
        switch kind {
        case .call(let call): Term(kind: .aggregate(Aggregate(kind: .call(call), binders: [], body: self)), span: span)
        case .parameter(let name): Term(kind: .parameter(name), span: span)
        default: nil
        }
    }
}
