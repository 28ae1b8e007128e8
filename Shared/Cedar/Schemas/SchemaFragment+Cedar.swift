extension SchemaFragment {
    /// Reads Cedar's syntax of schemas. All faults of the text are reported together.
    public init(parsing text: String, limits: SyntaxLimits = .default) throws(SchemaError) {
        try self.init(source: SourceText(text), limits: limits)
    }

    init(source: SourceText, limits: SyntaxLimits) throws(SchemaError) {
        do throws(PolicySyntaxError) {
            var parser = try Parser(source, limits: limits)
            self = try parser.parseSchema()
        } catch {
            throw SchemaError(error)
        }
    }
}
