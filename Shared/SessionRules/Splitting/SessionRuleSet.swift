public import Cedar

/// Policies with session rules: ordinary policies that read `context.session`, and the conditions that a monitor fills it with.
public struct SessionRuleSet: Sendable {
    /// The ordinary policies.
    public let policies: PolicySet
    /// Their text: that of the author, with each `temporal` block replaced by what it is called.
    public let plainText: String
    /// The same policies with a condition that says nothing in the place of each block: for validation against a schema, which knows
    /// nothing of `context.session`.
    public let policiesToValidate: PolicySet
    public let rules: [SessionRule]
    public let schema: EventSchema
    let plan: MonitorPlan

    /// Without any rule.
    public static let empty = SessionRuleSet(
        policies: .empty, plainText: "", policiesToValidate: .empty, rules: [], schema: .standard, plan: MonitorPlan(formulas: [], schema: .standard))

    private init(
        policies: PolicySet, plainText: String, policiesToValidate: PolicySet, rules: [SessionRule], schema: EventSchema, plan: MonitorPlan
    ) {
        self.policies = policies
        self.plainText = plainText
        self.policiesToValidate = policiesToValidate
        self.rules = rules
        self.schema = schema
        self.plan = plan
    }

    /// Reads policies with their `temporal` blocks and macros. All faults are reported together, at their places in `text`.
    public init(
        parsing text: String, schema: EventSchema = .standard, naming: PolicySet.Naming = .byAnnotation, limits: RuleLimits = .default
    ) throws(RuleSyntaxError) {
        let source = RuleText(text)
        var splitter: RuleSplitter
        do throws(RuleDiagnostic) {
            splitter = try RuleSplitter(source, limits: limits)
        } catch {
            throw RuleSyntaxError(diagnostics: [error])
        }
        splitter.split()
        var diagnostics = splitter.diagnostics
        plainText = String(decoding: splitter.plain.bytes, as: UTF8.self)
        var policies = PolicySet.empty
        do throws(PolicySyntaxError) {
            policies = try PolicySet(parsing: plainText, naming: naming)
        } catch {
            let plain = splitter.plain
            let faults = splitter.isCut ? [] : error.diagnostics
            diagnostics += faults.map { fault in
                let lower = plain.origin(of: fault.span.lower)
                let upper = max(lower, plain.origin(of: fault.span.upper))
                return source.fault(fault.message, SourceSpan(lower, upper), suggestion: fault.suggestion)
            }
        }
        guard diagnostics.isEmpty else {
            throw RuleSyntaxError(diagnostics: Array(diagnostics.sorted { $0.span.lower < $1.span.lower }.prefix(limits.diagnostics)))
        }
        let bodies = policies.policies.map { ($0.span, $0.id, $0.scope) } + policies.templates.map { ($0.span, $0.id, $0.body.scope) }
        let ordered = bodies.sorted { $0.0.lower < $1.0.lower }
        var owner = 0
        var rules: [SessionRule] = []
        for block in splitter.blocks {
            while owner + 1 < ordered.count, ordered[owner + 1].0.lower <= block.plainOffset { owner += 1 }
            let (line, column) = source.place(of: block.span.lower)
            rules.append(
                SessionRule(
                    name: Text(block.name), policy: ordered[owner].1, line: line, column: column, span: block.span, text: source[block.span],
                    scope: ordered[owner].2, formula: block.formula))
        }
        // In the order of their names, so that what they come to need not be put in order at every decision.
        rules.sort { ($0.name, $0.span.lower) < ($1.name, $1.span.lower) }
        self.policies = policies
        policiesToValidate = splitter.blocks.isEmpty ? policies : Self.withoutBlocks(splitter, naming)
        self.rules = rules
        self.schema = schema
        plan = MonitorPlan(formulas: rules.map { ($0.formula.pinned(by: schema), $0.scope) }, schema: schema)
    }
}

extension SessionRuleSet {
    /// Of the same length, so that all else stays where it is.
    private static func withoutBlocks(_ splitter: RuleSplitter, _ naming: PolicySet.Naming) -> PolicySet {
        var bytes = splitter.plain.bytes
        for block in splitter.blocks {
            let start = block.plainOffset + 1
            let length = "context.session.".utf8.count + block.name.utf8.count
            let neutral = Array("context==context".utf8)
            bytes.replaceSubrange(start..<start + length, with: neutral + repeatElement(0x20, count: length - neutral.count))
        }
        do throws(PolicySyntaxError) {
            return try PolicySet(parsing: String(decoding: bytes, as: UTF8.self), naming: naming)
        } catch {
            preconditionFailure("what was parsed with an attribute is parsed with an equality in its place")
        }
    }
}

/// One `temporal` block.
public struct SessionRule: Sendable {
    /// What it is called below `context.session`; rules that say the same share a name.
    public let name: Text
    public let policy: PolicyID
    public let line: Int
    public let column: Int
    public let span: SourceSpan
    public let text: String
    let scope: Scope
    let formula: Formula
}
