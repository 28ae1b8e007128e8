internal import Cedar
internal import SessionRules

extension CompiledBundle {
    /// Whether decisions depend on what happened before in their session.
    public var hasSessionRules: Bool { !sessionRules.rules.isEmpty }

    func attributes(of uid: EntityUID) -> RecordValue { known[uid]?.attributes ?? .empty }

    /// The policies of a text with their session rules, or all that is wrong with them: also what is no fault of the language and yet
    /// cannot be meant.
    static func readSessionRules(_ text: String, into problems: inout [BundleProblem]) -> SessionRuleSet {
        do throws(RuleSyntaxError) {
            let rules = try SessionRuleSet(parsing: text)
            problems += rules.findings().map(BundleProblem.init)
            return rules
        } catch {
            problems += error.diagnostics.map(BundleProblem.init)
            return .empty
        }
    }
}

extension BundleProblem {
    fileprivate init(_ diagnostic: RuleDiagnostic) {
        let advice = diagnostic.suggestion.map { " (\($0))" } ?? ""
        self.init(line: diagnostic.line, column: diagnostic.column, message: diagnostic.message + advice, fix: diagnostic.suggestion ?? "")
    }
}
