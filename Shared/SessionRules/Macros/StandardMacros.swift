/// The macros that every text may call without defining them; its own of the same name take their place.
enum StandardMacros {
    static let text = """
        def temporal count_within(?w, ?s) {
            count for ($t: Timepoint). where (formerly within ?w (?s && tp($t)))
        };
        def temporal sum_within(?a, ?w, ?body) {
            sum ?a for (?a: Long), ($t: Timepoint). where (formerly within ?w (?body && tp($t)))
        };
        def temporal count_distinct_within(?k, ?w, ?s) {
            count for (?k: String). where (formerly within ?w ?s)
        };
        def temporal bind(?n, ?A, ?B) {
            exists (?n: Long). (?A == ?n && ?B)
        };
        """

    /// Empty only if the text above were wrong, which a test excludes.
    static let definitions: [String: MacroDefinition] = {
        let source = RuleText(text)
        var lexer = RuleLexer(source)
        guard let tokens = try? lexer.tokens() else { return [:] }
        var reader = DefinitionReader(tokens, of: source, limits: .default)
        while reader.isAtDefinition { guard (try? reader.readDefinition()) != nil else { break } }
        return reader.temporal
    }()
}
